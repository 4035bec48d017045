/**
 * A tree derived leaf by leaf: its root at any moment, and each tile as it fills. Holds only the right edge, at most 255
 * hashes a level, however many leaves there are.
 */
import { fromBase64, toBase64 } from '#shared/bytes/base64.ts';
import { type Bytes32, concatBytes } from '#shared/bytes/bytes.ts';
import { treeRoot } from '#shared/log/merkle.ts';
import { rootFromRightEdge } from '#shared/log/new-tiles.ts';
import { TILE_WIDTH } from '#shared/log/tile.ts';

/** A tile as its hashes; fewer than 256 on the right edge. */
export interface DerivedTile {
  readonly level: number;
  readonly n: number;
  readonly hashes: readonly Bytes32[];
}

export class DerivedTree {
  size = 0;
  private edge: Bytes32[][] = [];
  private filled: DerivedTile[] = [];

  /** Adds the next leaf. */
  add(leaf: Bytes32): void {
    this.size++;
    this.push(0, leaf, this.size);
  }

  private push(level: number, hash: Bytes32, count: number): void {
    const hashes = this.edge[level] ?? [];
    this.edge[level] = hashes;
    hashes.push(hash);
    if (hashes.length < TILE_WIDTH) return;
    this.filled.push({ level, n: count / TILE_WIDTH - 1, hashes });
    this.edge[level] = [];
    this.push(level + 1, treeRoot(hashes), count / TILE_WIDTH);
  }

  /** The tiles filled since this was last asked. */
  takeFilled(): DerivedTile[] {
    const taken = this.filled;
    this.filled = [];
    return taken;
  }

  /** The tiles that are not full yet, by level. */
  unfilled(): DerivedTile[] {
    return this.edge.flatMap((hashes, level) => {
      const n = Math.floor(this.size / TILE_WIDTH ** (level + 1));
      return hashes.length === 0 ? [] : [{ level, n, hashes }];
    });
  }

  root(): Bytes32 {
    return rootFromRightEdge(
      this.size,
      this.edge.map((hashes) => concatBytes(...hashes)),
    );
  }

  /** The right edge as text, for a state file; `resumeTree` reads it. */
  saved(): string[] {
    return this.edge.map((hashes) => toBase64(concatBytes(...hashes)));
  }

  /**
   * A tree of `size` leaves on a saved edge. Its hashes are taken at their word: compare its root or its tiles with
   * something signed before relying on it.
   *
   * @returns `undefined` where the edge has not the lengths of that size
   */
  static resume(size: unknown, edge: unknown): DerivedTree | undefined {
    if (typeof size !== 'number' || !Array.isArray(edge) || edge.length > 8) return undefined;
    const levels = edge.map((text) => (typeof text === 'string' ? fromBase64(text) : undefined));
    if (levels.includes(undefined)) return undefined;
    const tree = new DerivedTree();
    tree.size = size;
    tree.edge = levels.map((bytes = new Uint8Array()) =>
      Array.from({ length: bytes.length / 32 }, (_, i) => bytes.slice(32 * i, 32 * i + 32)),
    );
    try {
      rootFromRightEdge(size, levels as Uint8Array[]);
      return tree;
    } catch (cause) {
      if (cause instanceof RangeError) return undefined;
      throw cause;
    }
  }
}
