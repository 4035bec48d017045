/** PDQ as its description reads, each number by its definition and nothing carried along: slow, and easy to check by eye. */
import type { Pixels } from '#shared/image/pdq.ts';

/** Brightness over white at a pixel. */
function lumaAt({ width, data }: Pixels, x: number, y: number): number {
  const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4);
  return ((0.299 * red + 0.587 * green + 0.114 * blue) * alpha + 255 * (255 - alpha)) / 255;
}

const transposed = (rows: readonly number[][]): number[][] =>
  (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] as number));

/** A line of 512: of a longer one the average under each cell, of a shorter one what lies between the pixels' centres. */
function brought(line: readonly number[]): number[] {
  const scale = line.length / 512;
  return Array.from({ length: 512 }, (_, cell) => {
    if (scale >= 1) {
      const [from, to] = [cell * scale, (cell + 1) * scale];
      let sum = 0;
      for (let at = Math.floor(from); at < Math.min(line.length, Math.ceil(to)); at++) {
        sum += (line[at] as number) * (Math.min(at + 1, to) - Math.max(at, from));
      }
      return sum / scale;
    }
    const centre = Math.min(line.length - 1, Math.max(0, (cell + 0.5) * scale - 0.5));
    const [low, high] = [Math.floor(centre), Math.ceil(centre)];
    return (line[low] as number) + ((line[high] as number) - (line[low] as number)) * (centre - low);
  });
}

/** Each value with the one before it and the two after it, as far as they are there, averaged. */
const averaged = (line: readonly number[]): number[] =>
  line.map((_, at) => {
    const near = line.slice(Math.max(0, at - 1), at + 3);
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
const blurred = (rows: readonly number[][]): number[][] => transposed(transposed(rows.map(averaged)).map(averaged));

/** The sixteen by sixteen frequencies of a picture, row by row. */
export function naiveFrequencies(pixels: Pixels): number[] {
  const rows = Array.from({ length: pixels.height }, (_, y) =>
    Array.from({ length: pixels.width }, (_, x) => lumaAt(pixels, x, y)),
  );
  const soft = blurred(blurred(transposed(transposed(rows.map(brought)).map(brought))));
  const grid = Array.from({ length: 64 }, (_, i) =>
    Array.from({ length: 64 }, (_, j) => soft[8 * i + 4]?.[8 * j + 4] as number),
  );
  const wave = (frequency: number, at: number): number =>
    Math.sqrt(2 / 64) * Math.cos((Math.PI / 128) * frequency * (2 * at + 1));
  return Array.from({ length: 256 }, (_, n) => {
    const [down, across] = [Math.floor(n / 16) + 1, (n % 16) + 1];
    let sum = 0;
    for (const [i, row] of grid.entries())
      for (const [j, value] of row.entries()) sum += wave(down, i) * wave(across, j) * value;
    return sum;
  });
}

/** Bit `n` of the result is whether frequency `n` is above the 128th least. */
export function naiveBits(pixels: Pixels): boolean[] {
  const frequencies = naiveFrequencies(pixels);
  const median = frequencies.toSorted((a, b) => a - b)[127] as number;
  return frequencies.map((value) => value > median);
}
