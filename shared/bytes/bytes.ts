/** Small operations on byte strings that every format here needs. */

/** Exactly 32 bytes: a SHA-256 digest, a Merkle hash or an Ed25519 public key. */
export type Bytes32 = Uint8Array;

/**
 * Joins byte strings in order.
 *
 * @example
 * import { concatBytes } from '#shared/bytes/bytes.ts';
 * concatBytes(Uint8Array.of(1), Uint8Array.of(2, 3)).length; // => 3
 */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/**
 * Whether two byte strings are the same. Not constant-time: for public data only.
 *
 * @example
 * import { equalBytes } from '#shared/bytes/bytes.ts';
 * equalBytes(Uint8Array.of(1), Uint8Array.of(1)); // => true
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * Orders byte strings bytewise, a prefix first (RFC 8949 §4.2.1 key order when applied to encoded keys).
 *
 * @example
 * import { compareBytes } from '#shared/bytes/bytes.ts';
 * compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0)) < 0; // => true
 */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/**
 * A number as `width` bytes, most significant first. Expects an integer from 0 that fits, at most 2^53 - 1.
 *
 * @example
 * import { bigEndian } from '#shared/bytes/bytes.ts';
 * bigEndian(258, 4); // => Uint8Array.of(0, 0, 1, 2)
 */
export function bigEndian(value: number, width: number): Uint8Array {
  const bytes = new Uint8Array(width);
  for (let i = width, rest = value; i > 0; rest = Math.floor(rest / 256)) bytes[--i] = rest;
  return bytes;
}

/**
 * The number behind bytes, most significant first. Exact up to 2^53 - 1; larger ones give a number that `isUnsigned`
 * refuses.
 *
 * @example
 * import { fromBigEndian } from '#shared/bytes/bytes.ts';
 * fromBigEndian(Uint8Array.of(1, 2)); // => 258
 */
export const fromBigEndian = (bytes: Uint8Array): number => bytes.reduce((value, byte) => value * 256 + byte, 0);

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * UTF-8 bytes of a string. Lone surrogates become U+FFFD, as TextEncoder does.
 *
 * @example
 * import { utf8 } from '#shared/bytes/bytes.ts';
 * utf8('é').length; // => 2
 */
export const utf8 = (text: string): Uint8Array => utf8Encoder.encode(text);

/**
 * The string behind UTF-8 bytes, or `undefined` where they are not well-formed. A leading U+FEFF is kept.
 *
 * @example
 * import { fromUtf8 } from '#shared/bytes/bytes.ts';
 * fromUtf8(Uint8Array.of(0xff)); // => undefined
 */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  // Most are short and plain: to call the decoder takes longer than this.
  if (bytes.length < 32 && bytes.every((byte) => byte < 128)) return String.fromCharCode(...bytes);
  try {
    return utf8Decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
