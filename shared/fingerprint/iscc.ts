/**
 * The ISCC Text-Code, version 0 (ISO 24138:2024): a similarity hash other registries know, emitted for interoperability.
 * We find texts by our own fingerprints; its 13 characters do not survive typos. Spec: docs/spec/fingerprint.md §6.
 */
import { utf8 } from '../bytes/bytes.ts';
import { ADDENDS, MULTIPLIERS } from './iscc-constants.ts';
import { xxh32 } from './xxh32.ts';

const NGRAM = 13;
const DIMENSIONS = 64;
/** White space, control characters, marks and punctuation. */
const IGNORED = /[\s\p{C}\p{M}\p{P}]/gu;
/** MainType CONTENT, SubType TEXT, Version 0; the length follows. */
const HEADER = 0x20;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const collapsed = (text: string): string => text.normalize('NFD').toLowerCase().replace(IGNORED, '').normalize('NFKC');

/** The low 32 bits of ((a·feature + b) mod 2^64) mod (2^61 − 1), in numbers that stay exact. */
function permuted(feature: number, dimension: number): number {
  const [aHigh, aLow] = [MULTIPLIERS[2 * dimension] as number, MULTIPLIERS[2 * dimension + 1] as number];
  const [bHigh, bLow] = [ADDENDS[2 * dimension] as number, ADDENDS[2 * dimension + 1] as number];
  const upper = aLow * (feature >>> 16);
  const lower = aLow * (feature & 0xffff) + (upper % 0x10000) * 0x10000 + bLow;
  const high = Math.floor(lower / 2 ** 32) + Math.floor(upper / 0x10000) + (Math.imul(aHigh, feature) >>> 0) + bHigh;
  // 2^61 is 1 there: the three bits above come back at the bottom.
  const low = (lower % 2 ** 32) + ((high >>> 29) & 7);
  const middle = (high & 0x1fffffff) + Math.floor(low / 2 ** 32);
  const isModulus = middle === 0x1fffffff && low === 0xffffffff;
  return (isModulus || middle > 0x1fffffff ? low + 1 : low) >>> 0;
}

/** Four low bits of 64 minima: all lowest ones first. */
function softHash(text: string): Uint8Array {
  const characters = [...text];
  const features = new Set<number>();
  for (let at = 0; at < Math.max(1, characters.length - NGRAM + 1); at++) {
    features.add(xxh32(utf8(characters.slice(at, at + NGRAM).join(''))));
  }
  const digest = new Uint8Array(DIMENSIONS / 2);
  for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
    let least = 0xffffffff;
    for (const feature of features) least = Math.min(least, permuted(feature, dimension));
    for (let bit = 0; bit < 4; bit++) {
      const at = bit * DIMENSIONS + dimension;
      digest[at >> 3] = (digest[at >> 3] as number) | (((least >>> bit) & 1) << (7 - (at & 7)));
    }
  }
  return digest;
}

function base32(bytes: Uint8Array): string {
  let text = '';
  let [value, bits] = [0, 0];
  for (const byte of bytes) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(value >>> (bits - 5)) & 31];
    value &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + BASE32[(value << (5 - bits)) & 31];
}

/**
 * The Text-Code of a plain text, without markup. 64 hashes for each of its characters: about a second a megabyte.
 *
 * @param bits - length of the code's body: a multiple of 32 up to 256
 * @throws RangeError for another length
 * @example
 * import { isccTextCode } from '#shared/fingerprint/iscc.ts';
 * isccTextCode('Hello World'); // => 'ISCC:EAASKDNZNYGUUF5A'
 */
export function isccTextCode(text: string, bits = 64): string {
  if (bits % 32 !== 0 || bits < 32 || bits > 256) throw new RangeError('bits: a multiple of 32 up to 256');
  const body = softHash(collapsed(text)).subarray(0, bits / 8);
  return `ISCC:${base32(Uint8Array.of(HEADER, bits / 32 - 1, ...body))}`;
}
