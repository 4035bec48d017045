/**
 * The last checkpoint of each log that satisfied the reader's policy, those proved consistent
 * with it, and logs frozen because they showed two histories. A frozen log stays frozen until the
 * reader lifts it in settings.
 */
import { toHex } from '#shared/bytes/hex.ts';
import type { Checkpoint } from '#shared/log/checkpoint.ts';
import type { Fork } from '../messaging/protocol.ts';
import { inOrder, loadStored, removeStored, saveStored } from './stored.ts';

const MAX_PROVED = 256;
const FORKS = 'forks';

interface Kept {
  /** The whole signed note of the largest checkpoint. */
  readonly note: string;
  readonly size: number;
  readonly root: string;
  /** `size:root` of checkpoints already shown consistent with it, newest first. */
  readonly proved: readonly string[];
}

/** What is remembered of a log. */
export function loadCheckpoint(origin: string): Promise<Kept | undefined> {
  return loadStored<Kept>('local', keyOf(origin));
}

/** Whether this very checkpoint was already shown consistent with the kept one. */
export function isProved(kept: Kept, checkpoint: Checkpoint): boolean {
  return kept.proved.includes(nameOf(checkpoint));
}

/** Remembers a checkpoint that satisfied the policy and is consistent with the kept one. */
export function keepCheckpoint(checkpoint: Checkpoint, note: string): Promise<void> {
  return inOrder(async () => {
    const kept = await loadCheckpoint(checkpoint.origin);
    const name = nameOf(checkpoint);
    const proved = [name, ...(kept?.proved ?? []).filter((other) => other !== name)].slice(0, MAX_PROVED);
    const grown = kept === undefined || checkpoint.size > kept.size;
    const next: Kept = grown
      ? { note, size: checkpoint.size, root: toHex(checkpoint.root), proved }
      : { ...kept, proved };
    await saveStored('local', keyOf(checkpoint.origin), next);
  });
}

/** Every log caught with two histories. */
export async function listForks(): Promise<Fork[]> {
  return (await loadStored<Fork[]>('local', FORKS)) ?? [];
}

/** Freezes a log; the first proof found is kept. */
export function freezeLog(fork: Fork): Promise<void> {
  return inOrder(async () => {
    const forks = await listForks();
    if (forks.some(({ origin }) => origin === fork.origin)) return;
    await saveStored('local', FORKS, [...forks, fork]);
  });
}

/** Lifts a freeze and forgets the kept checkpoint: the reader starts over with this log. */
export function clearFork(origin: string): Promise<void> {
  return inOrder(async () => {
    await saveStored(
      'local',
      FORKS,
      (await listForks()).filter((fork) => fork.origin !== origin),
    );
    await removeStored('local', [keyOf(origin)]);
  });
}

function keyOf(origin: string): string {
  return `checkpoint:${origin}`;
}

function nameOf(checkpoint: Checkpoint): string {
  return `${checkpoint.size}:${toHex(checkpoint.root)}`;
}
