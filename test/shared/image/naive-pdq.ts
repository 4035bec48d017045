/** PDQ as its description reads, each number by its definition and nothing carried along: slow, and easy to check by eye. */
import type { Pixels } from '#shared/image/pdq.ts';

/** The average brightness of the part of the picture under each cell, of at most 512 by 512. */
function reduced({ width, height, data }: Pixels): number[][] {
  const [across, down] = [Math.min(512, width), Math.min(512, height)];
  const lumaAt = (x: number, y: number): number => {
    const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4);
    return ((0.299 * red + 0.587 * green + 0.114 * blue) * alpha + 255 * (255 - alpha)) / 255;
  };
  const overlap = (pixel: number, cell: number, scale: number): number =>
    Math.max(0, Math.min(pixel + 1, (cell + 1) * scale) - Math.max(pixel, cell * scale));
  return Array.from({ length: down }, (_, row) =>
    Array.from({ length: across }, (_, column) => {
      const [scaleX, scaleY] = [width / across, height / down];
      let [sum, area] = [0, 0];
      for (let y = Math.floor(row * scaleY); y < Math.min(height, Math.ceil((row + 1) * scaleY)); y++)
        for (let x = Math.floor(column * scaleX); x < Math.min(width, Math.ceil((column + 1) * scaleX)); x++) {
          const share = overlap(x, column, scaleX) * overlap(y, row, scaleY);
          sum += lumaAt(x, y) * share;
          area += share;
        }
      return sum / area;
    }),
  );
}

/** Each value with `⌈window/2⌉ - 1` before it and `⌊window/2⌋` after it, as far as they are there, averaged. */
const averaged = (line: readonly number[]): number[] => {
  const window = Math.ceil(line.length / 128);
  return line.map((_, at) => {
    const near = line.slice(Math.max(0, at - Math.ceil(window / 2) + 1), at + Math.floor(window / 2) + 1);
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
};
const transposed = (rows: readonly number[][]): number[][] =>
  (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] as number));
const blurred = (rows: readonly number[][]): number[][] => transposed(transposed(rows.map(averaged)).map(averaged));

/** The sixteen by sixteen frequencies of a picture, row by row. */
export function naiveFrequencies(pixels: Pixels): number[] {
  const soft = blurred(blurred(reduced(pixels)));
  const grid = Array.from({ length: 64 }, (_, i) =>
    Array.from({ length: 64 }, (_, j) => {
      const row = soft[Math.floor(((i + 0.5) * soft.length) / 64)] ?? [];
      return row[Math.floor(((j + 0.5) * row.length) / 64)] as number;
    }),
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
