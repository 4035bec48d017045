/** What happens to a picture between its issuer and a reader. */
import type { Pixels } from '#shared/image/pdq.ts';
import { throughJpeg, throughWebp } from './codecs.ts';
import { colourOf, cut, drawn, overlaid, resized, scaled, turned } from './geometry.ts';
import { blurred, curved, grainy, grey, saturated, sharpened } from './tone.ts';

export interface PictureAttack {
  readonly name: string;
  /** Share that must be found; without one it is reported and not claimed. */
  readonly goal?: number;
  readonly apply: (pixels: Pixels, random: () => number) => Pixels | Promise<Pixels>;
}

const JPEG = 75;
const jpeg = (pixels: Pixels): Promise<Pixels> => throughJpeg(pixels, JPEG);

/** A white bar with dark words below a fifth of the height or less, over the picture. */
function captioned(pixels: Pixels, share: number, random: () => number): Pixels {
  const top = Math.round(pixels.height * (1 - share));
  const line = Math.max(4, Math.round(pixels.height * share * 0.5));
  const words = Array.from({ length: 1 + Math.ceil(pixels.width / 4) }, () => random() < 0.6);
  return overlaid(pixels, (x, y) => {
    if (y < top) return undefined;
    const isLetter = Math.abs(y - (top + pixels.height) / 2) < line / 2 && words[Math.floor(x / 4)];
    return isLetter && x > line && x < pixels.width - line ? [20] : [245];
  });
}

/** A disc in a corner, a tenth of the shorter side wide. */
function stamped(pixels: Pixels, random: () => number): Pixels {
  const radius = Math.min(pixels.width, pixels.height) / 20;
  const [left, top] = [random() < 0.5, random() < 0.5];
  const [x0, y0] = [
    left ? radius * 1.5 : pixels.width - radius * 1.5,
    top ? radius * 1.5 : pixels.height - radius * 1.5,
  ];
  const colour = [random() * 255, random() * 255, random() * 255];
  return overlaid(pixels, (x, y) => (Math.hypot(x - x0, y - y0) < radius ? colour : undefined));
}

/** Shown in another size and captured by hand: some pixels of the picture are missing or of the page are there. */
function screenshot(pixels: Pixels, random: () => number): Pixels {
  const shown = scaled(pixels, 0.6 + random() * 0.8);
  const offset = (): number => Math.round((random() - 0.5) * 8);
  const [left, top, right, bottom] = [offset(), offset(), offset(), offset()];
  const page = random() < 0.5 ? [255] : [24];
  return drawn(shown.width - left - right, shown.height - top - bottom, (x, y) => {
    const [column, row] = [x + left, y + top];
    const isPage = column < 0 || row < 0 || column >= shown.width || row >= shown.height;
    return isPage ? page : colourOf(shown, column, row);
  });
}

/** A share of both sides is gone, at random edges. */
function cropped(pixels: Pixels, share: number, random: () => number): Pixels {
  const [width, height] = [Math.round(pixels.width * (1 - share)), Math.round(pixels.height * (1 - share))];
  const [left, top] = [random() * (pixels.width - width), random() * (pixels.height - height)];
  return cut(pixels, Math.round(left), Math.round(top), width, height);
}

const contrast = (factor: number) => (value: number) => 0.5 + (value - 0.5) * factor;

