import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareImages } from '#shared/image/compare-images.ts';
import { type Pixels, pdqHash } from '#shared/image/pdq.ts';
import { seededRandom } from '../../bench/attacks/random.ts';
import { resized } from '../../bench/pictures/geometry.ts';
import { painted, somePainting } from '../../support/painted.ts';
import { naiveBits } from './naive-pdq.ts';

const picture = (width: number, height: number, seed = 'a picture'): Pixels =>
  painted(somePainting(width, height, 40, seededRandom(seed)));
const hashOf = (pixels: Pixels): Uint8Array => {
  const hashed = pdqHash(pixels);
  if (hashed === undefined) throw new Error('no hash');
  return hashed.hash;
};
const bitsOf = (pixels: Pixels): boolean[] => {
  const hash = hashOf(pixels);
  return Array.from({ length: 256 }, (_, n) => (((hash[31 - (n >> 3)] as number) >> (n & 7)) & 1) === 1);
};
const distance = (one: Pixels, other: Pixels): number => compareImages(hashOf(one), hashOf(other)).distance;

/** The picture with the colour of each place from another place. */
const moved = (from: Pixels, width: number, height: number, place: (x: number, y: number) => [number, number]) => {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [column, row] = place(x, y);
      const at = (row * from.width + column) * 4;
      data.set(from.data.subarray(at, at + 4), (y * width + x) * 4);
    }
  return { width, height, data };
};

describe('the hash of a picture', () => {
  test.each([
    [64, 64],
    [300, 129],
    [512, 640],
    [777, 513],
  ])('of %i by %i pixels is what the description says', (width, height) => {
    const pixels = picture(width, height, `${width} ${height}`);
    expect(bitsOf(pixels)).toEqual(naiveBits(pixels));
  });

  test('has half of its bits set', () => {
    expect(bitsOf(picture(200, 150)).filter(Boolean)).toHaveLength(128);
  });

  test('stays the same where each pixel of a large picture is doubled', () => {
    const one = picture(520, 600);
    const twice = moved(one, 1040, 1200, (x, y) => [x >> 1, y >> 1]);
    expect(hashOf(twice)).toEqual(hashOf(one));
  });

  test('changes in few bits where the size changes', () => {
    const one = picture(900, 700);
    for (const [width, height] of [
      [450, 350],
      [225, 175],
      [120, 300],
    ] as const) {
      expect(distance(one, resized(one, width, height)), `${width} by ${height}`).toBeLessThanOrEqual(12);
    }
  });

  test('of a picture laid on its side has rows for columns', () => {
    const one = picture(140, 90);
    const other = moved(one, 90, 140, (x, y) => [y, x]);
    const bits = bitsOf(one);
    expect(bitsOf(other)).toEqual(bits.map((_, n) => bits[(n % 16) * 16 + (n >> 4)]));
  });

  test('takes transparent parts for white', () => {
    const under = painted({ width: 128, height: 128, rectangles: [[0, 0, 128, 128, 255, 255, 255, 255]] });
    const over = picture(128, 128);
    const half: Pixels = { ...over, data: over.data.map((value, at) => (at % 4 === 3 ? 128 : value)) };
    const mixed: Pixels = {
      ...over,
      data: over.data.map((value, at) => (at % 4 === 3 ? 255 : (value * 128 + 255 * 127) / 255)),
    };
    expect(distance(half, mixed)).toBeLessThanOrEqual(2);
    const clear: Pixels = { ...over, data: over.data.map((value, at) => (at % 4 === 3 ? 0 : value)) };
    expect(pdqHash(clear)).toEqual(pdqHash(under));
  });

  test('changes in few bits where every value changes a little', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 6 }), (seed, strength) => {
        const one = picture(160, 120, `noise ${seed}`);
        const random = seededRandom(`noise ${seed} ${strength}`);
        const other = {
          ...one,
          data: one.data.map((value, at) => (at % 4 === 3 ? value : value + (random() - 0.5) * 2 * strength)),
        };
        expect(distance(one, other)).toBeLessThanOrEqual(16);
      }),
      { numRuns: 10 },
    );
  });

  test('differs between unrelated pictures in about half of the bits', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (one, other) => {
        fc.pre(one !== other);
        expect(distance(picture(96, 96, `${one}`), picture(96, 96, `${other}`))).toBeGreaterThan(60);
      }),
      { numRuns: 20 },
    );
  });
});

describe('no hash', () => {
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, n) => (n * 7919) >> 3);
  test.each<[string, Pixels]>([
    ['an empty picture', { width: 0, height: 0, data: bytes(0) }],
    ['a side of 63 pixels', { width: 63, height: 640, data: bytes(63 * 640 * 4) }],
    ['a side that is no whole number', { width: 80.5, height: 80, data: bytes(80.5 * 80 * 4) }],
    ['a side that is no number', { width: Number.NaN, height: 80, data: bytes(80 * 80 * 4) }],
    ['a negative side', { width: -80, height: -80, data: bytes(80 * 80 * 4) }],
    ['data of another length', { width: 80, height: 80, data: bytes(80 * 80 * 3) }],
    ['a side longer than any JPEG has', { width: 65_536, height: 64, data: bytes(65_536 * 64 * 4) }],
    ['more pixels than the limit, whose data is not there', { width: 9000, height: 9000, data: bytes(1) }],
    ['one colour', { width: 80, height: 80, data: new Uint8Array(80 * 80 * 4).fill(200) }],
    ['nothing but alpha', { width: 80, height: 80, data: new Uint8Array(80 * 80 * 4) }],
  ])('for %s', (_, pixels) => {
    expect(pdqHash(pixels)).toBeUndefined();
  });

  test('for a gradient, in which there is nothing to see', () => {
    const data = Uint8Array.from({ length: 256 * 256 * 4 }, (_, at) => (at % 4 === 3 ? 255 : (at >> 2) % 256));
    expect(pdqHash({ width: 256, height: 256, data })).toBeUndefined();
  });

  const banded = (band: (x: number, y: number) => number): Pixels => {
    const data = Uint8Array.from({ length: 320 * 200 * 4 }, (_, at) => {
      const [x, y] = [(at >> 2) % 320, Math.floor((at >> 2) / 320)];
      return at % 4 === 3 ? 255 : band(x, y);
    });
    return { width: 320, height: 200, data };
  };
  const random = seededRandom('bands');
  const bands = Array.from({ length: 40 }, () => Math.floor(random() * 128));
  const across = (x: number): number => bands[x >> 3] as number;
  const down = (_x: number, y: number): number => bands[y >> 3] as number;
  test.each([
    ['upright stripes', across],
    ['level stripes', down],
    ['a plaid, which is both', (x: number, y: number) => across(x) + down(x, y)],
  ])('for %s, whose frequencies are all nought but for rounding errors', (_, band) => {
    expect(pdqHash(banded(band))).toBeUndefined();
    const spotted = banded((x, y) => (x >> 5 === 3 && y >> 5 === 2 ? 255 - band(x, y) : band(x, y)));
    expect(pdqHash(spotted)).toBeDefined();
  });

  test('is thrown for, whatever the numbers are', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.uint8Array({ maxLength: 64 }), (width, height, data) => {
        expect(pdqHash({ width, height, data })).toBeUndefined();
      }),
    );
  });
});
