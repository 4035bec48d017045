/** Images made from numbers alone: waves and discs, each seed its own, with enough to see for a hash. */
import type { Pixels } from '#shared/image/pdq.ts';

/** A seeded sequence in [0, 1): mulberry32. */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An opaque image; the same seed gives the same scene in any size. */
export function madeImage(seed: number, width = 192, height = 128): Pixels {
  const next = sequence(seed);
  const discs = Array.from({ length: 24 }, () => ({
    x: next(),
    y: next(),
    radius: 0.04 + next() * 0.16,
    colour: [next() * 255, next() * 255, next() * 255],
  }));
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [u, v] = [(x + 0.5) / width, (y + 0.5) / height];
      const disc = discs.findLast((each) => Math.hypot(u - each.x, v - each.y) < each.radius);
      data.set(disc ? [...disc.colour, 255] : [u * 255, v * 255, 128, 255], (y * width + x) * 4);
    }
  return { width, height, data };
}

/** An image of one colour, which has no hash. */
export const flatImage = (width = 192, height = 128): Pixels => ({
  width,
  height,
  data: new Uint8ClampedArray(width * height * 4).fill(200),
});
