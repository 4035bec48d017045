/** Lists in which one bad item spoils the rest. */

/**
 * Every item as `read` gives it; `undefined` where it gives `undefined` for any of them.
 *
 * @example
 * import { readAll } from '#shared/read-all.ts';
 * import { parseDecimal } from '#shared/bytes/decimal.ts';
 * readAll(['1', '2'], parseDecimal); // => [1, 2]
 * readAll(['1', '02'], parseDecimal) ?? 'refused'; // => 'refused'
 */
export function readAll<T, R>(items: readonly T[], read: (item: T) => R | undefined): R[] | undefined {
  const all = items.map((item) => read(item));
  return all.every((each) => each !== undefined) ? all : undefined;
}
