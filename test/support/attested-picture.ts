/** Attestations of pictures as a fixture site's log serves and indexes them. */
import { statementId } from '#shared/attestation/statement.ts';
import type { Claim } from '#shared/claim/claim.ts';
import { imageOutput } from '#shared/claim/image-output.ts';
import { IMAGE_ALG, imageKeys } from '#shared/image/image-keys.ts';
import { type HashedImage, type Pixels, pdqHash } from '#shared/image/pdq.ts';
import type { Entry, World } from './build-trail.ts';
import type { FixtureSite } from './fixture-site.ts';
import { jpegFile, pngFile } from './image-files.ts';
import { madeImage } from './made-image.ts';
import type { Indexed } from './publish-filters.ts';

/** A picture as a file, and the same one smaller, compressed again. */
export interface Picture {
  readonly pixels: Pixels;
  readonly png: Uint8Array;
  readonly jpeg: Uint8Array;
}

/** Makes a picture; another seed is another one. */
export async function makePicture(seed: number): Promise<Picture> {
  const pixels = madeImage(seed, 640, 480);
  return { pixels, png: pngFile(pixels), jpeg: await jpegFile(madeImage(seed, 384, 288), 70) };
}

/** Attests a picture. */
export const attestPicture = (world: World, { png, pixels }: Picture, claim: Partial<Claim> = {}): Entry =>
  world.issue('', { claim: { output: imageOutput(png, 'image/png', pixels), ...claim } });

/** Serves an attestation's trail; gives what an index holds of it. */
export function servePicture(site: FixtureSite, world: World, entry: Entry, { pixels }: Picture): Indexed {
  const id = statementId(entry.statement);
  site.trails.set(id, world.trailText(entry));
  const { hash } = pdqHash(pixels) as HashedImage;
  return { id, fingerprints: { [IMAGE_ALG]: imageKeys(hash) } };
}
