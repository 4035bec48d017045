/** Pictures in other colours, or less or more sharp. */
import type { Pixels } from '#shared/image/pdq.ts';
import { colourOf, drawn } from './geometry.ts';

/** Each channel through a curve over 0 to 1. */
export function curved(pixels: Pixels, curve: (value: number) => number): Pixels {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => curve(value / 255) * 255);
  return { ...pixels, data: pixels.data.map((value, at) => (at % 4 === 3 ? value : (table[value] as number))) };
}

/** Without colour. */
export const grey = (pixels: Pixels): Pixels =>
  drawn(pixels.width, pixels.height, (x, y) => {
    const [red, green, blue] = colourOf(pixels, x, y);
    return [0.2126 * red + 0.7152 * green + 0.0722 * blue];
  });

/** Colours further from grey by a factor. */
export const saturated = (pixels: Pixels, factor: number): Pixels =>
  drawn(pixels.width, pixels.height, (x, y) => {
    const colour = colourOf(pixels, x, y);
    const light = (colour[0] + colour[1] + colour[2]) / 3;
    return colour.map((value) => light + (value - light) * factor);
  });

/** Averages of a square of neighbours, twice: nearly a Gaussian. */
export function blurred(pixels: Pixels, reach: number): Pixels {
  const once = (from: Pixels, dx: number, dy: number): Pixels =>
    drawn(from.width, from.height, (x, y) => {
      const sum = [0, 0, 0];
      for (let n = -reach; n <= reach; n++) {
        const colour = colourOf(from, x + n * dx, y + n * dy);
        for (let channel = 0; channel < 3; channel++)
          sum[channel] = (sum[channel] as number) + (colour[channel] as number);
      }
      return sum.map((value) => value / (2 * reach + 1));
    });
  const twice = (from: Pixels): Pixels => once(once(from, 1, 0), 0, 1);
  return twice(twice(pixels));
}

/** Unsharp mask. */
export function sharpened(pixels: Pixels, amount: number): Pixels {
  const soft = blurred(pixels, 1).data;
  const data = pixels.data.map((value) => value);
  for (let at = 0; at < data.length; at++) {
    const value = pixels.data[at] as number;
    data[at] = Math.min(255, Math.max(0, value + amount * (value - (soft[at] as number))));
  }
  return { ...pixels, data };
}

/** With grain: the sum of three even distributions, nearly Gaussian, of deviation `deviation`. */
export function grainy(pixels: Pixels, deviation: number, random: () => number): Pixels {
  const noise = (): number => (random() + random() + random() - 1.5) * 2 * deviation;
  return drawn(pixels.width, pixels.height, (x, y) => colourOf(pixels, x, y).map((value) => value + noise()));
}
