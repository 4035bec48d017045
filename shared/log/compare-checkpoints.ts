/**
 * Two checkpoints of one log, compared by the log's own tiles: the smaller is the beginning of the larger, or they are a
 * fork with the evidence for it, or the tiles show neither.
 *
 * Not checked here: signatures. Reading is the caller's function.
 */
import type { Bytes32 } from '../bytes/bytes.ts';
import type { Checkpoint } from './checkpoint.ts';
import { contradict, type ForkEvidence } from './fork-proof.ts';
import { verifyConsistency } from './merkle.ts';
import { TILE_WIDTH } from './tile.ts';
import { consistencyProofFromTiles, type ReadTile, rootFromTiles, type TileReason } from './tile-proofs.ts';

const HASH_BYTES = 32;

/** What the tiles show. `unproven` says that they are not those of the larger checkpoint, or not there. */
export type Comparison =
  | { readonly state: 'consistent'; readonly proof: readonly Bytes32[] }
  | { readonly state: 'fork'; readonly evidence?: ForkEvidence }
  | { readonly state: 'unproven'; readonly reason: TileReason | 'tiles-differ' };

/** Reads the tiles of the tree of `size` leaves, each once, for questions about its first leaves. */
function within(read: ReadTile, size: number): ReadTile {
  const known = new Map<string, Promise<Uint8Array | undefined>>();
  return async (level, n, width) => {
    const there = Math.min(TILE_WIDTH, Math.floor(size / TILE_WIDTH ** level) - n * TILE_WIDTH);
    const name = `${level}/${n}`;
    const reading =
      known.get(name) ??
      read(level, n, there).then((tile) => tile ?? (there < TILE_WIDTH ? read(level, n, TILE_WIDTH) : undefined));
    known.set(name, reading);
    return (await reading)?.subarray(0, width * HASH_BYTES);
  };
}

/**
 * Compares two checkpoints of one origin.
 *
 * @param read - tiles of the log; asked for at most two for each level
 * @throws what `read` throws (as a rejection)
 * @example
 * import { compareCheckpoints } from '#shared/log/compare-checkpoints.ts';
 * import { leafHash } from '#shared/log/merkle.ts';
 * const [a, b] = [1, 2].map((byte) => ({ origin: 'log.example', size: 1, root: leafHash(Uint8Array.of(byte)) }));
 * const compared = await compareCheckpoints(async () => undefined, a, b);
 * compared; // => { state: 'fork' }
 */
export async function compareCheckpoints(read: ReadTile, a: Checkpoint, b: Checkpoint): Promise<Comparison> {
  const [smaller, larger] = a.size <= b.size ? [a, b] : [b, a];
  const unaided = contradict(smaller, larger);
  if (unaided.ok) return { state: 'fork' };
  if (unaided.reason === 'fork-none') return { state: 'consistent', proof: [] };
  const tiles = within(read, larger.size);
  const proof = await consistencyProofFromTiles(tiles, smaller.size, larger.size);
  if (!proof.ok) return { state: 'unproven', reason: proof.reason };
  const sizes = { size1: smaller.size, size2: larger.size };
  const consistent = verifyConsistency({ ...sizes, root1: smaller.root, root2: larger.root, proof: proof.value });
  if (consistent.ok) return { state: 'consistent', proof: proof.value };
  const prefix = await rootFromTiles(tiles, smaller.size);
  if (!prefix.ok) return { state: 'unproven', reason: prefix.reason };
  const evidence = { prefix: prefix.value, proof: proof.value };
  return contradict(smaller, larger, evidence).ok
    ? { state: 'fork', evidence }
    : { state: 'unproven', reason: 'tiles-differ' };
}
