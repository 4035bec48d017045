/**
 * Pictures from seeds, so that every run measures the same: those that resemble photographs and paintings (leaves that hide
 * each other, as Lee, Mumford and Huang model what cameras see, 2001; fractal clouds; landscapes of both), and those that
 * perceptual hashes are known to be bad at.
 */
import type { Pixels } from '#shared/image/pdq.ts';
import { seededRandom } from '../attacks/random.ts';
import { colourOf, drawn } from './geometry.ts';

type Random = () => number;
type Colour = readonly [number, number, number];

const between = (random: Random, low: number, high: number): number => low + random() * (high - low);
const colour = (random: Random): Colour => [random() * 255, random() * 255, random() * 255];
const mixed = (one: Colour, other: Colour, share: number): Colour => [
  one[0] + (other[0] - one[0]) * share,
  one[1] + (other[1] - one[1]) * share,
  one[2] + (other[2] - one[2]) * share,
];

/** Smooth noise from 0 to 1 over the picture, each octave half as wide and `roughness` as strong as the one before. */
function fractal(random: Random, width: number, height: number, roughness: number): (x: number, y: number) => number {
  const octaves = Array.from({ length: 7 }, (_, octave) => {
    const cells = 2 ** (octave + 1);
    return {
      cells,
      lattice: Float32Array.from({ length: (cells + 2) ** 2 }, () => random()),
      strength: roughness ** octave,
    };
  });
  const total = octaves.reduce((sum, { strength }) => sum + strength, 0);
  return (x, y) => {
    let sum = 0;
    for (const { cells, lattice, strength } of octaves) {
      const [u, v] = [(x / width) * cells, (y / height) * cells];
      const [column, row] = [Math.floor(u), Math.floor(v)];
      const [right, down] = [u - column, v - row];
      const at = row * (cells + 2) + column;
      const upper = (lattice[at] as number) * (1 - right) + (lattice[at + 1] as number) * right;
      const lower = (lattice[at + cells + 2] as number) * (1 - right) + (lattice[at + cells + 3] as number) * right;
      sum += strength * (upper * (1 - down) + lower * down);
    }
    return sum / total;
  };
}

/** Discs and boxes of all sizes, small ones more often, each shaded along a direction. */
function leaves(random: Random, onto: Pixels, count: number): Pixels {
  const { width, height, data } = onto;
  const most = Math.min(width, height) / 2;
  for (let n = 0; n < count; n++) {
    const radius = Math.min(most, 6 / Math.sqrt(random() + 1e-3) + (n < count / 2 ? (random() * most) / 3 : 0));
    const [x0, y0] = [random() * width, random() * height];
    const [one, other] = [colour(random), colour(random)];
    const angle = random() * Math.PI * 2;
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    const isBox = random() < 0.4;
    const [from, to] = [Math.max(0, Math.floor(x0 - radius)), Math.min(width - 1, Math.ceil(x0 + radius))];
    for (let y = Math.max(0, Math.floor(y0 - radius)); y <= Math.min(height - 1, y0 + radius); y++)
      for (let x = from; x <= to; x++) {
        if (!isBox && Math.hypot(x - x0, y - y0) > radius) continue;
        const share = 0.5 + ((x - x0) * dx + (y - y0) * dy) / (radius * 6);
        data.set(mixed(one, other, Math.min(1, Math.max(0, share))), (y * width + x) * 4);
      }
  }
  return onto;
}

function clouds(random: Random, width: number, height: number): Pixels {
  const [low, middle, high] = [colour(random), colour(random), colour(random)];
  const value = fractal(random, width, height, between(random, 0.4, 0.75));
  return drawn(width, height, (x, y) => {
    const share = Math.min(1, Math.max(0, (value(x, y) - 0.25) * 2));
    return share < 0.5 ? mixed(low, middle, share * 2) : mixed(middle, high, share * 2 - 1);
  });
}

