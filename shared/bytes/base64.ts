/**
 * Base64 with exactly one accepted spelling per value (RFC 4648 §3.5): padding present where the alphabet has it,
 * unused bits zero, no whitespace. Anything else is refused, so that a proof cannot be respelled.
 */

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const invert = (alphabet: string): Int16Array => {
  const table = new Int16Array(128).fill(-1);
  for (let i = 0; i < alphabet.length; i++) table[alphabet.charCodeAt(i)] = i;
  return table;
};
const STANDARD_VALUES = invert(STANDARD);
const URL_SAFE_VALUES = invert(URL_SAFE);

function encode(bytes: Uint8Array, alphabet: string, pad: boolean): string {
  const code = (digit: number): number => alphabet.charCodeAt(digit & 63);
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += String.fromCharCode(code(group >> 18), code(group >> 12), code(group >> 6), code(group));
  }
  const digits = text.slice(0, Math.ceil((bytes.length * 4) / 3));
  return pad ? digits.padEnd(text.length, '=') : digits;
}

function decode(text: string, values: Int16Array, padded: boolean): Uint8Array | undefined {
  let digits = text.length;
  if (padded) {
    if (text.length % 4 !== 0) return undefined;
    if (text.endsWith('==')) digits -= 2;
    else if (text.endsWith('=')) digits -= 1;
  }
  if (digits % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((digits * 3) / 4));
  let group = 0;
  let bits = 0;
  let offset = 0;
  for (let i = 0; i < digits; i++) {
    const value = values[text.charCodeAt(i)] ?? -1;
    if (value < 0) return undefined;
    group = ((group << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[offset++] = (group >> bits) & 0xff;
    }
  }
  const unused = group & ((1 << bits) - 1);
  return unused === 0 ? bytes : undefined;
}

/**
 * Standard base64, padded.
 *
 * @example
 * import { toBase64 } from '#shared/bytes/base64.ts';
 * toBase64(Uint8Array.of(255)); // => '/w=='
 */
export const toBase64 = (bytes: Uint8Array): string => encode(bytes, STANDARD, true);

/**
 * The bytes behind canonical padded standard base64, or `undefined` for any other spelling.
 *
 * @example
 * import { fromBase64 } from '#shared/bytes/base64.ts';
 * fromBase64('/x=='); // => undefined
 */
export const fromBase64 = (text: string): Uint8Array | undefined => decode(text, STANDARD_VALUES, true);

/**
 * URL-safe base64 without padding (RFC 4648 §5).
 *
 * @example
 * import { toBase64Url } from '#shared/bytes/base64.ts';
 * toBase64Url(Uint8Array.of(255)); // => '_w'
 */
export const toBase64Url = (bytes: Uint8Array): string => encode(bytes, URL_SAFE, false);

/**
 * The bytes behind canonical unpadded URL-safe base64, or `undefined` for any other spelling.
 *
 * @example
 * import { fromBase64Url } from '#shared/bytes/base64.ts';
 * fromBase64Url('_w==') ?? 'refused'; // => 'refused'
 */
export const fromBase64Url = (text: string): Uint8Array | undefined => decode(text, URL_SAFE_VALUES, false);
