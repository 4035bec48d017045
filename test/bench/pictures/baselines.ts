/** The perceptual hashes that most programs come with: average and difference hash of 64 bits (Krawetz 2011, 2013). */
import type { Pixels } from '#shared/image/pdq.ts';
import { resized } from './geometry.ts';
import { grey } from './tone.ts';

/** A way to tell how like two pictures are, without seeing them again. */
export interface PictureBaseline {
  readonly name: string;
  /** Bits, a byte each. */
  hash(pixels: Pixels): Uint8Array;
}

const lights = (pixels: Pixels, width: number, height: number): number[] => {
  const { data } = grey(resized(pixels, width, height));
  return Array.from({ length: width * height }, (_, at) => data[at * 4] as number);
};

export const PICTURE_BASELINES: readonly PictureBaseline[] = [
  {
    name: 'aHash-64',
    hash(pixels) {
      const values = lights(pixels, 8, 8);
      const average = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Uint8Array.from(values, (value) => Number(value > average));
    },
  },
  {
    name: 'dHash-64',
    hash(pixels) {
      const values = lights(pixels, 9, 8);
      return Uint8Array.from({ length: 64 }, (_, at) => {
        const place = Math.floor(at / 8) * 9 + (at % 8);
        return Number((values[place] as number) > (values[place + 1] as number));
      });
    },
  },
];

/** Bits that differ. */
export function bitsApart(one: Uint8Array, other: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < one.length; at++) count += (one[at] as number) ^ (other[at] as number);
  return count;
}