/** A sky, ridges before it that grow darker, and something in the foreground. */
function landscape(random: Random, width: number, height: number): Pixels {
  const [zenith, horizon, ground] = [colour(random), colour(random), colour(random)];
  const haze = fractal(random, width, height, 0.55);
  const ridges = Array.from({ length: 2 + Math.floor(random() * 4) }, (_, n) => ({
    line: fractal(random, width, height, between(random, 0.4, 0.6)),
    base: between(random, 0.15, 0.35) + n * 0.18,
    tint: mixed(horizon, ground, Math.min(1, 0.3 + n * 0.25)),
  }));
  const scene = drawn(width, height, (x, y) => {
    const ridge = ridges.findLast(({ line, base }) => y / height > base + line(x, 0) * 0.4);
    const light = 0.6 + 0.8 * haze(x, y);
    const own = ridge?.tint ?? mixed(zenith, horizon, y / height);
    return [own[0] * light, own[1] * light, own[2] * light];
  });
  return leaves(random, scene, Math.floor(random() * 30));
}

const natural = (random: Random): Pixels => {
  const [width, height] = [Math.round(between(random, 320, 800)), Math.round(between(random, 320, 700))];
  const kind = random();
  if (kind < 0.4)
    return leaves(
      random,
      drawn(width, height, () => [128]),
      250,
    );
  return kind < 0.6 ? clouds(random, width, height) : landscape(random, width, height);
};

/** The n-th of endlessly many pictures that resemble photographs and paintings. */
export const naturalPicture = (n: number): Pixels => natural(seededRandom(`natural ${n}`));

/** A page of text: lines of words of dark letters on white, paragraphs, a heading. */
function textPage(random: Random): Pixels {
  const [width, height, line] = [640, 800, 22];
  const rows = Array.from({ length: Math.ceil(height / line) }, () => ({
    length: random() < 0.15 ? random() : random() < 0.1 ? 0 : between(random, 0.85, 1),
    letters: Array.from({ length: 128 }, () => (random() < 0.16 ? 0 : 0.3 + random() * 0.5)),
  }));
  return drawn(width, height, (x, y) => {
    const row = rows[Math.floor(y / line)];
    const letter = Math.floor((x - 40) / 5);
    if (row === undefined || letter < 0 || letter >= 112 * row.length || y % line > 14 || x % 5 === 0) return [255];
    const ink = row.letters[letter] ?? 0;
    return (Math.imul(x * 7 + y * 13, 0x9e3779b1) >>> 16) / 65536 < ink ? [30] : [255];
  });
}

/** Bars of other heights on white. */
function chart(random: Random): Pixels {
  const heights = Array.from({ length: 12 }, () => random());
  const tint = colour(random);
  return drawn(640, 400, (x, y) => {
    if (x < 42 || y > 360) return [x === 41 || y === 361 ? 60 : 255];
    const bar = Math.floor((x - 42) / 50);
    const isBar = (x - 42) % 50 > 12 && y > 360 - (heights[bar] ?? 0) * 330;
    return isBar ? tint : [y % 60 === 0 ? 225 : 255];
  });
}

/** One form in the middle of white, the same on its left and right. */
function logo(random: Random): Pixels {
  const [tint, sides, size] = [colour(random), 3 + Math.floor(random() * 6), between(random, 90, 180)];
  const hole = random() < 0.5 ? between(random, 0.2, 0.6) : 0;
  return drawn(512, 512, (x, y) => {
    const [dx, dy] = [x - 255.5, y - 255.5];
    const angle = Math.atan2(Math.abs(dx), dy);
    const reach = size * (0.75 + 0.25 * Math.cos(sides * angle));
    const distance = Math.hypot(dx, dy);
    return distance < reach && distance > reach * hole ? tint : [255];
  });
}

function gradient(random: Random): Pixels {
  const [one, other, angle] = [colour(random), colour(random), random() * Math.PI];
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  return drawn(512, 384, (x, y) => mixed(one, other, Math.min(1, Math.abs(x * dx + y * dy) / 640)));
}

/** Nearly black, with a sensor's grain. */
function night(random: Random): Pixels {
  const lit = natural(random);
  return drawn(lit.width, lit.height, (x, y) =>
    colourOf(lit, x, y).map((value) => value * 0.06 + (random() + random()) * 4),
  );
}

/** Kinds of pictures that perceptual hashes are known to be bad at. */
export const HARD_KINDS: Readonly<Record<string, (random: Random) => Pixels>> = {
  'page of text': textPage,
  'bar chart': chart,
  logo,
  gradient,
  'nearly black': night,
};

/** The n-th picture of a kind. */
export const hardPicture = (kind: string, n: number): Pixels => {
  const make = HARD_KINDS[kind];
  if (make === undefined) throw new RangeError(`no kind of picture "${kind}"`);
  return make(seededRandom(`${kind} ${n}`));
};
