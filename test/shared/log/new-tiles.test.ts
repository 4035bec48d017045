import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { EMPTY_ROOT, leafHash, treeRoot } from '#shared/log/merkle.ts';
import { type NewTile, newTiles, type RightEdge, rootFromRightEdge } from '#shared/log/new-tiles.ts';
import { TILE_WIDTH, tilePath } from '#shared/log/tile.ts';
import { type ReadTile, rootFromTiles } from '#shared/log/tile-proofs.ts';
import { NaiveTree } from './naive-tree.ts';

const leavesOf = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => leafHash(utf8(`${i}`)));
const LEAVES = leavesOf(600);
const NAIVE = new NaiveTree(LEAVES);

/** Grows a tree batch by batch, as a sequencer does. */
function grow(batches: readonly number[], each: (size: number, root: Uint8Array, tiles: readonly NewTile[]) => void) {
  let size = 0;
  let rightEdge: RightEdge = [];
  for (const batch of batches) {
    const grown = newTiles(size, rightEdge, LEAVES.slice(size, size + batch));
    each(grown.size, grown.root, grown.tiles);
    ({ size, rightEdge } = grown);
  }
  return { size, rightEdge };
}

const batches = fc
  .array(fc.oneof(fc.nat(3), fc.nat(40), fc.constantFrom(255, 256, 257)), { maxLength: 20 })
  .map((all) => {
    let left = LEAVES.length;
    return all.map((batch) => {
      const taken = Math.min(batch, left);
      left -= taken;
      return taken;
    });
  });

describe('a tree grown in any batches', () => {
  test('has at each step the root of the recursive definition, also from its tiles alone', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (list) => {
        const stored = new Map<string, Uint8Array>();
        const read: ReadTile = async (...name) => stored.get(tilePath(...name));
        const checks: Promise<void>[] = [];
        grow(list, (size, root, tiles) => {
          for (const { level, n, width, bytes } of tiles) stored.set(tilePath(level, n, width), bytes);
          expect(root).toEqual(NAIVE.root(0, size));
          checks.push(
            rootFromTiles(read, size).then((fromTiles) => expect(fromTiles).toEqual({ ok: true, value: root })),
          );
        });
        await Promise.all(checks);
      }),
      { numRuns: 60 },
    );
  });

  test('has the right edge and, at full width, the tiles of the tree built at once', () => {
    fc.assert(
      fc.property(batches, (list) => {
        const written: NewTile[] = [];
        const { size, rightEdge } = grow(list, (_size, _root, tiles) => written.push(...tiles));
        const whole = newTiles(0, [], LEAVES.slice(0, size));
        const full = (tiles: readonly NewTile[]) =>
          new Map(tiles.map((tile) => [`${tile.level}/${tile.n}/${tile.width}`, tile]));
        const last = full(written);
        for (const [name, tile] of full(whole.tiles)) expect(last.get(name)).toEqual(tile);
        expect(rightEdge).toEqual(whole.rightEdge);
        expect(rootFromRightEdge(size, rightEdge)).toEqual(whole.root);
      }),
      { numRuns: 60 },
    );
  });

  test('never writes a tile empty, over-full or twice with other bytes, and each begins as the wider ones do', () => {
    fc.assert(
      fc.property(batches, (list) => {
        const seen = new Map<string, Uint8Array>();
        grow(list, (_size, _root, tiles) => {
          for (const { level, n, width, bytes } of tiles) {
            expect(width).toBeGreaterThan(0);
            expect(width).toBeLessThanOrEqual(TILE_WIDTH);
            expect(bytes).toHaveLength(width * 32);
            const narrower = seen.get(`${level}/${n}`) ?? new Uint8Array(0);
            expect(bytes.length).toBeGreaterThan(narrower.length);
            expect(bytes.subarray(0, narrower.length)).toEqual(narrower);
            seen.set(`${level}/${n}`, bytes);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  test('writes nothing where nothing came', () => {
    const first = newTiles(0, [], LEAVES.slice(0, 300));
    const again = newTiles(300, first.rightEdge, []);
    expect(again).toEqual({ ...first, tiles: [] });
    expect(newTiles(0, [], [])).toEqual({ size: 0, tiles: [], rightEdge: [], root: EMPTY_ROOT });
  });
});

describe('a tree of 70,000 leaves', () => {
  const leaves = leavesOf(70_000);
  const { tiles, rightEdge, root } = newTiles(0, [], leaves);

  test('has the tiles that C2SP tlog-tiles counts: 273 and 112, 1 and 17, 1', () => {
    const widths = [0, 1, 2].map((level) => tiles.filter((tile) => tile.level === level).map(({ width }) => width));
    expect(widths).toEqual([[...Array.from({ length: 273 }, () => 256), 112], [256, 17], [1]]);
    expect(rightEdge.map(({ length }) => length / 32)).toEqual([112, 17, 1]);
  });

  test('has one root, from leaves, tiles and right edge', async () => {
    const stored = new Map(tiles.map((tile) => [tilePath(tile.level, tile.n, tile.width), tile.bytes]));
    expect(root).toEqual(treeRoot(leaves));
    expect(root).toEqual(rootFromRightEdge(70_000, rightEdge));
    expect(await rootFromTiles(async (...name) => stored.get(tilePath(...name)), 70_000)).toEqual({
      ok: true,
      value: root,
    });
  });

  test('keeps an empty place in its right edge where a level is full', () => {
    const even = newTiles(0, [], leaves.slice(0, 65_536));
    expect(even.rightEdge.map(({ length }) => length)).toEqual([0, 0, 32]);
    const next = newTiles(65_536, even.rightEdge, leaves.slice(65_536));
    expect(next.root).toEqual(root);
    expect(next.rightEdge).toEqual(rightEdge);
  });
});

describe('a right edge', () => {
  const { rightEdge } = newTiles(0, [], LEAVES.slice(0, 300));
  const hash = new Uint8Array(32);

  test.each([
    ['missing', 300, []],
    ['a level short', 300, rightEdge.slice(0, 1)],
    ['a level long', 300, [...rightEdge, hash]],
    ['of another size', 299, rightEdge],
    ['a byte short', 300, [rightEdge[0]?.slice(1) ?? hash, rightEdge[1] ?? hash]],
    ['of an empty tree that has a hash', 0, [hash]],
    ['of no size', -1, []],
    ['of a fractional size', 0.5, []],
  ])('%s is refused', (_, size, edge) => {
    expect(() => newTiles(size, edge, [hash])).toThrow(RangeError);
    expect(() => rootFromRightEdge(size, edge)).toThrow(RangeError);
  });
});
