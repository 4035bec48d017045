/**
 * Roots and proofs from tiles; reading is the caller's function. Not checked here: whether the tiles are the log's. What
 * comes out is only as good as the tiles, so verify it against a signed root.
 */
import type { Bytes32 } from '../bytes/bytes.ts';
import { isUnsigned } from '../bytes/decimal.ts';
import { err, ok, type Result } from '../result.ts';
import { foldSubtrees, nodeHash } from './merkle.ts';
import { consistencyRanges, inclusionRanges, type LeafRange, perfectSubtrees } from './subtree.ts';
import { TILE_WIDTH, tilePath } from './tile.ts';

const HASH_BYTES = 32;

/** Fetches the bytes of a tile, `undefined` where it does not exist. May throw; the exception reaches the caller. */
export type ReadTile = (level: number, n: number, width: number) => Promise<Uint8Array | undefined>;

/** Why tiles did not answer: one is not there, one has the wrong length. */
export type TileReason = 'tile-missing' | 'tile-malformed';

/**
 * Inner nodes of tiles already hashed, in as many bytes as a tile has: one over `count` hashes from `first` on is number
 * (256 + first) / count. Zeros stand for what is not known. Whoever keeps a tile's bytes for the next question keeps these too.
 */
const innerNodes = new WeakMap<Uint8Array, Uint8Array>();

/** Root over `count` hashes of a tile from `first` on; `count` is a power of two. */
function tileNode(tile: Uint8Array, first: number, count: number): Bytes32 {
  const hashAt = (hashes: Uint8Array, n: number): Bytes32 => hashes.slice(n * HASH_BYTES, (n + 1) * HASH_BYTES);
  if (count === 1) return hashAt(tile, first);
  const nodes = innerNodes.get(tile) ?? new Uint8Array(TILE_WIDTH * HASH_BYTES);
  innerNodes.set(tile, nodes);
  const n = (TILE_WIDTH + first) / count;
  const known = hashAt(nodes, n);
  if (known.some((byte) => byte !== 0)) return known;
  const half = count / 2;
  const node = nodeHash(tileNode(tile, first, half), tileNode(tile, first + half, half));
  nodes.set(node, n * HASH_BYTES);
  return node;
}

/** Hashes of perfect subtrees of one tree, each tile read once. */
class TileTree {
  private readonly tiles = new Map<string, Promise<Result<Uint8Array, TileReason>>>();
  /** Of ranges of several subtrees: all entries of a full tile have the tree's right edge in their paths. */
  private readonly folded = new Map<string, Bytes32>();
  private readonly read: ReadTile;
  private readonly size: number;
  constructor(read: ReadTile, size: number) {
    if (!isUnsigned(size)) throw new RangeError('size: not a tree size');
    this.read = read;
    this.size = size;
  }

  async hashes(ranges: readonly LeafRange[]): Promise<Result<Bytes32[], TileReason>> {
    const hashes: Bytes32[] = [];
    for (const range of ranges) {
      const hash = await this.hash(range);
      if (!hash.ok) return hash;
      hashes.push(hash.value);
    }
    return ok(hashes);
  }

  private async hash(range: LeafRange): Promise<Result<Bytes32, TileReason>> {
    const name = `${range.start}-${range.end}`;
    const known = this.folded.get(name);
    if (known) return ok(known);
    const subtrees: Bytes32[] = [];
    for (const subtree of perfectSubtrees(range)) {
      const hash = await this.perfect(subtree);
      if (!hash.ok) return hash;
      subtrees.push(hash.value);
    }
    const folded = foldSubtrees(subtrees);
    if (subtrees.length > 1) this.folded.set(name, folded);
    return ok(folded);
  }

  /** A perfect subtree of 256^level · 2^k leaves, k < 8, is the root over 2^k hashes of one tile of that level. */
  private async perfect({ start, end }: LeafRange): Promise<Result<Bytes32, TileReason>> {
    let level = 0;
    let leavesPerHash = 1;
    for (; leavesPerHash * TILE_WIDTH <= end - start; level++) leavesPerHash *= TILE_WIDTH;
    const first = start / leavesPerHash;
    const n = Math.floor(first / TILE_WIDTH);
    const tile = await this.tile(level, n, Math.floor(this.size / leavesPerHash));
    if (!tile.ok) return tile;
    return ok(tileNode(tile.value, first % TILE_WIDTH, (end - start) / leavesPerHash));
  }

