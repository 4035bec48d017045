/**
 * A filter answers "may this fingerprint be in the index?" without asking anybody: never no for one that is in it, and
 * yes for one in 65,536 of the others. Two bytes and a quarter for each key. Spec: docs/spec/filter.md.
 */
import { concatBytes, fromUtf8, utf8 } from '../bytes/bytes.ts';
import { err, ok, type Result } from '../result.ts';
import { KEY_LIMIT, type Layout, locate, MAX_KEYS, MAX_SEGMENT_LOG, type Place, slotsOf } from './layout.ts';

/** A filter as it is asked. */
export interface Filter {
  /** Algorithm of the fingerprints and the first digits of those that are in it: `wm-winnow-1/0`. */
  readonly name: string;
  /** How many keys. */
  readonly count: number;
  readonly seed: number;
  readonly layout: Layout;
  readonly table: Uint16Array;
}

const MAGIC = utf8('wm-fuse\u0001');
/** Magic, length of the name; then the name; then count, seed, segments (32 bits each) and the segments' length. */
const FIXED_LENGTH = MAGIC.length + 1 + 13;
const MAX_NAME = 64;

/**
 * The longest filter, in bytes: `MAX_KEYS` keys, and the segments that are not filled.
 *
 * @example
 * import { MAX_FILTER_BYTES } from '#shared/filter/filter.ts';
 * MAX_FILTER_BYTES < 2.5e6; // => true
 */
export const MAX_FILTER_BYTES = FIXED_LENGTH + MAX_NAME + 2 * (Math.ceil(MAX_KEYS * 1.125) + 3 * 2 ** MAX_SEGMENT_LOG);

/**
 * Whether a text names a filter: an algorithm, a slash, and up to four hexadecimal digits.
 *
 * @example
 * import { isFilterName } from '#shared/filter/filter.ts';
 * [isFilterName('wm-winnow-1/0'), isFilterName('wm-winnow-1'), isFilterName('A/0')]; // => [true, false, false]
 */
export const isFilterName = (text: string): boolean =>
  text.length <= MAX_NAME && /^[a-z0-9]+(-[a-z0-9]+)*\/[0-9a-f]{0,4}$/.test(text);

/**
 * Whether a fingerprint may be among a filter's keys. Anything that is no number of 48 bits is not.
 *
 * @example
 * import { buildFilter } from '#shared/filter/build-filter.ts';
 * import { mayContain } from '#shared/filter/filter.ts';
 * mayContain(buildFilter('wm-winnow-1/', [], 0), 1); // => false
 */
export function mayContain({ count, seed, layout, table }: Filter, key: number): boolean {
  if (count === 0 || !Number.isInteger(key) || key < 0 || key >= KEY_LIMIT) return false;
  const place: Place = { first: 0, second: 0, third: 0, value: 0 };
  locate(key, seed, layout, place);
  const { first, second, third, value } = place;
  return value === ((table[first] as number) ^ (table[second] as number) ^ (table[third] as number));
}

/**
 * The key of a fingerprint or digest in hexadecimal: its first twelve digits as a number, or nothing for other texts.
 *
 * @example
 * import { filterKey } from '#shared/filter/filter.ts';
 * filterKey('0000000000ff'); // => 255
 */
export const filterKey = (hex: string): number | undefined =>
  /^[0-9a-f]{12,}$/.test(hex) ? Number.parseInt(hex.slice(0, 12), 16) : undefined;

/**
 * A filter as bytes.
 *
 * @example
 * import { buildFilter } from '#shared/filter/build-filter.ts';
 * import { encodeFilter, parseFilter } from '#shared/filter/filter.ts';
 * parseFilter(encodeFilter(buildFilter('wm-winnow-1/', [5], 0))).value.count; // => 1
 */
export function encodeFilter({ name, count, seed, layout, table }: Filter): Uint8Array {
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, count);
  view.setUint32(4, seed);
  view.setUint32(8, layout.segments);
  view.setUint8(12, layout.segmentLog);
  const slots = new Uint8Array(2 * table.length);
  const values = new DataView(slots.buffer);
  for (let at = 0; at < table.length; at++) values.setUint16(2 * at, table[at] as number);
  const encodedName = utf8(name);
  return concatBytes(MAGIC, Uint8Array.of(encodedName.length), encodedName, head, slots);
}

/**
 * Reads a filter. Attacker-controlled input: every size is compared with the length of the bytes before anything is
 * allocated, and any table is a filter, of whatever keys.
 *
 * @returns `filter-malformed`, `filter-too-large`, `filter-unsupported` (another format or version)
 * @example
 * import { parseFilter } from '#shared/filter/filter.ts';
 * parseFilter(new Uint8Array(40)).reason; // => 'filter-unsupported'
 */
export function parseFilter(
  bytes: Uint8Array,
): Result<Filter, 'filter-malformed' | 'filter-too-large' | 'filter-unsupported'> {
  if (bytes.length > MAX_FILTER_BYTES) return err('filter-too-large');
  if (bytes.length < FIXED_LENGTH) return err('filter-malformed', 'shorter than its header');
  if (MAGIC.some((byte, at) => bytes[at] !== byte)) return err('filter-unsupported');
  const nameEnd = MAGIC.length + 1 + (bytes[MAGIC.length] as number);
  const tableStart = nameEnd + 13;
  const name = fromUtf8(bytes.subarray(MAGIC.length + 1, nameEnd)) ?? '';
  if (tableStart > bytes.length || !isFilterName(name)) return err('filter-malformed', 'name');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = view.getUint32(nameEnd);
  const layout = { segments: view.getUint32(nameEnd + 8), segmentLog: view.getUint8(nameEnd + 12) };
  if (count > MAX_KEYS) return err('filter-too-large', 'keys');
  if (layout.segmentLog > MAX_SEGMENT_LOG || (count === 0) !== (layout.segments === 0)) {
    return err('filter-malformed', 'segments');
  }
  const length = slotsOf(layout);
  if (length < count || bytes.length - tableStart !== 2 * length) return err('filter-malformed', 'length');
  const table = new Uint16Array(length);
  for (let at = 0; at < length; at++) table[at] = view.getUint16(tableStart + 2 * at);
  return ok({ name, count, seed: view.getUint32(nameEnd + 4), layout, table });
}
