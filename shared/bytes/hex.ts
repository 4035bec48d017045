/** Lower-case hexadecimal, the only spelling accepted here. */

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Lower-case hexadecimal of bytes.
 *
 * @example
 * import { toHex } from '#shared/bytes/hex.ts';
 * toHex(Uint8Array.of(10, 255)); // => '0aff'
 */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += DIGITS[byte];
  return text;
}

/**
 * The bytes behind lower-case hexadecimal, or `undefined` for anything else.
 *
 * @example
 * import { fromHex } from '#shared/bytes/hex.ts';
 * fromHex('0AFF') ?? 'refused'; // => 'refused'
 */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