  private tile(level: number, n: number, hashesInLevel: number): Promise<Result<Uint8Array, TileReason>> {
    const name = `${level}/${n}`;
    const known = this.tiles.get(name) ?? this.load(level, n, Math.min(TILE_WIDTH, hashesInLevel - n * TILE_WIDTH));
    this.tiles.set(name, known);
    return known;
  }

  /** A partial tile may have been deleted once the full one exists, whose first hashes are the same. */
  private async load(level: number, n: number, width: number): Promise<Result<Uint8Array, TileReason>> {
    const bytes = await this.read(level, n, width);
    if (bytes)
      return bytes.length === width * HASH_BYTES ? ok(bytes) : err('tile-malformed', tilePath(level, n, width));
    const full = width < TILE_WIDTH ? await this.read(level, n, TILE_WIDTH) : undefined;
    if (!full) return err('tile-missing', tilePath(level, n, width));
    return full.length === TILE_WIDTH * HASH_BYTES ? ok(full) : err('tile-malformed', tilePath(level, n));
  }
}

/**
 * The root of the tree of `size` leaves, from its tiles on the right edge.
 *
 * @returns `tile-missing`, `tile-malformed`
 * @throws RangeError (as a rejection) where `size` is not a tree size; what `read` throws
 * @example
 * import { EMPTY_ROOT } from '#shared/log/merkle.ts';
 * import { rootFromTiles } from '#shared/log/tile-proofs.ts';
 * const result = await rootFromTiles(async () => undefined, 0);
 * result; // => { ok: true, value: EMPTY_ROOT }
 */
export async function rootFromTiles(read: ReadTile, size: number): Promise<Result<Bytes32, TileReason>> {
  const hashes = await new TileTree(read, size).hashes([{ start: 0, end: size }]);
  return hashes.ok ? ok(foldSubtrees(hashes.value)) : hashes;
}

/** Answers the inclusion proof of a leaf, by its index. */
export type ProveInclusion = (index: number) => Promise<Result<Bytes32[], TileReason>>;

/**
 * Proofs that leaves are in the tree of `size` leaves, each the same as `inclusionProof` over all leaves. Whoever asks for
 * many has each tile read once; all that were read are held as long as the answer is.
 *
 * @returns a function that answers `tile-missing`, `tile-malformed`
 * @throws RangeError where `size` is not a tree size; from the function, as a rejection, where `index` is not the index of
 *   a leaf; what `read` throws
 * @example
 * import { inclusionProver } from '#shared/log/tile-proofs.ts';
 * const prove = inclusionProver(async () => undefined, 1);
 * const result = await prove(0);
 * result; // => { ok: true, value: [] }
 */
export function inclusionProver(read: ReadTile, size: number): ProveInclusion {
  const tree = new TileTree(read, size);
  return async (index) => {
    if (!isUnsigned(index) || index >= size) throw new RangeError('index: not the index of a leaf');
    return tree.hashes(inclusionRanges(index, size));
  };
}

/**
 * The proof that leaf `index` is in the tree of `size` leaves.
 *
 * @returns `tile-missing`, `tile-malformed`
 * @throws RangeError (as a rejection) where `index` is not the index of a leaf; what `read` throws
 * @example
 * import { inclusionProofFromTiles } from '#shared/log/tile-proofs.ts';
 * const result = await inclusionProofFromTiles(async () => undefined, 0, 1);
 * result; // => { ok: true, value: [] }
 */
export const inclusionProofFromTiles = async (
  read: ReadTile,
  index: number,
  size: number,
): Promise<Result<Bytes32[], TileReason>> => inclusionProver(read, size)(index);

/**
 * The proof that the tree of `size2` leaves extends the tree of `size1`; the same as `consistencyProof`.
 *
 * @returns `tile-missing`, `tile-malformed`
 * @throws RangeError (as a rejection) where `size1` is larger than `size2`; what `read` throws
 * @example
 * import { consistencyProofFromTiles } from '#shared/log/tile-proofs.ts';
 * const result = await consistencyProofFromTiles(async () => undefined, 0, 7);
 * result; // => { ok: true, value: [] }
 */
export async function consistencyProofFromTiles(
  read: ReadTile,
  size1: number,
  size2: number,
): Promise<Result<Bytes32[], TileReason>> {
  const tree = new TileTree(read, size2);
  if (!isUnsigned(size1) || size1 > size2) throw new RangeError('size1: larger than size2');
  return tree.hashes(consistencyRanges(size1, size2));
}
