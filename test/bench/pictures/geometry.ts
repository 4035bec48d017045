/** Pictures in another size or place: scaled as browsers do, cut, mirrored, turned, laid over each other. */
import type { Pixels } from '#shared/image/pdq.ts';

/** A picture whose pixels are given one by one, each colour as three bytes. */
export function drawn(width: number, height: number, colourAt: (x: number, y: number) => readonly number[]): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 4) {
      const [red = 0, green = red, blue = red] = colourAt(x, y);
      data[at] = red;
      data[at + 1] = green;
      data[at + 2] = blue;
      data[at + 3] = 255;
    }
  return { width, height, data };
}

/** The colour at a place, of the nearest pixel where there is none. */
export function colourOf({ width, height, data }: Pixels, x: number, y: number): [number, number, number] {
  const [column, row] = [Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y))];
  const at = (row * width + column) * 4;
  return [data[at] as number, data[at + 1] as number, data[at + 2] as number];
}

/** Weights of the pixels under each new one: a triangle as wide as two old or two new pixels, whichever is wider. */
function triangle(from: number, to: number): { start: number; weights: number[] }[] {
  const scale = from / to;
  const reach = Math.max(1, scale);
  return Array.from({ length: to }, (_, n) => {
    const centre = (n + 0.5) * scale - 0.5;
    const start = Math.max(0, Math.ceil(centre - reach));
    const end = Math.min(from - 1, Math.floor(centre + reach));
    const weights = Array.from({ length: end - start + 1 }, (_, k) => 1 - Math.abs(start + k - centre) / reach);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { start, weights: weights.map((weight) => weight / sum) };
  });
}

/** In another size, by bilinear interpolation, wider where it shrinks. */
export function resized({ width, height, data }: Pixels, newWidth: number, newHeight: number): Pixels {
  const across = triangle(width, newWidth);
  const down = triangle(height, newHeight);
  const between = new Float32Array(newWidth * height * 4);
  for (let y = 0; y < height; y++)
    for (const [x, { start, weights }] of across.entries())
      for (let channel = 0; channel < 4; channel++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) {
          sum += (weights[k] as number) * (data[(y * width + start + k) * 4 + channel] as number);
        }
        between[(y * newWidth + x) * 4 + channel] = sum;
      }
  const result = new Uint8ClampedArray(newWidth * newHeight * 4);
  const row = newWidth * 4;
  for (const [y, { start, weights }] of down.entries())
    for (let at = 0; at < row; at++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++)
        sum += (weights[k] as number) * (between[(start + k) * row + at] as number);
      result[y * row + at] = sum;
    }
  return { width: newWidth, height: newHeight, data: result };
}

/** Both sides by a factor. */
export const scaled = (pixels: Pixels, factor: number): Pixels =>
  resized(pixels, Math.round(pixels.width * factor), Math.round(pixels.height * factor));

/** A part of a picture; where it reaches beyond, the edge goes on. */
export const cut = (pixels: Pixels, left: number, top: number, width: number, height: number): Pixels =>
  drawn(width, height, (x, y) => colourOf(pixels, left + x, top + y));

/** Turned about its middle, with white in the corners. */
export function turned(pixels: Pixels, degrees: number): Pixels {
  const angle = (degrees * Math.PI) / 180;
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const [middle, centre] = [pixels.width / 2, pixels.height / 2];
  return drawn(pixels.width, pixels.height, (x, y) => {
    const from = Math.round(middle + (x - middle) * cosine + (y - centre) * sine);
    const down = Math.round(centre - (x - middle) * sine + (y - centre) * cosine);
    const isOutside = from < 0 || down < 0 || from >= pixels.width || down >= pixels.height;
    return isOutside ? [255] : colourOf(pixels, from, down);
  });
}

/** Another picture's colours where `over` gives them. */
export const overlaid = (pixels: Pixels, over: (x: number, y: number) => readonly number[] | undefined): Pixels =>
  drawn(pixels.width, pixels.height, (x, y) => over(x, y) ?? colourOf(pixels, x, y));
