/**
 * Asks of every log that it only ever grew: a trail's checkpoint must be consistent with the one
 * this browser kept. No proof to be had → the verdict says so and is no longer "verified"; two
 * histories proved → the log is frozen and both notes are kept as the proof.
 */
import { equalBytes } from '#shared/bytes/bytes.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import { type Checkpoint, parseCheckpoint } from '#shared/log/checkpoint.ts';
import { verifyConsistency } from '#shared/log/merkle.ts';
import { parseNote } from '#shared/log/note.ts';
import { parseTlogProof } from '#shared/log/proof.ts';
import { consistencyProofFromTiles, type ReadTile, rootFromTiles } from '#shared/log/tile.ts';
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
  | { readonly state: 'known'; readonly known: { checkpoint: Checkpoint; proof?: Uint8Array[] } }
  | { readonly state: 'fork'; readonly known: { checkpoint: Checkpoint }; readonly kept: string };

/** The checkpoint inside a trail, or nothing when the trail does not parse. */
export function checkpointOf(trailText: string): TrailCheckpoint | undefined {
  const trail = parseTrail(trailText);
  if (!trail.ok) return undefined;
  const proof = parseTlogProof(trail.value.proof);
  if (!proof.ok) return undefined;
  const note = parseNote(proof.value.checkpoint);
  if (!note.ok) return undefined;
  const checkpoint = parseCheckpoint(note.value.text);
  return checkpoint.ok ? { checkpoint: checkpoint.value, note: proof.value.checkpoint } : undefined;
}

/** Compares a checkpoint with the kept one, reading tiles when the sizes differ. */
export async function compareWithKept(current: Checkpoint, read: ReadTile): Promise<Consistency> {
  const kept = await loadCheckpoint(current.origin);
  const root = kept === undefined ? undefined : fromHex(kept.root);
  if (kept === undefined || root === undefined) return { state: 'first' };
  const known: Checkpoint = { origin: current.origin, size: kept.size, root };
  if (isProved(kept, current)) return { state: 'known', known: { checkpoint: current } };
  if (known.size === current.size) {
    const same = equalBytes(known.root, current.root);
    return same
      ? { state: 'known', known: { checkpoint: known } }
      : { state: 'fork', known: { checkpoint: known }, kept: kept.note };
  }
  const [older, newer] = known.size < current.size ? [known, current] : [current, known];
  const proof = await proveFromTiles(read, older, newer);
  if (proof === 'fork') return { state: 'fork', known: { checkpoint: known }, kept: kept.note };
  return { state: 'known', known: { checkpoint: known, ...(proof === undefined ? {} : { proof }) } };
}

/**
 * A consistency proof from tiles; `fork` only when the tiles are certainly those of the newer
 * checkpoint and give another root for the older size. Tiles that fit neither prove nothing.
 */
async function proveFromTiles(
  read: ReadTile,
  older: Checkpoint,
  newer: Checkpoint,
): Promise<Uint8Array[] | 'fork' | undefined> {
  try {
    const proof = await consistencyProofFromTiles(read, older.size, newer.size);
    if (!proof.ok) return undefined;
    const consistent = verifyConsistency({
      size1: older.size,
      root1: older.root,
      size2: newer.size,
      root2: newer.root,
      proof: proof.value,
    });
    if (consistent.ok) return proof.value;
    const newerRoot = await rootFromTiles(read, newer.size);
    const olderRoot = await rootFromTiles(read, older.size);
    if (!newerRoot.ok || !olderRoot.ok) return undefined;
    return equalBytes(newerRoot.value, newer.root) && !equalBytes(olderRoot.value, older.root) ? 'fork' : undefined;
  } catch {
    return undefined;
  }
}
