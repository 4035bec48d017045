/**
 * PDQ (Meta, ThreatExchange, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", 2019): 256 bits
 * that say which of a picture's lowest frequencies are above the median, so that they stay where a picture is resized or
 * compressed again. Spec: docs/spec/image.md §3.
 */
import { LUMA_SIDE, lumaOf, type Pixels } from './luma.ts';

export type { Pixels } from './luma.ts';

/** Bytes of a hash. */
export const IMAGE_HASH_BYTES = 32;
/** A smaller side is an icon's: too little to be any picture's in particular. */
export const MIN_SIDE = 64;
/** Of one picture: 64 megapixels, 256 MiB of bytes. Within it, and with no side over `MAX_SIDE`, all sums of `lumaOf` are exact. */
export const MAX_PIXELS = 2 ** 26;
/** The longest that a JPEG can have. */
export const MAX_SIDE = 65_535;
/** Of Meta's own measure of how much there is to see; below, hashes of unrelated pictures meet. */
export const MIN_QUALITY = 50;

/**
 * Of the frequency farthest from the median. Those of a picture in which rows and columns do not act together (stripes,
 * a bar code, a plaid) are all zero, and their signs those of rounding errors, the same for unrelated pictures.
 */
const MIN_MARGIN = 1e-3;

/** The picture is brought to as many rows and columns. */
const GRID = 64;
/** Frequencies of each direction, 1 to 16; 0 is the average, which says nothing. */
export const HASH_SIDE = 16;
const HASH_BITS = HASH_SIDE * HASH_SIDE;

/** Row `i`, column `j`: the (i+1)-th cosine at the j-th sample. */
const COSINES = Float64Array.from(
  { length: HASH_SIDE * GRID },
  (_, at) =>
    Math.sqrt(2 / GRID) * Math.cos((Math.PI / (2 * GRID)) * (Math.floor(at / GRID) + 1) * (2 * (at % GRID) + 1)),
);

/** Averages of four neighbours on a line: one before, the value itself, two after; at the ends of what is there. */
function average(from: Float64Array, to: Float64Array): void {
  const [before, after] = [1, 2];
  let [sum, count] = [0, 0];
  for (let at = -after; at < LUMA_SIDE; at++) {
    if (at + after < LUMA_SIDE) {
      sum += from[at + after] as number;
      count++;
    }
    if (at - before > 0) {
      sum -= from[at - before - 1] as number;
      count--;
    }
    if (at >= 0) to[at] = sum / count;
  }
}

/**
 * Each line averaged twice (Jarosz), which reaches as far as one sample of the grid, and of it the values at the middles of
 * the grid's cells. Lines and columns change places, so that this twice is the blurred grid.
 */
function sampled(values: Float64Array): Float64Array {
  const lines = values.length / LUMA_SIDE;
  const samples = new Float64Array(GRID * lines);
  const [once, twice] = [new Float64Array(LUMA_SIDE), new Float64Array(LUMA_SIDE)];
  for (let line = 0; line < lines; line++) {
    average(values.subarray(line * LUMA_SIDE, (line + 1) * LUMA_SIDE), once);
    average(once, twice);
    for (let n = 0; n < GRID; n++) samples[n * lines + line] = twice[(n + 0.5) * (LUMA_SIDE / GRID)] as number;
  }
  return samples;
}

/** Meta's measure: how many steps of a hundredth there are between neighbours, up to 100. */
function qualityOf(grid: Float64Array): number {
  const steps = (one: number, other: number): number =>
    Math.abs(Math.trunc((((grid[one] as number) - (grid[other] as number)) * 100) / 255));
  let sum = 0;
  for (let at = 0; at < grid.length; at++) {
    if (at + GRID < grid.length) sum += steps(at, at + GRID);
    if (at % GRID !== GRID - 1) sum += steps(at, at + 1);
  }
  return Math.min(100, Math.floor(sum / 90));
}

/** The lowest frequencies of the grid, row by row: cosines · grid · cosines transposed. */
function transform(grid: Float64Array): Float64Array {
  const half = new Float64Array(HASH_SIDE * GRID);
  for (let i = 0; i < HASH_SIDE; i++)
    for (let k = 0; k < GRID; k++) {
      const cosine = COSINES[i * GRID + k] as number;
      for (let j = 0; j < GRID; j++) {
        half[i * GRID + j] = (half[i * GRID + j] as number) + cosine * (grid[k * GRID + j] as number);
      }
    }
  return Float64Array.from({ length: HASH_BITS }, (_, at) => {
    const [i, j] = [Math.floor(at / HASH_SIDE) * GRID, (at % HASH_SIDE) * GRID];
    let sum = 0;
    for (let k = 0; k < GRID; k++) sum += (half[i + k] as number) * (COSINES[j + k] as number);
    return sum;
  });
}

/** What a picture's frequencies say. */
export interface HashedImage {
  /** 32 bytes. */
  readonly hash: Uint8Array;
  /** From 50 to 100: how much there is to see. */
  readonly quality: number;
  /** For each bit of the hash, from 0 to 255, how far its frequency is from the median: small ones change first. */
  readonly margins: Float32Array;
}

/** Bit `n` is whether frequency `n` is above the lower median; the last byte holds bits 7 to 0, as in Meta's hexadecimal. */
function hashOf(frequencies: Float64Array): Pick<HashedImage, 'hash' | 'margins'> | undefined {
  const median = frequencies.toSorted()[HASH_BITS / 2 - 1] as number;
  const hash = new Uint8Array(IMAGE_HASH_BYTES);
  for (const [n, value] of frequencies.entries()) {
    const at = IMAGE_HASH_BYTES - 1 - (n >> 3);
    if (value > median) hash[at] = (hash[at] as number) | (1 << (n & 7));
  }
  const margins = Float32Array.from(frequencies, (value) => Math.abs(value - median));
  return Math.max(...margins) < MIN_MARGIN ? undefined : { hash, margins };
}

const isHashable = ({ width, height, data }: Pixels): boolean =>
  Number.isInteger(width) &&
  Number.isInteger(height) &&
  width >= MIN_SIDE &&
  height >= MIN_SIDE &&
  Math.max(width, height) <= MAX_SIDE &&
  width * height <= MAX_PIXELS &&
  data.length === width * height * 4;

/**
 * The PDQ hash of a picture, and how much there is to see in it. Similar pictures have hashes that differ in few bits.
 * Anybody can make a picture with a hash of their choice: it leads to a candidate and never proves one.
 *
 * @returns `undefined` for a picture that has no hash: a side under 64 or over 65,535 pixels, more than 2^26 pixels, a
 *   quality under 50 (flat, a gradient, all but dark), nothing but stripes, or data of another length than the sides say
 * @example
 * import { pdqHash } from '#shared/image/pdq.ts';
 * pdqHash({ width: 64, height: 64, data: new Uint8Array(64 * 64 * 4) }) ?? 'flat'; // => 'flat'
 */
export function pdqHash(pixels: Pixels): HashedImage | undefined {
  if (!isHashable(pixels)) return undefined;
  const grid = sampled(sampled(lumaOf(pixels)));
  const quality = qualityOf(grid);
  const hashed = quality < MIN_QUALITY ? undefined : hashOf(transform(grid));
  return hashed && { ...hashed, quality };
}
