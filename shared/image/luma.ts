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

/** Which pixels of a side make each cell of the result, and how much each counts. */
interface Cells {
  /** The first pixel of each cell. */
  readonly starts: Int32Array;
  /** Of each cell as many as `each`, those at the end perhaps nothing. */
  readonly weights: Float64Array;
  readonly each: number;
  /** What the weights of a cell sum up to. */
  readonly total: number;
}

/** What of a longer side lies under each cell; a pixel is `LUMA_SIDE` wide, a cell `size`. */
function averages(size: number): Cells {
  const each = Math.ceil(size / LUMA_SIDE) + 1;
  const starts = Int32Array.from({ length: LUMA_SIDE }, (_, cell) => Math.floor((cell * size) / LUMA_SIDE));
  const weights = Float64Array.from({ length: LUMA_SIDE * each }, (_, at) => {
    const cell = Math.floor(at / each);
    const left = ((starts[cell] as number) + (at % each)) * LUMA_SIDE;
    return Math.max(0, Math.min(left + LUMA_SIDE, (cell + 1) * size) - Math.max(left, cell * size));
  });
  return { starts, weights, each, total: size };
}

/** The two pixels of a shorter side between whose centres that of each cell lies; beyond the last, the last. */
function interpolations(size: number): Cells {
  const places = Array.from({ length: LUMA_SIDE }, (_, cell) =>
    Math.min((size - 1) * STEPS, Math.max(0, (2 * cell + 1) * size - LUMA_SIDE)),
  );
  return {
    starts: Int32Array.from(places, (place) => Math.floor(place / STEPS)),
    weights: Float64Array.from(places.flatMap((place) => [STEPS - (place % STEPS), place % STEPS])),
    each: 2,
    total: STEPS,
  };
}

const cellsOf = (size: number): Cells => (size < LUMA_SIDE ? interpolations : averages)(size);

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
  const [row, narrow] = [new Float64Array(pixels.width + across.each), new Float64Array(LUMA_SIDE)];
  let first = 0;
  for (let y = 0; y < pixels.height; y++) {
    readRow(pixels, y, row);
    for (let x = 0, at = 0; x < LUMA_SIDE; x++) {
      let sum = 0;
      for (let from = across.starts[x] as number, end = at + across.each; at < end; at++, from++) {
        sum += (across.weights[at] as number) * (row[from] as number);
      }
      narrow[x] = sum;
    }
    while (first < LUMA_SIDE && (down.starts[first] as number) + down.each <= y) first++;
    for (let line = first; line < LUMA_SIDE && (down.starts[line] as number) <= y; line++) {
      const weight = down.weights[line * down.each + y - (down.starts[line] as number)] as number;
      for (let x = 0, at = line * LUMA_SIDE; x < LUMA_SIDE; x++, at++) {
        sums[at] = (sums[at] as number) + (narrow[x] as number) * weight;
      }
    }
  }
  const unit = 1000 * OPAQUE * across.total * down.total;
  return sums.map((sum) => sum / unit);
}
