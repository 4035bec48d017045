/** What a claim says about an image: the digest of its bytes, and the hash of how it looks, where it has one. */

import { sha256 } from '@noble/hashes/sha2.js';
import { type Pixels, pdqHash } from '../image/pdq.ts';
import type { ClaimedOutput } from './claim.ts';

const IMAGE_TYPE = /^image\/[a-z0-9][a-z0-9.+-]*$/;

/**
 * The `output` of a claim about an image. Without pixels, or where they are too small or too flat for a hash
 * (`pdqHash`), it has no `match`: the image is then found by its exact bytes alone.
 *
 * @param bytes - the image's file, as it is
 * @param type - its media type in lower case, without parameters
 * @param pixels - the same image decoded and upright
 * @throws RangeError where `type` is no image's
 * @example
 * import { imageOutput } from '#shared/claim/image-output.ts';
 * imageOutput(new Uint8Array(5), 'image/png').size; // => 5
 */
export function imageOutput(bytes: Uint8Array, type: string, pixels?: Pixels): ClaimedOutput {
  if (!IMAGE_TYPE.test(type)) throw new RangeError('type: not the media type of an image');
  const hashed = pixels && pdqHash(pixels);
  return {
    type,
    size: bytes.length,
    digest: sha256(bytes),
    ...(hashed && { match: { alg: 'wm-image-1', hash: hashed.hash } }),
  };
}
