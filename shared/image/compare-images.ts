/** How alike two pictures are by their hashes. Spec: docs/spec/image.md §5. */
import { IMAGE_HASH_BYTES } from './pdq.ts';

const HASH_BITS = IMAGE_HASH_BYTES * 8;
/**
 * Bits of 256. Meta recommends 31; the nearest of a million pairs of unrelated photographs differ in more than 80, and
 * between the two lie captions and borders.
 */
const MAX_DISTANCE = 40;

/** Bits of each byte that are set. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** What the hashes of an attested picture and of one that is shown say of each other. */
export interface ImageLikeness {
  /** Bits that differ, of 256; unrelated pictures differ in about 128. */
  readonly distance: number;
  /** 1 for no difference, 0 for as many as unrelated pictures have, or more. */
  readonly similarity: number;
  /** Whether they are near enough to be called similar. Never more than that: hashes can be made to meet. */
  readonly similar: boolean;
}

/**
 * Compares two image hashes.
 *
 * @throws RangeError for a hash that is not of 32 bytes
 * @example
 * import { compareImages } from '#shared/image/compare-images.ts';
 * const hash = new Uint8Array(32);
 * compareImages(hash, hash.with(0, 0x0f)); // => { distance: 4, similarity: 0.96875, similar: true }
 */
export function compareImages(attested: Uint8Array, shown: Uint8Array): ImageLikeness {
  if (attested.length !== IMAGE_HASH_BYTES || shown.length !== IMAGE_HASH_BYTES)
    throw new RangeError(`an image hash has ${IMAGE_HASH_BYTES} bytes`);
  let distance = 0;
  for (const [at, byte] of attested.entries()) distance += ONES[byte ^ (shown[at] as number)] as number;
  return {
    distance,
    similarity: Math.max(0, 1 - distance / (HASH_BITS / 2)),
    similar: distance <= MAX_DISTANCE,
  };
}
