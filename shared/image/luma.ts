/**
 * Brightness of a picture, brought to 512 by 512 whatever its size, so that a copy of another size has nearly the same. All sums
 * are whole numbers: every implementation gets the same result. Spec: docs/spec/image.md §2.
 */

/** A decoded picture: straight alpha, upright, sRGB, four bytes a pixel (red, green, blue, alpha), row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Rows and columns of the result; Meta's own program brings large pictures to it too. */
export const LUMA_SIDE = 512;
/** Brightness in thousandths (ITU-R BT.601), times alpha. */
const [RED, GREEN, BLUE] = [299, 587, 114];
const WHITE = 255 * 1000;
const OPAQUE = 255;
/** Steps between the centres of two neighbouring pixels, of which a new centre can only be at one. */
const STEPS = 2 * LUMA_SIDE;

/** Which pixels of a row or column make one of the result, and how much each counts. */
interface Cell {
  readonly start: number;
  readonly weights: readonly number[];
}

/** The part of the side that lies under a cell; a pixel is `LUMA_SIDE` wide, a cell `size`. */
function averaged(cell: number, size: number): Cell {
  const [from, to] = [cell * size, (cell + 1) * size];
  const start = Math.floor(from / LUMA_SIDE);
  const weights = Array.from({ length: Math.ceil(to / LUMA_SIDE) - start }, (_, n) => {
    const left = (start + n) * LUMA_SIDE;
    return Math.min(left + LUMA_SIDE, to) - Math.max(left, from);
  });
  return { start, weights };
}

/** The two pixels between whose centres that of the cell lies; beyond the last, the last. */
function interpolated(cell: number, size: number): Cell {
  const at = Math.min((size - 1) * STEPS, Math.max(0, (2 * cell + 1) * size - LUMA_SIDE));
  const rest = at % STEPS;
  return { start: Math.floor(at / STEPS), weights: rest === 0 ? [STEPS] : [STEPS - rest, rest] };
}

const cellsOf = (size: number): Cell[] =>
  Array.from({ length: LUMA_SIDE }, (_, cell) => (size < LUMA_SIDE ? interpolated : averaged)(cell, size));
/** What the weights of a cell sum up to. */
const weightOf = (size: number): number => (size < LUMA_SIDE ? STEPS : size);

/** Brightness over white of one row of pixels. */
function readRow({ width, data }: Pixels, y: number, into: Float64Array): void {
  for (let x = 0, at = y * width * 4; x < width; x++, at += 4) {
    const luma = RED * (data[at] as number) + GREEN * (data[at + 1] as number) + BLUE * (data[at + 2] as number);
    const alpha = data[at + 3] as number;
    into[x] = alpha === OPAQUE ? luma * OPAQUE : luma * alpha + WHITE * (OPAQUE - alpha);
  }
}

/**
 * Brightness from 0 to 255, 512 rows of 512: a longer side by exact averages, a shorter one by linear interpolation. One pass,
 * two rows of memory beside the result.
 *
 * @param pixels - with `data` of `width * height * 4` bytes, sides under 2^16 and at most 2^26 pixels, as the caller has checked
 * @example
 * import { lumaOf } from '#shared/image/luma.ts';
 * const halves = { width: 1, height: 2, data: Uint8Array.of(0, 0, 0, 255, 0, 0, 0, 0) };
 * const luma = lumaOf(halves);
 * luma[0]; // => 0
 * luma[512 * 512 - 1]; // => 255
 */
export function lumaOf(pixels: Pixels): Float64Array {
  const [across, down] = [cellsOf(pixels.width), cellsOf(pixels.height)];
  const sums = new Float64Array(LUMA_SIDE * LUMA_SIDE);
  const [row, narrow] = [new Float64Array(pixels.width), new Float64Array(LUMA_SIDE)];
  let first = 0;
  for (let y = 0; y < pixels.height; y++) {
    readRow(pixels, y, row);
    for (const [x, { start, weights }] of across.entries()) {
      let sum = 0;
      for (let n = 0; n < weights.length; n++) sum += (weights[n] as number) * (row[start + n] as number);
      narrow[x] = sum;
    }
    for (let line = first; line < LUMA_SIDE; line++) {
      const { start, weights } = down[line] as Cell;
      if (start > y) break;
      if (start + weights.length - 1 <= y) first = line + 1;
      const weight = weights[y - start] as number;
      for (let x = 0, at = line * LUMA_SIDE; x < LUMA_SIDE; x++, at++) {
        sums[at] = (sums[at] as number) + (narrow[x] as number) * weight;
      }
    }
  }
  const unit = 1000 * OPAQUE * weightOf(pixels.width) * weightOf(pixels.height);
  return sums.map((sum) => sum / unit);
}
