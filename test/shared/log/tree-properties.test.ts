import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '#shared/log/merkle.ts';
import { newTiles } from '#shared/log/new-tiles.ts';
import { tilePath } from '#shared/log/tile.ts';
import {
  consistencyProofFromTiles,
  inclusionProofFromTiles,
  type ReadTile,
  rootFromTiles,
} from '#shared/log/tile-proofs.ts';
import { heldBytes } from '../../support/garbage.ts';
import { NaiveTree } from './naive-tree.ts';

const MOST = 600;
const RUNS = { numRuns: 12 };
/** Sizes around the width of a tile come up often. */
const sizes = fc.oneof(fc.integer({ min: 1, max: MOST }), fc.constantFrom(1, 2, 255, 256, 257, 511, 512, 513, 600));
const seeded = fc.tuple(fc.nat(), sizes).map(([seed, size]) => leavesOf(seed, size));

function leavesOf(seed: number, size: number): Uint8Array[] {
  return Array.from({ length: size }, (_, i) => leafHash(utf8(`${seed} ${i}`)));
}

const tilesOf = (leaves: readonly Uint8Array[]): ReadTile => {
  const stored = new Map(newTiles(0, [], leaves).tiles.map(({ bytes, ...name }) => [JSON.stringify(name), bytes]));
  return async (level, n, width) => stored.get(JSON.stringify({ level, n, width }));
};

const value = <T>(result: { ok: true; value: T } | { ok: false; reason: string }): T => {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
};

/** Each copy of `hash` with one byte changed. */
const mutants = (hash: Uint8Array): Uint8Array[] =>
  Array.from(hash, (_, at) => hash.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte)));

