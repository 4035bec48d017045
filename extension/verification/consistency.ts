/**
 * Asks of every log that it only ever grew: a trail's checkpoint must be consistent with the one
 * this browser kept. No proof to be had → the verdict says so and is no longer "verified"; two
 * histories proved → the log is frozen and both notes are kept as the proof.
 */

import { fromHex } from '#shared/bytes/hex.ts';
import { type Checkpoint, parseCheckpoint } from '#shared/log/checkpoint.ts';
import { compareCheckpoints } from '#shared/log/compare-checkpoints.ts';
import { contradict, type ForkEvidence, parseForkProof } from '#shared/log/fork-proof.ts';
import { parseNote } from '#shared/log/note.ts';
import { parseTlogProof } from '#shared/log/proof.ts';
import type { ReadTile } from '#shared/log/tile-proofs.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { isProved, loadCheckpoint } from '../trails/checkpoint-store.ts';

/** A trail's checkpoint and the whole signed note it stands in. */
export interface TrailCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: string;
}

/** What is known about a checkpoint against the kept one. */
export type Consistency =
  | { readonly state: 'first' }
  | { readonly state: 'known'; readonly known: Known }
  /** `known` contradicts the checkpoint; `kept` is the signed note that was kept. */
  | { readonly state: 'fork'; readonly known: Known; readonly kept: string; readonly evidence?: ForkEvidence }
  /** Only the log could tell, and it must not be asked. */
  | { readonly state: 'unasked' };

interface Known {
  readonly checkpoint: Checkpoint;
  readonly evidence?: ForkEvidence;
}

/** The checkpoint inside a trail, or nothing when the trail does not parse. */
export function checkpointOf(trailText: string): TrailCheckpoint | undefined {
  const trail = parseTrail(trailText);
  if (!trail.ok) return undefined;
  const proof = parseTlogProof(trail.value.proof);
  if (!proof.ok) return undefined;
  const checkpoint = checkpointIn(proof.value.checkpoint);
  return checkpoint === undefined ? undefined : { checkpoint, note: proof.value.checkpoint };
}

function checkpointIn(noteText: string): Checkpoint | undefined {
  const note = parseNote(noteText);
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note;
  return checkpoint.ok ? checkpoint.value : undefined;
}

/**
 * What of a frozen log's fork contradicts a checkpoint. Where neither side does so on its own, a checkpoint for which
 * there is no proof: nothing of a frozen log counts as verified.
 *
 * @param file - the fork proof that froze the log
 */
export function contradictionIn(file: string, current: Checkpoint): Known {
  const fork = parseForkProof(file);
  const sides = fork.ok ? [checkpointIn(fork.value.kept), checkpointIn(fork.value.offered)] : [];
  const evidence = fork.ok ? fork.value.evidence : undefined;
  for (const side of sides) {
    if (side && contradict(side, current, side.size === current.size ? undefined : evidence).ok) {
      return knownBy(side, evidence);
    }
  }
  return beyond(current);
}

/** A checkpoint for which there is no proof that the given one is its beginning. */
export const beyond = (current: Checkpoint): Known => ({ checkpoint: { ...current, size: current.size + 1 } });

const knownBy = (checkpoint: Checkpoint, evidence: ForkEvidence | undefined): Known => ({
  checkpoint,
  ...(evidence && { evidence }),
});

/** Compares a checkpoint with the kept one; where the sizes differ, by the log's tiles if it may be asked. */
export async function compareWithKept(current: Checkpoint, read: ReadTile | undefined): Promise<Consistency> {
  const kept = await loadCheckpoint(current.origin);
  const root = kept === undefined ? undefined : fromHex(kept.root);
  if (kept === undefined || root === undefined) return { state: 'first' };
  if (isProved(kept, current)) return { state: 'known', known: { checkpoint: current } };
  const known: Checkpoint = { origin: current.origin, size: kept.size, root };
  if (read === undefined && known.size !== current.size) return { state: 'unasked' };
  const compared = await compareCheckpoints(read ?? nothing, known, current).catch(() => UNREAD);
  if (compared.state === 'fork') {
    const { evidence } = compared;
    return { state: 'fork', known: knownBy(known, evidence), kept: kept.note, ...(evidence && { evidence }) };
  }
  const smaller = known.size < current.size ? known : current;
  const proved = compared.state === 'consistent' && compared.proof.length > 0;
  return {
    state: 'known',
    known: knownBy(known, proved ? { prefix: smaller.root, proof: compared.proof } : undefined),
  };
}

const nothing: ReadTile = () => Promise.resolve(undefined);
const UNREAD = { state: 'unproven' } as const;
