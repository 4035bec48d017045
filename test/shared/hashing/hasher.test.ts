import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '#shared/bytes/hex.ts';
import { TILE_BYTES } from '#shared/hashing/hasher.ts';
import { fastestHasher } from '#shared/hashing/wasm-hasher.ts';
import { leafHash, nodeHash, treeRoot } from '#shared/log/merkle.ts';
import { MAX_ENTRY_BYTES } from '#shared/log/tile.ts';
import { BINARIES, NOBLE, SCALAR, SIMD } from '../../support/hashers.ts';

const ENGINES = [SIMD, SCALAR, NOBLE];
const NOTHING = new Uint8Array(0);

/** OpenSSL, which shares no code with any of the three. */
const openssl = (...parts: Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

const hashes = (bytes: Uint8Array): string[] =>
  Array.from({ length: bytes.length / 32 }, (_, i) => toHex(bytes.subarray(32 * i, 32 * i + 32)));

/** Entries whose message with its prefix ends on, before and behind each edge of a block and of its padding. */
const EDGES = [0, 1, 31, 54, 55, 56, 57, 61, 62, 63, 64, 65, 117, 118, 119, 120, 121, 126, 127, 128, 129, 4096];

const entry = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(...EDGES).chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
);
const level = (maxPairs: number) =>
  fc
    .integer({ min: 0, max: maxPairs })
    .chain((pairs) => fc.uint8Array({ minLength: 64 * pairs, maxLength: 64 * pairs }));

test('the engines are the three that they are meant to be', () => {
  expect(ENGINES.map(({ engine }) => engine)).toEqual(['simd', 'scalar', 'noble']);
});

describe.each(ENGINES)('hashing with $engine', (hasher) => {
  test.each([
    // NIST, SHA-256 additional test vectors 3 to 7: messages of zero bytes, the first of which is a leaf's prefix here.
    [55, '02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7'],
    [56, 'd4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb'],
    [57, '65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785'],
    [64, 'f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b'],
    [1000, '541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53'],
  ])('gives the digest that NIST published for %i zero bytes, in every lane', (length, digest) => {
    const entries = Array.from({ length: 5 }, () => new Uint8Array(length - 1));
    expect(hashes(hasher.leafHashes(entries))).toEqual(entries.map(() => digest));
  });

  test('gives the leaf hashes of entries of every length up to 600 bytes, and of the longest', () => {
    const entries = [...Array(601).keys(), MAX_ENTRY_BYTES - 1, MAX_ENTRY_BYTES].map((length) =>
      Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff),
    );
    expect(hashes(hasher.leafHashes(entries))).toEqual(entries.map((each) => openssl(Uint8Array.of(0), each)));
  });

  test('gives each entry its own hash in order, whatever lengths stand side by side', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 600 }), (entries) => {
        expect(hashes(hasher.leafHashes(entries))).toEqual(entries.map((each) => toHex(leafHash(each))));
      }),
      { numRuns: 30 },
    );
  });

  test('takes more entries at once than the core has room for, by bytes and by number', () => {
    const long = Array.from({ length: 40 }, (_, i) => new Uint8Array(MAX_ENTRY_BYTES - i).fill(i));
    const many = Array.from({ length: 9000 }, (_, i) => Uint8Array.of(i, i >> 8));
    for (const entries of [long, many]) {
      expect(hashes(hasher.leafHashes(entries))).toEqual(entries.map((each) => openssl(Uint8Array.of(0), each)));
    }
  });

  test('gives the node hash of each pair in order', () => {
    fc.assert(
      fc.property(level(140), (pairs) => {
        const expected = Array.from({ length: pairs.length / 64 }, (_, i) =>
          toHex(nodeHash(pairs.subarray(64 * i, 64 * i + 32), pairs.subarray(64 * i + 32, 64 * i + 64))),
        );
        expect(hashes(hasher.nodeHashes(pairs))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test('takes a level larger than the core has room for', () => {
    const pairs = Uint8Array.from({ length: 64 * 20_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
    const above = hashes(hasher.nodeHashes(pairs));
    expect(above).toHaveLength(20_000);
    for (const i of [0, 1, 16_383, 16_384, 16_385, 19_999]) {
      expect(above[i]).toBe(openssl(Uint8Array.of(1), pairs.subarray(64 * i, 64 * i + 64)));
    }
  });

  test('gives the root of a tile that the tree over its hashes has', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: TILE_BYTES, maxLength: TILE_BYTES }), (tile) => {
        const leaves = Array.from({ length: 256 }, (_, i) => tile.subarray(32 * i, 32 * i + 32));
        expect(toHex(hasher.tileRoot(tile))).toBe(toHex(treeRoot(leaves)));
      }),
      { numRuns: 20 },
    );
  });

  test('depends on every byte of the second hash, in every lane', () => {
    const pairs = new Uint8Array(64 * 4);
    const same = hashes(hasher.nodeHashes(pairs));
    for (let lane = 0; lane < 4; lane++) {
      const changed = pairs.slice();
      changed[64 * lane + 63] = 1;
      const others = hashes(hasher.nodeHashes(changed));
      expect(others.map((hash, i) => hash === same[i])).toEqual([0, 1, 2, 3].map((i) => i !== lane));
    }
  });

  test('leaves what it was given as it was', () => {
    const tile = new Uint8Array(TILE_BYTES).fill(5);
    const entries = [tile.subarray(0, 300), tile.subarray(100, 900)];
    hasher.leafHashes(entries);
    hasher.nodeHashes(tile);
    hasher.tileRoot(tile);
    expect(tile).toEqual(new Uint8Array(TILE_BYTES).fill(5));
  });

  test('hashes nothing to nothing', () => {
    expect([hasher.leafHashes([]), hasher.nodeHashes(NOTHING)]).toEqual([NOTHING, NOTHING]);
  });

  test.each([
    ['an entry that no bundle can hold', () => hasher.leafHashes([NOTHING, new Uint8Array(MAX_ENTRY_BYTES + 1)])],
    ['half a pair', () => hasher.nodeHashes(new Uint8Array(96))],
    ['a tile that is not full', () => hasher.tileRoot(new Uint8Array(TILE_BYTES - 32))],
    ['more than a tile', () => hasher.tileRoot(new Uint8Array(TILE_BYTES + 32))],
  ])('refuses %s', (_, call) => {
    expect(call).toThrow(RangeError);
  });
});

describe('the fastest hasher', () => {
  test.each([
    ['simd', 'both builds run', BINARIES],
    ['scalar', 'the engine refuses the one with SIMD', { ...BINARIES, simd: NOTHING }],
    ['noble', 'there is no WebAssembly to use', { simd: NOTHING, scalar: NOTHING }],
  ])('is %s where %s', (engine, _, binaries) => {
    expect(fastestHasher(binaries).engine).toBe(engine);
  });

  test('is never one that computes wrongly', () => {
    // 0x428a2f98, the first round constant, as it lies in the module.
    const constant = fromHex('982f8a42') ?? NOTHING;
    const broken = BINARIES.simd.slice();
    const at = Buffer.from(broken).indexOf(constant);
    expect(at).toBeGreaterThan(0);
    broken[at] = 0x99;
    expect(new WebAssembly.Module(broken)).toBeInstanceOf(WebAssembly.Module);
    expect(fastestHasher({ ...BINARIES, simd: broken }).engine).toBe('scalar');
  });
});
