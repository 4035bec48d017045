/**
 * Growing a tree: the tiles that new leaves complete or change. Pure; the sequencer stores what it answers, tiles
 * before the checkpoint that needs them.
 *
 * @see https://c2sp.org/tlog-tiles
 */
import { type Bytes32, concatBytes } from '../bytes/bytes.ts';
import { isUnsigned } from '../bytes/decimal.ts';
import { foldSubtrees, treeRoot } from './merkle.ts';
import { perfectSubtrees } from './subtree.ts';
import { TILE_WIDTH } from './tile.ts';

const HASH_BYTES = 32;

/** A tile to store: `width` hashes of 32 bytes, 256 when full. */
export interface NewTile {
  readonly level: number;
  readonly n: number;
  readonly width: number;
  readonly bytes: Uint8Array;
}

/**
 * The unfinished tile of each level, from level 0 up: the last ⌊size / 256^level⌋ mod 256 hashes, empty where that is
 * 0. Levels with no hash at all are left out.
 */
export type RightEdge = readonly Uint8Array[];

/** Hashes of level `level` in a tree of `size` leaves. */
const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

function splitHashes(bytes: Uint8Array): Bytes32[] {
  const hashes: Bytes32[] = [];
  for (let at = 0; at < bytes.length; at += HASH_BYTES) hashes.push(bytes.slice(at, at + HASH_BYTES));
  return hashes;
}

function checkEdge(size: number, rightEdge: RightEdge): void {
  if (!isUnsigned(size)) throw new RangeError('size: not a tree size');
  for (let level = 0; level < rightEdge.length || hashesAt(level, size) > 0; level++) {
    const width = hashesAt(level, size) % TILE_WIDTH;
    if ((rightEdge[level]?.length ?? 0) !== width * HASH_BYTES)
      throw new RangeError(`rightEdge: wrong at level ${level}`);
  }
}

/**
 * The tiles to write when a tree of `oldSize` leaves grows by `newLeafHashes`: at each level every tile now full and
 * the partial one at the end, if it changed. With them the new right edge and the new root.
 *
 * @param rightEdge - what the previous call answered, or the stored partial tiles; empty for an empty tree
 * @throws RangeError where `rightEdge` does not have the lengths `oldSize` needs
 * @example
 * import { leafHash } from '#shared/log/merkle.ts';
 * import { newTiles } from '#shared/log/new-tiles.ts';
 * const leaf = leafHash(Uint8Array.of(1));
 * newTiles(0, [], [leaf]).tiles; // => [{ level: 0, n: 0, width: 1, bytes: leaf }]
 */
export function newTiles(
  oldSize: number,
  rightEdge: RightEdge,
  newLeafHashes: readonly Bytes32[],
): { size: number; tiles: NewTile[]; rightEdge: Uint8Array[]; root: Bytes32 } {
  checkEdge(oldSize, rightEdge);
  const size = oldSize + newLeafHashes.length;
  const tiles: NewTile[] = [];
  const edge: Uint8Array[] = [];
  let arriving = newLeafHashes;
  for (let level = 0; hashesAt(level, size) > 0; level++) {
    const hashes = [...splitHashes(rightEdge[level] ?? new Uint8Array(0)), ...arriving];
    const changed = arriving.length > 0;
    let n = Math.floor(hashesAt(level, oldSize) / TILE_WIDTH);
    arriving = [];
    for (let at = 0; at + TILE_WIDTH <= hashes.length; at += TILE_WIDTH, n++) {
      const full = hashes.slice(at, at + TILE_WIDTH);
      tiles.push({ level, n, width: TILE_WIDTH, bytes: concatBytes(...full) });
      arriving = [...arriving, treeRoot(full)];
    }
    const width = hashes.length % TILE_WIDTH;
    const bytes = concatBytes(...hashes.slice(hashes.length - width));
    if (changed && width > 0) tiles.push({ level, n, width, bytes });
    edge.push(bytes);
  }
  return { size, tiles, rightEdge: edge, root: rootFromRightEdge(size, edge) };
}

/**
 * The root of the tree of `size` leaves, from its right edge alone.
 *
 * @throws RangeError where `rightEdge` does not have the lengths `size` needs
 * @example
 * import { EMPTY_ROOT } from '#shared/log/merkle.ts';
 * import { rootFromRightEdge } from '#shared/log/new-tiles.ts';
 * rootFromRightEdge(0, []); // => EMPTY_ROOT
 */
export function rootFromRightEdge(size: number, rightEdge: RightEdge): Bytes32 {
  checkEdge(size, rightEdge);
  const subtrees = rightEdge.toReversed().flatMap((bytes) => {
    const hashes = splitHashes(bytes);
    return perfectSubtrees({ start: 0, end: hashes.length }).map(({ start, end }) =>
      treeRoot(hashes.slice(start, end)),
    );
  });
  return foldSubtrees(subtrees);
}
