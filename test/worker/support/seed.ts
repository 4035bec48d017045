/** A log of a given size as earlier rounds would have left it, written at once: what the rounds after it are tried on. */
import { utf8 } from '#shared/bytes/bytes.ts';
import { EMPTY_ROOT, leafHash } from '#shared/log/merkle.ts';
import type { Submission } from '../../../worker/sequencer/admission.ts';
import { genesis } from '../../../worker/sequencer/genesis.ts';
import { grow, type Head, signHead } from '../../../worker/sequencer/sequence.ts';
import { CHECKPOINT_KEY, COSIGNED_KEY } from '../../../worker/storage/log-store.ts';
import type { Commit, LogTables } from '../../../worker/storage/log-tables.ts';
import { config, submissions } from './submissions.ts';
import type { WatchedStore } from './watched-store.ts';

const FIRST_SEEDED = 100_000;
const MAX_ROUND = 256;
const seeds = new Map<number, readonly Commit[]>();

function roundsTo(size: number): readonly Commit[] {
  const known = seeds.get(size);
  if (known) return known;
  const rounds: Commit[] = [];
  let head: Head = { size: 0, root: EMPTY_ROOT, edge: [], tail: [] };
  const add = (batch: readonly Submission[]): void => {
    const leaves = batch.map(({ entry, kid, digest }) => ({ entry, kid, digest, leaf: leafHash(entry) }));
    const growth = grow(head, leaves);
    const entries = leaves.map(({ leaf, kid, digest }, i) => ({
      leaf,
      kid,
      digest,
      index: head.size + i,
      isKeyEvent: false,
    }));
    const { size: newSize, root } = growth.head;
    const lock = { size: newSize, root, checkpoint: signHead(growth.head, config.logKey) };
    rounds.push({ oldSize: head.size, lock, staged: growth.objects, entries, keys: [] });
    head = growth.head;
  };
  add(genesis(config, 1_790_000_000));
  while (head.size < size) add(submissions(FIRST_SEEDED + head.size, Math.min(MAX_ROUND, size - head.size)));
  seeds.set(size, rounds);
  return rounds;
}

/** Writes a log of `size` entries (2 at least: genesis is one round) with its newest checkpoint published. */
export async function seedLog(tables: LogTables, store: WatchedStore, size: number): Promise<void> {
  for (const round of roundsTo(size)) {
    tables.commit(round);
    for (const { key, value } of round.staged) store.plant(key, value);
    tables.clearStaged(round.staged.map(({ key }) => key));
  }
  const text = utf8(tables.lock()?.checkpoint ?? '');
  await store.replace(CHECKPOINT_KEY, text, undefined);
  await store.put(COSIGNED_KEY, text);
}