describe('a tree of up to 600 leaves', () => {
  test('has the root of the recursive definition, from its leaves and from its tiles; none has the empty root', async () => {
    expect(treeRoot([])).toEqual(new NaiveTree([]).root());
    await fc.assert(
      fc.asyncProperty(seeded, async (leaves) => {
        const root = new NaiveTree(leaves).root();
        expect(treeRoot(leaves)).toEqual(root);
        expect(value(await rootFromTiles(tilesOf(leaves), leaves.length))).toEqual(root);
      }),
      { numRuns: 60 },
    );
  });

  test('has for each leaf the proof of the recursive definition, and it verifies', async () => {
    await fc.assert(
      fc.asyncProperty(seeded, async (leaves) => {
        const naive = new NaiveTree(leaves);
        const read = tilesOf(leaves);
        const size = leaves.length;
        for (const [index, leafHash] of leaves.entries()) {
          const proof = value(await inclusionProofFromTiles(read, index, size));
          expect(proof).toEqual(naive.path(index));
          expect(verifyInclusion({ leafHash, index, size, root: naive.root(), proof }).ok).toBe(true);
        }
        expect(inclusionProof(leaves, size - 1)).toEqual(naive.path(size - 1));
      }),
      RUNS,
    );
  });

  test('has from each smaller size the proof of the recursive definition, and it verifies', async () => {
    await fc.assert(
      fc.asyncProperty(seeded, async (leaves) => {
        const naive = new NaiveTree(leaves);
        const read = tilesOf(leaves);
        const size2 = leaves.length;
        for (let size1 = 1; size1 <= size2; size1++) {
          const proof = value(await consistencyProofFromTiles(read, size1, size2));
          expect(proof).toEqual(naive.proof(size1));
          const [root1, root2] = [naive.root(0, size1), naive.root()];
          expect(verifyConsistency({ size1, root1, size2, root2, proof }).ok).toBe(true);
        }
        expect(consistencyProof(leaves, 1)).toEqual(naive.proof(1));
      }),
      RUNS,
    );
  });

  test('loses an inclusion proof to any one byte changed, and to any other index', () => {
    fc.assert(
      fc.property(seeded, fc.nat(), (leaves, where) => {
        const index = where % leaves.length;
        const good = {
          ...{ leafHash: leaves[index] ?? new Uint8Array(0), index, size: leaves.length },
          ...{ root: treeRoot(leaves), proof: inclusionProof(leaves, index) },
        };
        const bad = [
          ...mutants(good.leafHash).map((leafHash) => ({ ...good, leafHash })),
          ...mutants(good.root).map((root) => ({ ...good, root })),
          ...good.proof.flatMap((hash, i) =>
            mutants(hash).map((changed) => ({ ...good, proof: good.proof.with(i, changed) })),
          ),
          ...[...leaves.keys()].filter((other) => other !== index).map((other) => ({ ...good, index: other })),
          ...[...good.proof.keys()].map((i) => ({ ...good, proof: good.proof.toSpliced(i, 1) })),
        ];
        expect(verifyInclusion(good).ok).toBe(true);
        expect(bad.filter((each) => verifyInclusion(each).ok)).toEqual([]);
      }),
      RUNS,
    );
  });

  test('loses a consistency proof to any one byte changed or hash left out', () => {
    fc.assert(
      fc.property(seeded, fc.nat(), (leaves, where) => {
        const size1 = 1 + (where % leaves.length);
        const good = {
          ...{ size1, root1: treeRoot(leaves.slice(0, size1)), size2: leaves.length },
          ...{ root2: treeRoot(leaves), proof: consistencyProof(leaves, size1) },
        };
        const bad = [
          ...mutants(good.root1).map((root1) => ({ ...good, root1 })),
          ...mutants(good.root2).map((root2) => ({ ...good, root2 })),
          ...good.proof.flatMap((hash, i) =>
            mutants(hash).map((changed) => ({ ...good, proof: good.proof.with(i, changed) })),
          ),
          ...[...good.proof.keys()].map((i) => ({ ...good, proof: good.proof.toSpliced(i, 1) })),
        ];
        expect(verifyConsistency(good).ok).toBe(true);
        expect(bad.filter((each) => verifyConsistency(each).ok)).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('tiles', () => {
  const leaves = leavesOf(1, 300);
  const all = tilesOf(leaves);
  const replaced = (path: string, bytes: Uint8Array | undefined): ReadTile => {
    return async (...name) => (tilePath(...name) === path ? bytes : all(...name));
  };

  test('whose partial was deleted are read from the full one', async () => {
    const grown = newTiles(0, [], leavesOf(1, 600)).tiles.filter(({ width }) => width === 256);
    const stored = new Map(grown.map((tile) => [tilePath(tile.level, tile.n), tile.bytes]));
    const level1 = await all(1, 0, 1);
    const read: ReadTile = async (...name) =>
      tilePath(...name) === 'tile/1/000.p/1' ? level1 : stored.get(tilePath(...name));
    expect(value(await rootFromTiles(read, 300))).toEqual(treeRoot(leaves));
    expect(value(await inclusionProofFromTiles(read, 299, 300))).toEqual(inclusionProof(leaves, 299));
  });

  test.each([
    ['a partial tile a byte short', 'tile/0/001.p/44', new Uint8Array(44 * 32 - 1)],
    ['a partial tile that is the full one', 'tile/0/001.p/44', new Uint8Array(256 * 32)],
    ['an empty tile', 'tile/1/000.p/1', new Uint8Array(0)],
  ])('with %s are malformed', async (_, path, bytes) => {
    const outcome = await rootFromTiles(replaced(path, bytes), 300);
    expect(outcome).toEqual({ ok: false, reason: 'tile-malformed', detail: path });
  });

  test('with one byte changed give another root', async () => {
    const path = 'tile/0/001.p/44';
    const changed = (await all(0, 1, 44))?.map((byte, i) => (i === 77 ? byte ^ 1 : byte));
    expect(value(await rootFromTiles(replaced(path, changed), 300))).not.toEqual(treeRoot(leaves));
  });

  test('are each read once for one proof', async () => {
    const reads: string[] = [];
    const read: ReadTile = (...name) => {
      reads.push(tilePath(...name));
      return all(...name);
    };
    value(await inclusionProofFromTiles(read, 5, 300));
    expect(reads.toSorted()).toEqual(['tile/0/000', 'tile/0/001.p/44']);
  });

  test('that are kept hold no more than their own size beside them', async () => {
    const tiles = Array.from({ length: 256 }, (_, n) => new Uint8Array(256 * 32).fill(n));
    const read: ReadTile = async (level, n) => (level === 0 ? tiles[n] : new Uint8Array(256 * 32));
    const before = await heldBytes();
    for (const n of tiles.keys()) value(await inclusionProofFromTiles(read, n * 256, 256 * 256));
    expect(((await heldBytes()) - before) / tiles.length).toBeLessThan(2 * 256 * 32);
    expect(tiles).toHaveLength(256);
  });

  test('whose reading fails hand on the failure', async () => {
    const read: ReadTile = () => Promise.reject(new Error('no network'));
    await expect(rootFromTiles(read, 1)).rejects.toThrow('no network');
  });

  test('are not asked for impossible sizes', async () => {
    await expect(rootFromTiles(all, -1)).rejects.toThrow(RangeError);
    await expect(rootFromTiles(all, 2 ** 53)).rejects.toThrow(RangeError);
    await expect(inclusionProofFromTiles(all, 300, 300)).rejects.toThrow(RangeError);
    await expect(consistencyProofFromTiles(all, 301, 300)).rejects.toThrow(RangeError);
  });
});
