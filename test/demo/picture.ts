/** A picture that no model made: hills at dusk, computed when the demo starts, as a file and as a smaller one. */
import type { Pixels } from '#shared/image/pdq.ts';
import { jpegFile, pngFile } from '../support/image-files.ts';

/** One picture in two files. */
export interface DemoPicture {
  readonly pixels: Pixels;
  readonly png: Uint8Array;
  /** Half as wide, compressed with losses: no byte of the other is in it. */
  readonly jpeg: Uint8Array;
}

const RIDGES = 6;
const [SKY, GLOW, NEAR] = [
  [38, 60, 104],
  [246, 178, 120],
  [16, 26, 36],
] as const;

type Colour = readonly [number, number, number];
const between = (one: Colour, other: Colour, share: number): Colour => [
  one[0] + (other[0] - one[0]) * share,
  one[1] + (other[1] - one[1]) * share,
  one[2] + (other[2] - one[2]) * share,
];

/** Height of a ridge, counted from the top, at a place from left to right; all from 0 to 1. */
function ridgeAt(ridge: number, x: number): number {
  const waves = [1, 2.3, 5.1].map((times, n) => Math.sin(x * 6.3 * times + ridge * (2.1 + n)) / times);
  return 0.42 + ridge * 0.1 + 0.06 * waves.reduce((sum, wave) => sum + wave, 0);
}

function colourAt(x: number, y: number): Colour {
  for (let ridge = RIDGES - 1; ridge >= 0; ridge--) {
    if (y > ridgeAt(ridge, x)) return between(between(SKY, GLOW, 0.45), NEAR, (ridge + 1) / RIDGES);
  }
  const sun = Math.hypot((x - 0.68) * 1.5, y - 0.36);
  return sun < 0.09 ? [255, 236, 200] : between(GLOW, SKY, Math.min(1, sun * 1.7));
}

function hills(width: number, height: number): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set([...colourAt(x / width, y / height), 255], (y * width + x) * 4);
  return { width, height, data };
}

/** Computes it. */
export async function demoPicture(): Promise<DemoPicture> {
  const pixels = hills(960, 600);
  return { pixels, png: pngFile(pixels), jpeg: await jpegFile(hills(480, 300), 60) };
}
