/** Building a binary fuse filter: the same keys and the same seed give the same bytes. Spec: docs/spec/filter.md §3. */
import { type Filter, isFilterName } from './filter.ts';
import { KEY_LIMIT, type Layout, layoutFor, locate, MAX_KEYS, type Place, slotsOf } from './layout.ts';

/** A seed fails for about one set in a hundred; so many in a row have never been seen to. */
const MAX_ATTEMPTS = 64;
const SEED_STEP = 0x9e3779b9;

/** Keys in rising order, each once. */
function distinct(keys: Iterable<number>): Float64Array {
  const sorted = Float64Array.from(keys).sort();
  let count = 0;
  for (const key of sorted) {
    if (!Number.isInteger(key) || key < 0 || key >= KEY_LIMIT) throw new RangeError('keys: not a number of 48 bits');
    if (count === 0 || key !== sorted[count - 1]) sorted[count++] = key;
  }
  return sorted.subarray(0, count);
}

/**
 * An order in which each key has a slot that no key after it uses: pairs of key and slot, or nothing where the keys hold
 * each other in a circle under this seed.
 */
function peel(
  keys: Float64Array,
  seed: number,
  layout: Layout,
): { order: Uint32Array; slots: Uint32Array } | undefined {
  const counts = new Uint32Array(slotsOf(layout));
  // The numbers of the keys in a slot, combined: with one left, that is its number.
  const members = new Uint32Array(counts.length);
  const place: Place = { first: 0, second: 0, third: 0, value: 0 };
  const each = (visit: (slot: number) => void): void => {
    visit(place.first);
    visit(place.second);
    visit(place.third);
  };
  for (let n = 0; n < keys.length; n++) {
    locate(keys[n] as number, seed, layout, place);
    each((slot) => {
      counts[slot] = (counts[slot] as number) + 1;
      members[slot] = (members[slot] as number) ^ n;
    });
  }
  const alone = new Uint32Array(counts.length);
  let waiting = 0;
  for (let slot = 0; slot < counts.length; slot++) if (counts[slot] === 1) alone[waiting++] = slot;
  const order = new Uint32Array(keys.length);
  const slots = new Uint32Array(keys.length);
  let done = 0;
  while (waiting > 0) {
    const own = alone[--waiting] as number;
    if (counts[own] !== 1) continue;
    const n = members[own] as number;
    order[done] = n;
    slots[done++] = own;
    locate(keys[n] as number, seed, layout, place);
    each((slot) => {
      const left = (counts[slot] as number) - 1;
      counts[slot] = left;
      members[slot] = (members[slot] as number) ^ n;
      if (left === 1) alone[waiting++] = slot;
    });
  }
  return done === keys.length ? { order, slots } : undefined;
}

/** Values such that the three of each key combine to its own: set in the opposite order, none is overwritten. */
function fill(keys: Float64Array, seed: number, layout: Layout, peeled: NonNullable<ReturnType<typeof peel>>) {
  const table = new Uint16Array(slotsOf(layout));
  const place: Place = { first: 0, second: 0, third: 0, value: 0 };
  for (let at = keys.length - 1; at >= 0; at--) {
    locate(keys[peeled.order[at] as number] as number, seed, layout, place);
    const { first, second, third, value } = place;
    const others = (table[first] as number) ^ (table[second] as number) ^ (table[third] as number);
    table[peeled.slots[at] as number] = value ^ others;
  }
  return table;
}

/**
 * Builds the filter of some keys. Deterministic: order and repetition of keys do not matter; where `seed` fails, the next
 * ones are tried. Whoever lets strangers choose keys must draw the seed at random, so that nobody can choose keys that
 * fail under it. About half a second for a million keys.
 *
 * @param name - what is filtered, `isFilterName`
 * @param keys - numbers of 48 bits, at most `MAX_KEYS`
 * @param seed - 32 bits
 * @throws RangeError for an impossible name, key, seed or number of keys; Error where 64 seeds in a row fail
 * @example
 * import { buildFilter } from '#shared/filter/build-filter.ts';
 * import { mayContain } from '#shared/filter/filter.ts';
 * const filter = buildFilter('wm-winnow-1/0', [1, 2, 3], 7);
 * [mayContain(filter, 2), mayContain(filter, 4)]; // => [true, false]
 */
export function buildFilter(name: string, keys: Iterable<number>, seed: number): Filter {
  if (!isFilterName(name)) throw new RangeError('name: not an algorithm and a prefix');
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) throw new RangeError('seed: not a number of 32 bits');
  const sorted = distinct(keys);
  if (sorted.length > MAX_KEYS) throw new RangeError(`keys: more than ${MAX_KEYS}`);
  const layout = layoutFor(sorted.length);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const tried = (seed + attempt * SEED_STEP) >>> 0;
    const peeled = peel(sorted, tried, layout);
    if (peeled) {
      return { name, count: sorted.length, seed: tried, layout, table: fill(sorted, tried, layout, peeled) };
    }
  }
  throw new Error('no seed gives a filter of these keys');
}
