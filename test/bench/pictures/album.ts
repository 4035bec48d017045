/** The pictures that are measured: generated ones, and those of a folder if one is named. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pixels } from '#shared/image/pdq.ts';
import { seededRandom, shuffled } from '../attacks/random.ts';
import { readPicture } from './codecs.ts';
import { naturalPicture } from './generated.ts';
import { resized } from './geometry.ts';

/** A picture that is made or read again each time it is needed: all of them at once would not fit. */
export interface AlbumPicture {
  readonly name: string;
  readonly isGenerated: boolean;
  /** `undefined` for a file that none of the codecs can read. */
  readonly load: () => Promise<Pixels | undefined>;
}

/** Longer sides are brought to it first, so that a folder of large photographs is attacked in minutes. */
const MAX_SIDE = 800;

async function fromFile(path: string): Promise<Pixels | undefined> {
  try {
    const pixels = await readPicture(readFileSync(path));
    if (pixels === undefined) return undefined;
    const factor = MAX_SIDE / Math.max(pixels.width, pixels.height);
    return factor >= 1
      ? pixels
      : resized(
          pixels,
          Math.max(1, Math.round(pixels.width * factor)),
          Math.max(1, Math.round(pixels.height * factor)),
        );
  } catch {
    return undefined;
  }
}

/** `generated` pictures from seeds, then those of the folder in an order of its own. */
export function album(generated: number, folder?: string): AlbumPicture[] {
  const made = Array.from({ length: generated }, (_, n) => ({
    name: `generated ${n}`,
    isGenerated: true,
    load: () => Promise.resolve(naturalPicture(n)),
  }));
  if (folder === undefined) return made;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(jpe?g|png|webp)$/i.test(file))
    .toSorted();
  const read = shuffled(files, seededRandom('album')).map((name) => ({
    name,
    isGenerated: false,
    load: () => fromFile(join(folder, name)),
  }));
  return [...made, ...read];
}
