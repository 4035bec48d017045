import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { imageKeys, imageProbes, MIN_IMAGE_HITS } from '#shared/image/image-keys.ts';
import { seededRandom } from '../../bench/attacks/random.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const margins = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 256, maxLength: 256 });
const common = (one: readonly string[], other: readonly string[]): number => {
  const own = new Set(one);
  return other.filter((key) => own.has(key)).length;
};
const flipped = (from: Uint8Array, bits: readonly number[]): Uint8Array => {
  const other = from.slice();
  for (const bit of bits) other[31 - (bit >> 3)] = (other[31 - (bit >> 3)] as number) ^ (1 << (bit & 7));
  return other;
};
/** The bit of a frequency, each from 1 to 16. */
const bitOf = (down: number, across: number): number => (down - 1) * 16 + across - 1;

describe('the index keys of a picture', () => {
  test('are 24 different ones of 48 bits', () => {
    fc.assert(
      fc.property(hash, (one) => {
        const keys = imageKeys(one);
        expect(new Set(keys).size).toBe(24);
        for (const key of keys) expect(key).toMatch(/^[0-9a-f]{12}$/);
      }),
    );
  });

  test('do not change with the frequencies that change first', () => {
    const high = Array.from({ length: 256 }, (_, bit) => bit).filter((bit) => (bit >> 4) ** 2 + (bit & 15) ** 2 >= 144);
    expect(high.length).toBeGreaterThan(100);
    const one = new Uint8Array(32).fill(0x5a);
    expect(imageKeys(flipped(one, high))).toEqual(imageKeys(one));
  });

  test.each([
    [2, 1],
    [1, 2],
    [3, 4],
    [7, 7],
  ])('change, some of them, with the frequency %i down and %i across', (down, across) => {
    const one = new Uint8Array(32);
    const same = common(imageKeys(one), imageKeys(flipped(one, [bitOf(down, across)])));
    expect(same).toBeGreaterThan(10);
    expect(same).toBeLessThan(24);
  });

  test('of unrelated hashes have nothing in common', () => {
    const random = seededRandom('unrelated');
    const keys = Array.from({ length: 200 }, () =>
      imageKeys(Uint8Array.from({ length: 32 }, () => random() * 256)),
    ).flat();
    expect(new Set(keys).size).toBe(keys.length);
  });

  test.each([0, 31, 33])('are refused for a hash of %i bytes', (length) => {
    expect(() => imageKeys(new Uint8Array(length))).toThrow(RangeError);
    expect(() => imageProbes(new Uint8Array(length))).toThrow(RangeError);
  });
});

describe('the probes of a picture', () => {
  test('begin with its keys, and none is there twice', () => {
    fc.assert(
      fc.property(hash, margins, (one, own) => {
        const probes = imageProbes(one, own);
        expect(probes.slice(0, 24)).toEqual(imageKeys(one));
        expect(new Set(probes).size).toBe(384);
      }),
      { numRuns: 20 },
    );
  });

  test('hit every key where up to four bits changed and those are the least certain', () => {
    fc.assert(
      fc.property(hash, fc.uniqueArray(fc.nat(255), { minLength: 1, maxLength: 4 }), (attested, changed) => {
        const own = Float32Array.from({ length: 256 }, (_, bit) => (changed.includes(bit) ? 0.1 : 1 + bit));
        const probes = imageProbes(flipped(attested, changed), own);
        expect(common(probes, imageKeys(attested))).toBe(24);
      }),
      { numRuns: 20 },
    );
  });

  test('hit more keys with margins than without, where the uncertain bits of a hash change', () => {
    const random = seededRandom('uncertain');
    let [found, alone] = [0, 0];
    for (let n = 0; n < 20; n++) {
      const attested = Uint8Array.from({ length: 32 }, () => random() * 256);
      const own = Float32Array.from({ length: 256 }, () => random());
      const changed = [...own.keys()].filter((bit) => (own[bit] as number) < 0.08);
      const shown = flipped(attested, changed);
      if (common(imageProbes(shown, own), imageKeys(attested)) >= MIN_IMAGE_HITS) found++;
      if (common(imageProbes(shown), imageKeys(attested)) >= MIN_IMAGE_HITS) alone++;
    }
    expect(found).toBe(20);
    expect(alone).toBeLessThan(20);
  });

  test.each([0, 255, 257])('are refused with %i margins', (length) => {
    expect(() => imageProbes(new Uint8Array(32), new Float32Array(length))).toThrow(RangeError);
  });
});
