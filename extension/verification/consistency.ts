/**
 * Asks of every log that it only ever grew: a trail's checkpoint must be consistent with the one
 * this browser kept. No proof to be had → the verdict says so and is no longer "verified"; two
 * histories proved → the log is frozen and both notes are kept as the proof.
 */
import { fromBase64 } from '#shared/bytes/base64.ts';
import { equalBytes } from '#shared/bytes/bytes.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import { type Checkpoint, parseCheckpoint } from '#shared/log/checkpoint.ts';
import { verifyConsistency } from '#shared/log/merkle.ts';
import { parseNote } from '#shared/log/note.ts';
import { parseTlogProof } from '#shared/log/proof.ts';
import { consistencyProofFromTiles, type ReadTile, rootFromTiles } from '#shared/log/tile.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import type { Fork } from '../messaging/protocol.ts';
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
  /** `known` with its failing proof contradicts the checkpoint; `kept` is the signed note that was kept. */
  | { readonly state: 'fork'; readonly known: Known; readonly kept: string }
  /** Only the log could tell, and it must not be asked. */
  | { readonly state: 'unasked' };

interface Known {
  readonly checkpoint: Checkpoint;
  readonly proof?: readonly Uint8Array[];
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
 */
export function contradictionIn(fork: Fork, current: Checkpoint): Known {
  const [kept, offered] = [checkpointIn(fork.kept), checkpointIn(fork.offered)];
  const sides = [kept, offered].filter((side) => side !== undefined);
  const opposite = sides.find((side) => side.size === current.size && !equalBytes(side.root, current.root));
  if (opposite !== undefined) return { checkpoint: opposite };
  const same = sides.find((side) => side.size === current.size);
  const other = sides.find((side) => side !== same);
  if (same !== undefined && other !== undefined && fork.proof !== undefined) {
    return { checkpoint: other, proof: fork.proof.flatMap((hash) => fromBase64(hash) ?? []) };
  }
  return { checkpoint: { ...current, size: current.size + 1 } };
}

/** Compares a checkpoint with the kept one; where the sizes differ, by the log's tiles if it may be asked. */
export async function compareWithKept(current: Checkpoint, read: ReadTile | undefined): Promise<Consistency> {
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
  if (read === undefined) return { state: 'unasked' };
  const [older, newer] = known.size < current.size ? [known, current] : [current, known];
  const { proof, forked } = await proveFromTiles(read, older, newer);
  const compared = { checkpoint: known, ...(proof === undefined ? {} : { proof }) };
  return forked ? { state: 'fork', known: compared, kept: kept.note } : { state: 'known', known: compared };
}

/**
 * A consistency proof from tiles; forked only when the tiles are certainly those of the newer checkpoint and give
 * another root for the older size: then the proof is the failing one. Tiles that fit neither prove nothing.
 */
async function proveFromTiles(
  read: ReadTile,
  older: Checkpoint,
  newer: Checkpoint,
): Promise<{ proof?: Uint8Array[]; forked: boolean }> {
  try {
    const proof = await consistencyProofFromTiles(read, older.size, newer.size);
    if (!proof.ok) return { forked: false };
    const consistent = verifyConsistency({
      size1: older.size,
      root1: older.root,
      size2: newer.size,
      root2: newer.root,
      proof: proof.value,
    });
    if (consistent.ok) return { proof: proof.value, forked: false };
    const newerRoot = await rootFromTiles(read, newer.size);
    const olderRoot = await rootFromTiles(read, older.size);
    const genuine = newerRoot.ok && equalBytes(newerRoot.value, newer.root);
    const forked = genuine && olderRoot.ok && !equalBytes(olderRoot.value, older.root);
    return forked ? { proof: proof.value, forked } : { forked };
  } catch {
    return { forked: false };
  }
}
