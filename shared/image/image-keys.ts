/**
 * `wm-image-1`: the keys by which an attested picture is found. Each is made of 36 of the 101 lowest frequencies, those that
 * survive best, in 24 overlapping choices, so that some stay whole where others change. Spec: docs/spec/image.md §4.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8 } from '../bytes/bytes.ts';
import { toHex } from '../bytes/hex.ts';
import { HASH_SIDE, IMAGE_HASH_BYTES } from './pdq.ts';

/** Name of the hash and of the keys. */
export const IMAGE_ALG = 'wm-image-1';
/**
 * Keys of one picture that a filter must know before asking is worth it: one hit among `imageProbes` is an accident for one
 * picture in 87 where 10^6 are attested, two for one in 15,000.
 */
export const MIN_IMAGE_HITS = 2;

const KEYS = 24;
const KEY_BITS = 36;
const KEY_BYTES = 6;
/** A prime, so that the multiples of a key's number meet each frequency once. */
const LOWEST = 101;
/** A probe may take so many bits of a key for their opposite: those nearest the median. */
const UNCERTAIN = 4;

const NAME = utf8(IMAGE_ALG);

/** Bits of the hash by frequency, lowest first: down² + across², in the order of the bits where equal. */
const BY_FREQUENCY = Array.from({ length: HASH_SIDE * HASH_SIDE }, (_, bit) => {
  const [down, across] = [Math.floor(bit / HASH_SIDE) + 1, (bit % HASH_SIDE) + 1];
  return { bit, height: down * down + across * across };
})
  .toSorted((one, other) => one.height - other.height || one.bit - other.bit)
  .map(({ bit }) => bit);

/** The bits of the hash that each key is made of. */
const CHOICES = Array.from({ length: KEYS }, (_, key) => {
  const step = key + 1;
  return Array.from({ length: KEY_BITS }, (_, n) => BY_FREQUENCY[(step * (n + 1) + step * step) % LOWEST] as number);
});

/** Sets of a key's uncertain bits as numbers, the small ones first. */
const FLIPS = Array.from({ length: 2 ** UNCERTAIN }, (_, set) => set).toSorted(
  (one, other) => one.toString(2).replaceAll('0', '').length - other.toString(2).replaceAll('0', '').length,
);

function bitsOf(hash: Uint8Array): boolean[] {
  if (hash.length !== IMAGE_HASH_BYTES) throw new RangeError(`an image hash has ${IMAGE_HASH_BYTES} bytes`);
  return Array.from(
    { length: HASH_SIDE * HASH_SIDE },
    (_, bit) => (((hash[IMAGE_HASH_BYTES - 1 - (bit >> 3)] as number) >> (bit & 7)) & 1) === 1,
  );
}

/** First 48 bits of SHA-256 over the name, the key's number and its bits, most significant first, zeros at the end. */
function keyOf(key: number, bits: readonly boolean[]): string {
  const packed = new Uint8Array(Math.ceil(KEY_BITS / 8));
  for (const [n, bit] of bits.entries()) if (bit) packed[n >> 3] = (packed[n >> 3] as number) | (0x80 >> (n & 7));
  return toHex(sha256(Uint8Array.of(...NAME, key, ...packed)).subarray(0, KEY_BYTES));
}

/**
 * What an index keeps of an attested picture: 24 keys of 48 bits, twelve hexadecimal digits each.
 *
 * @throws RangeError for a hash that is not of 32 bytes
 * @example
 * import { imageKeys } from '#shared/image/image-keys.ts';
 * imageKeys(new Uint8Array(32)).length; // => 24
 * imageKeys(new Uint8Array(32))[0]; // => '1adc52d18497'
 */
export function imageKeys(hash: Uint8Array): string[] {
  const bits = bitsOf(hash);
  return CHOICES.map((choice, key) =>
    keyOf(
      key,
      choice.map((bit) => bits[bit] as boolean),
    ),
  );
}

/**
 * What a reader's picture is looked up by, the likeliest first: its keys, then with `margins` each key as it were if some of
 * its four least certain bits were the other way, 384 in all. Where `MIN_IMAGE_HITS` of them are in an index, the picture
 * may be attested.
 *
 * @param hash - of the reader's picture
 * @param margins - of the same picture, as `pdqHash` gives them; without them fewer changed pictures are found
 * @throws RangeError for a hash that is not of 32 bytes, or other than 256 margins
 * @example
 * import { imageKeys, imageProbes } from '#shared/image/image-keys.ts';
 * const hash = new Uint8Array(32);
 * imageProbes(hash); // => imageKeys(hash)
 * imageProbes(hash, new Float32Array(256)).length; // => 384
 */
export function imageProbes(hash: Uint8Array, margins?: ArrayLike<number>): string[] {
  if (margins === undefined) return imageKeys(hash);
  const bits = bitsOf(hash);
  if (margins.length !== bits.length) throw new RangeError(`an image hash has ${bits.length} margins`);
  const uncertain = CHOICES.map((choice) =>
    choice
      .map((_, n) => n)
      .toSorted(
        (one, other) => (margins[choice[one] as number] as number) - (margins[choice[other] as number] as number),
      )
      .slice(0, UNCERTAIN),
  );
  return FLIPS.flatMap((flips) =>
    CHOICES.map((choice, key) => {
      const own = choice.map((bit) => bits[bit] as boolean);
      for (const [n, place] of (uncertain[key] ?? []).entries()) if ((flips >> n) & 1) own[place] = !own[place];
      return keyOf(key, own);
    }),
  );
}
