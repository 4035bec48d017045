/**
 * A tree derived from its leaves in order: its root at any moment, and each tile as it fills. Holds only the right edge,
 * at most 255 hashes a level, however many leaves there are.
 */
import { fromBase64, toBase64 } from '../bytes/base64.ts';
import type { Bytes32 } from '../bytes/bytes.ts';
import { HASH_BYTES, type Hasher, TILE_BYTES } from '../hashing/hasher.ts';
import { rootFromRightEdge } from './new-tiles.ts';
import { TILE_WIDTH } from './tile.ts';

/** A tile: 256 hashes of 32 bytes, fewer on the right edge. */
export interface DerivedTile {
  readonly level: number;
  readonly n: number;
  readonly bytes: Uint8Array;
}

/** The tile of a level that is being filled. */
interface Filling {
  n: number;
  used: number;
  readonly bytes: Uint8Array;
}

const filling = (n: number, hashes: Uint8Array = new Uint8Array(0)): Filling => {
  const bytes = new Uint8Array(TILE_BYTES);
  bytes.set(hashes);
  return { n, used: hashes.length, bytes };
};

/**
 * @example
 * import { NOBLE_HASHER } from '#shared/hashing/hasher.ts';
 * import { DerivedTree } from '#shared/log/derived-tree.ts';
 * import { leafHash } from '#shared/log/merkle.ts';
 * const tree = new DerivedTree(NOBLE_HASHER);
 * tree.add(leafHash(Uint8Array.of(7)));
 * tree.root(); // => leafHash(Uint8Array.of(7))
 */
export class DerivedTree {
  size = 0;
  private readonly hasher: Hasher;
  private edge: Filling[] = [];
  private filled: DerivedTile[] = [];

  constructor(hasher: Hasher) {
    this.hasher = hasher;
  }

  /** Adds the next leaves; their hashes one after the other. */
  add(leafHashes: Uint8Array): void {
    this.size += leafHashes.length / HASH_BYTES;
    this.push(0, leafHashes);
  }

  private push(level: number, hashes: Uint8Array): void {
    for (let at = 0; at < hashes.length; ) {
      const tile = this.edge[level] ?? filling(0);
      const taken = hashes.subarray(at, at + TILE_BYTES - tile.used);
      tile.bytes.set(taken, tile.used);
      tile.used += taken.length;
      at += taken.length;
      this.edge[level] = tile.used < TILE_BYTES ? tile : filling(tile.n + 1);
      if (tile.used < TILE_BYTES) continue;
      this.filled.push({ level, n: tile.n, bytes: tile.bytes });
      this.push(level + 1, this.hasher.tileRoot(tile.bytes));
    }
  }

  /** The tiles filled since this was last asked. */
  takeFilled(): DerivedTile[] {
    const taken = this.filled;
    this.filled = [];
    return taken;
  }

  /** The tiles that are not full yet, by level. */
  unfilled(): DerivedTile[] {
    return this.edge.flatMap(({ n, used, bytes }, level) =>
      used === 0 ? [] : [{ level, n, bytes: bytes.slice(0, used) }],
    );
  }

  root(): Bytes32 {
    return rootFromRightEdge(this.size, this.edgeBytes());
  }

  private edgeBytes(): Uint8Array[] {
    return this.edge.map(({ used, bytes }) => bytes.slice(0, used));
  }

  /** The right edge as text, for a state file; `resume` reads it. */
  saved(): string[] {
    return this.edgeBytes().map(toBase64);
  }

  /**
   * A tree of `size` leaves on a saved edge. Its hashes are taken at their word: compare its root or its tiles with
   * something signed before relying on it.
   *
   * @returns `undefined` where the edge has not the lengths of that size
   */
  static resume(hasher: Hasher, size: unknown, edge: unknown): DerivedTree | undefined {
    if (typeof size !== 'number' || !Array.isArray(edge) || edge.length > 8) return undefined;
    const levels = edge.flatMap((text) => (typeof text === 'string' ? (fromBase64(text) ?? []) : []));
    if (levels.length !== edge.length) return undefined;
    try {
      rootFromRightEdge(size, levels);
    } catch (cause) {
      if (cause instanceof RangeError) return undefined;
      throw cause;
    }
    const tree = new DerivedTree(hasher);
    tree.size = size;
    tree.edge = levels.map((bytes, level) => filling(Math.floor(size / TILE_WIDTH ** (level + 1)), bytes));
    return tree;
  }
}
