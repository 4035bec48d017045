/** Pictures made of drawn shapes, and attestations of them as a fixture site's log serves and indexes them. */
import { sha256 } from '@noble/hashes/sha2.js';
import type { Page } from 'playwright-core';
import { statementId } from '#shared/attestation/statement.ts';
import { fromBase64 } from '#shared/bytes/base64.ts';
import type { Claim } from '#shared/claim/claim.ts';
import { IMAGE_ALG, imageKeys } from '#shared/image/image-keys.ts';
import { pdqHash } from '#shared/image/pdq.ts';
import type { Entry, World } from './build-trail.ts';
import type { FixtureSite } from './fixture-site.ts';
import type { Indexed } from './publish-filters.ts';

/** A picture as a file, the same one smaller and compressed again, and how it looks. */
export interface Picture {
  readonly png: Uint8Array;
  readonly jpeg: Uint8Array;
  readonly hash: Uint8Array;
}

const SIZE = { width: 640, height: 480 };

/** Draws a picture of many shapes in a browser; another seed is another picture. */
export async function drawPicture(page: Page, seed: number): Promise<Picture> {
  const drawn = await page.evaluate(
    async ({ seed, width, height }) => {
      let state = seed;
      const random = (): number => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state / 2 ** 32;
      };
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
      context.fillStyle = 'white';
      context.fillRect(0, 0, width, height);
      for (let n = 0; n < 90; n++) {
        context.fillStyle = `hsl(${random() * 360} ${random() * 100}% ${random() * 100}%)`;
        context.beginPath();
        const size = 30 + random() * 130;
        context.ellipse(random() * width, random() * height, size, size * random(), random() * 3, 0, 7);
        context.fill();
      }
      const base64 = async (blob: Blob): Promise<string> => {
        const bytes = new Uint8Array(await blob.arrayBuffer());
        return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
      };
      const small = new OffscreenCanvas(Math.round(width * 0.6), Math.round(height * 0.6));
      (small.getContext('2d') as OffscreenCanvasRenderingContext2D).drawImage(canvas, 0, 0, small.width, small.height);
      return {
        pixels: await base64(new Blob([context.getImageData(0, 0, width, height).data])),
        png: await base64(await canvas.convertToBlob({ type: 'image/png' })),
        jpeg: await base64(await small.convertToBlob({ type: 'image/jpeg', quality: 0.7 })),
      };
    },
    { seed, ...SIZE },
  );
  const bytes = (text: string): Uint8Array => fromBase64(text) ?? new Uint8Array();
  const hash = pdqHash({ ...SIZE, data: bytes(drawn.pixels) })?.hash;
  if (hash === undefined) throw new Error(`picture ${seed} cannot be told from others`);
  return { png: bytes(drawn.png), jpeg: bytes(drawn.jpeg), hash };
}

/** Attests a picture. */
export const attestPicture = (world: World, { png, hash }: Picture, claim: Partial<Claim> = {}): Entry =>
  world.issue('', {
    claim: {
      output: { type: 'image/png', size: png.length, digest: sha256(png), match: { alg: IMAGE_ALG, hash } },
      ...claim,
    },
  });

/** Serves an attestation's trail; gives what an index holds of it. */
export function servePicture(site: FixtureSite, world: World, entry: Entry, { hash }: Picture): Indexed {
  const id = statementId(entry.statement);
  site.trails.set(id, world.trailText(entry));
  return { id, fingerprints: { [IMAGE_ALG]: imageKeys(hash) } };
}
