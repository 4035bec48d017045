/**
 * Brightness of a picture, reduced to at most 512 by 512 by exact averages: every implementation gets the same numbers.
 * Spec: docs/spec/image.md §2.
 */

/** A decoded picture: straight alpha, upright, sRGB, four bytes a pixel (red, green, blue, alpha), row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Brightness from 0 to 255, row by row. */
export interface Luma {
  readonly width: number;
  readonly height: number;
  readonly values: Float64Array;
}

/** A larger picture is reduced to it, each side by itself: the reference does so too, in its own way. */
const MAX_SIDE = 512;
/** Brightness in thousandths (ITU-R BT.601), times alpha: whole numbers, so that sums are exact in any order. */
const [RED, GREEN, BLUE] = [299, 587, 114];
const WHITE = 255 * 1000;
const OPAQUE = 255;

/** Adds a row of pixels to the columns they overlap; a pixel is `columns` units wide, a column `width`. */
function addRow({ width, data }: Pixels, row: number, into: Float64Array): void {
  const columns = into.length;
  let at = row * width * 4;
  let [column, room] = [0, width];
  for (let x = 0; x < width; x++, at += 4) {
    const luma = RED * (data[at] as number) + GREEN * (data[at + 1] as number) + BLUE * (data[at + 2] as number);
    const alpha = data[at + 3] as number;
    const value = alpha === OPAQUE ? luma * OPAQUE : luma * alpha + WHITE * (OPAQUE - alpha);
    if (room > columns) {
      into[column] = (into[column] as number) + value * columns;
      room -= columns;
    } else {
      into[column] = (into[column] as number) + value * room;
      const rest = columns - room;
      column++;
      room = width - rest;
      if (rest > 0) into[column] = (into[column] as number) + value * rest;
    }
  }
}

/**
 * Brightness over white, each side averaged down to 512 where it is longer. One pass, a few rows of memory beside the result.
 *
 * @param pixels - with `data` of `width * height * 4` bytes; the caller has checked it
 * @example
 * import { lumaOf } from '#shared/image/luma.ts';
 * const clear = { width: 1, height: 2, data: Uint8Array.of(0, 0, 0, 255, 0, 0, 0, 0) };
 * lumaOf(clear).values; // => Float64Array.of(0, 255)
 */
export function lumaOf(pixels: Pixels): Luma {
  const [width, height] = [Math.min(pixels.width, MAX_SIDE), Math.min(pixels.height, MAX_SIDE)];
  const sums = new Float64Array(width * height);
  const row = new Float64Array(width);
  const add = (line: number, weight: number): void => {
    for (let x = 0; x < width; x++) {
      sums[line * width + x] = (sums[line * width + x] as number) + (row[x] as number) * weight;
    }
  };
  let [line, room] = [0, pixels.height];
  for (let y = 0; y < pixels.height; y++) {
    row.fill(0);
    addRow(pixels, y, row);
    if (room > height) {
      add(line, height);
      room -= height;
      continue;
    }
    add(line, room);
    const rest = height - room;
    line++;
    room = pixels.height - rest;
    if (rest > 0) add(line, rest);
  }
  const unit = 1000 * OPAQUE * pixels.width * pixels.height;
  return { width, height, values: sums.map((sum) => sum / unit) };
}
