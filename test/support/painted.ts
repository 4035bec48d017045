/** Pictures of rectangles, as docs/spec/vectors/image.json describes them. */
import type { Pixels } from '#shared/image/pdq.ts';

/** Left, top, width, height, red, green, blue, alpha: whole numbers. */
export type Rectangle = readonly [number, number, number, number, number, number, number, number];

/** Rectangles in the order they are painted; each replaces what is below it, alpha too. */
export interface Painting {
  readonly width: number;
  readonly height: number;
  readonly rectangles: readonly Rectangle[];
}

/** The pixels of a painting; transparent black where nothing is painted. */
export function painted({ width, height, rectangles }: Painting): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (const [left, top, across, down, ...colour] of rectangles)
    for (let y = Math.max(0, top); y < Math.min(height, top + down); y++)
      for (let x = Math.max(0, left); x < Math.min(width, left + across); x++) data.set(colour, (y * width + x) * 4);
  return { width, height, data };
}

/** A painting of `count` rectangles over a background, from numbers in [0, 1). */
export function somePainting(width: number, height: number, count: number, random: () => number): Painting {
  const byte = (): number => Math.floor(random() * 256);
  const rectangles = Array.from({ length: count }, (): Rectangle => {
    const [across, down] = [1 + Math.floor((random() * width) / 2), 1 + Math.floor((random() * height) / 2)];
    const [left, top] = [Math.floor(random() * width) - (across >> 1), Math.floor(random() * height) - (down >> 1)];
    return [left, top, across, down, byte(), byte(), byte(), 255];
  });
  return { width, height, rectangles: [[0, 0, width, height, byte(), byte(), byte(), 255], ...rectangles] };
}
