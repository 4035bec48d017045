import { describe, expect, test } from 'vitest';
import { compareImages } from '#shared/image/compare-images.ts';

/** A hash of which the first bits are set. */
const ones = (count: number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, at) => (0xff00 >> Math.min(8, Math.max(0, count - at * 8))) & 0xff);

describe('the comparison of two image hashes', () => {
  test.each([
    [0, 1, true],
    [1, 1 - 1 / 128, true],
    [40, 1 - 40 / 128, true],
    [41, 1 - 41 / 128, false],
    [128, 0, false],
    [256, 0, false],
  ])('says of %i bits that differ: %d alike, similar %s', (distance, similarity, similar) => {
    expect(compareImages(ones(0), ones(distance))).toEqual({ distance, similarity, similar });
    expect(compareImages(ones(distance), ones(0))).toEqual({ distance, similarity, similar });
  });

  test.each([0, 31, 33])('is refused for a hash of %i bytes', (length) => {
    expect(() => compareImages(new Uint8Array(length), ones(0))).toThrow(RangeError);
    expect(() => compareImages(ones(0), new Uint8Array(length))).toThrow(RangeError);
  });
});
