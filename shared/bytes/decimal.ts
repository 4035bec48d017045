/** Unsigned decimal with exactly one accepted spelling, as the C2SP text formats write sizes, indices and times. */

/**
 * The number behind a canonical decimal: digits only, no sign, no leading zero, at most 2^53 - 1 (the formats allow
 * 2^63 - 1; a larger number is refused, never rounded). `undefined` for any other spelling.
 *
 * @example
 * import { parseDecimal } from '#shared/bytes/decimal.ts';
 * parseDecimal('20852163'); // => 20852163
 * parseDecimal('01') ?? 'refused'; // => 'refused'
 */
export function parseDecimal(text: string): number | undefined {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/**
 * Whether a number can be a size, an index or a time here: an integer from 0 to 2^53 - 1.
 *
 * @example
 * import { isUnsigned } from '#shared/bytes/decimal.ts';
 * isUnsigned(-1); // => false
 */
export const isUnsigned = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
