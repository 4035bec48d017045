/**
 * `wm-image-1`: the keys by which an attested picture is found, each from some bits of its hash, so that one of them stays
 * where others change. Spec: docs/spec/image.md §4.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8 } from '../bytes/bytes.ts';
import { toHex } from '../bytes/hex.ts';
import { IMAGE_HASH_BYTES } from './pdq.ts';

/** Name of the hash and of the keys. */
export const IMAGE_ALG = 'wm-image-1';

const KEY_BYTES = 6;
const BAND_BYTES = 4;

/**
 * What an index keeps of an attested picture: keys of 48 bits as twelve hexadecimal digits, each once.
 *
 * @throws RangeError for a hash that is not of 32 bytes
 * @example
 * import { imageKeys } from '#shared/image/image-keys.ts';
 * imageKeys(new Uint8Array(32)).length; // => 8
 */
export function imageKeys(hash: Uint8Array): string[] {
  if (hash.length !== IMAGE_HASH_BYTES) throw new RangeError(`an image hash has ${IMAGE_HASH_BYTES} bytes`);
  const name = utf8(IMAGE_ALG);
  return Array.from({ length: IMAGE_HASH_BYTES / BAND_BYTES }, (_, band) => {
    const bits = hash.subarray(band * BAND_BYTES, (band + 1) * BAND_BYTES);
    return toHex(sha256(Uint8Array.of(...name, band, ...bits)).subarray(0, KEY_BYTES));
  });
}

/**
 * What a reader's picture is looked up by; any of them may be a key of the attested one.
 *
 * @throws RangeError for a hash that is not of 32 bytes
 * @example
 * import { imageKeys, imageProbes } from '#shared/image/image-keys.ts';
 * const hash = new Uint8Array(32);
 * imageKeys(hash).every((key) => imageProbes(hash).includes(key)); // => true
 */
export const imageProbes = (hash: Uint8Array): string[] => imageKeys(hash);