/** In the order of the table. */
export const PICTURE_ATTACKS: readonly PictureAttack[] = [
  { name: 'JPEG, quality 90', goal: 0.99, apply: (pixels) => throughJpeg(pixels, 90) },
  { name: 'JPEG, quality 70', goal: 0.99, apply: (pixels) => throughJpeg(pixels, 70) },
  { name: 'JPEG, quality 50', goal: 0.99, apply: (pixels) => throughJpeg(pixels, 50) },
  { name: 'JPEG, quality 30', goal: 0.99, apply: (pixels) => throughJpeg(pixels, 30) },
  { name: 'WebP, quality 80', goal: 0.99, apply: (pixels) => throughWebp(pixels, 80) },
  { name: 'WebP, quality 40', goal: 0.99, apply: (pixels) => throughWebp(pixels, 40) },
  { name: 'a quarter of the size, JPEG', goal: 0.95, apply: (pixels) => jpeg(scaled(pixels, 0.25)) },
  { name: 'half the size, JPEG', goal: 0.99, apply: (pixels) => jpeg(scaled(pixels, 0.5)) },
  { name: 'half as large again, JPEG', goal: 0.99, apply: (pixels) => jpeg(scaled(pixels, 1.5)) },
  { name: 'twice the size, JPEG', goal: 0.99, apply: (pixels) => jpeg(scaled(pixels, 2)) },
  {
    name: 'a thumbnail of 200 pixels, WebP',
    goal: 0.95,
    apply: (pixels) =>
      throughWebp(resized(pixels, 200, Math.max(64, Math.round((200 * pixels.height) / pixels.width))), 60),
  },
  {
    name: 'sent on twice, smaller, JPEG 60',
    goal: 0.95,
    apply: async (pixels) => throughJpeg(scaled(await throughJpeg(scaled(pixels, 0.8), 60), 0.8), 60),
  },
  {
    name: 'other proportions by a tenth',
    goal: 0.99,
    apply: (pixels) => jpeg(resized(pixels, Math.round(pixels.width * 0.9), pixels.height)),
  },
  { name: 'greyscale', goal: 0.95, apply: (pixels) => jpeg(grey(pixels)) },
  { name: 'more colour', goal: 0.95, apply: (pixels) => jpeg(saturated(pixels, 1.5)) },
  { name: 'brighter by 15 %', goal: 0.95, apply: (pixels) => jpeg(curved(pixels, (value) => value * 1.15)) },
  { name: 'darker by 15 %', goal: 0.95, apply: (pixels) => jpeg(curved(pixels, (value) => value * 0.85)) },
  { name: 'more contrast, 15 %', goal: 0.95, apply: (pixels) => jpeg(curved(pixels, contrast(1.15))) },
  { name: 'less contrast, 15 %', goal: 0.95, apply: (pixels) => jpeg(curved(pixels, contrast(0.85))) },
  { name: 'gamma 0.85', goal: 0.95, apply: (pixels) => jpeg(curved(pixels, (value) => value ** 0.85)) },
  { name: 'gamma 1.15', goal: 0.95, apply: (pixels) => jpeg(curved(pixels, (value) => value ** 1.15)) },
  { name: 'blurred', goal: 0.95, apply: (pixels) => jpeg(blurred(pixels, 1)) },
  { name: 'sharpened', goal: 0.95, apply: (pixels) => jpeg(sharpened(pixels, 1)) },
  { name: 'grain', goal: 0.95, apply: (pixels, random) => jpeg(grainy(pixels, 10, random)) },
  { name: 'a stamp in a corner', goal: 0.9, apply: (pixels, random) => jpeg(stamped(pixels, random)) },
  { name: 'screenshot, up to 4 pixels off', goal: 0.9, apply: screenshot },
  { name: 'a caption over the lowest 5 %', apply: (pixels, random) => jpeg(captioned(pixels, 0.05, random)) },
  { name: 'a caption over the lowest 10 %', apply: (pixels, random) => jpeg(captioned(pixels, 0.1, random)) },
  { name: 'cropped by 2 %', apply: (pixels, random) => jpeg(cropped(pixels, 0.02, random)) },
  { name: 'cropped by 5 %', apply: (pixels, random) => jpeg(cropped(pixels, 0.05, random)) },
  { name: 'cropped by 10 %', apply: (pixels, random) => jpeg(cropped(pixels, 0.1, random)) },
  { name: 'cropped by 25 %', apply: (pixels, random) => jpeg(cropped(pixels, 0.25, random)) },
  { name: 'turned by 1 degree', apply: (pixels) => jpeg(turned(pixels, 1)) },
  { name: 'turned by 5 degrees', apply: (pixels) => jpeg(turned(pixels, 5)) },
  {
    name: 'turned by 90 degrees',
    apply: (pixels) => jpeg(drawn(pixels.height, pixels.width, (x, y) => colourOf(pixels, y, pixels.height - 1 - x))),
  },
  {
    name: 'mirrored',
    apply: (pixels) => jpeg(drawn(pixels.width, pixels.height, (x, y) => colourOf(pixels, pixels.width - 1 - x, y))),
  },
];
