/**
 * Where a key lies in a binary fuse filter (Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters",
 * 2022): three slots in neighbouring segments, whose sixteen-bit values combine to the key's own. Spec: docs/spec/filter.md §2.
 */
import { mix } from '../fingerprint/word-stream.ts';

/** Keys are whole numbers below this: 48 bits. */
export const KEY_LIMIT = 2 ** 48;
/** Most keys of one filter: 2.4 MB, and about 50 MB of memory while it is built. */
export const MAX_KEYS = 1 << 20;
/** Segments are at most so many slots, as a power of two. */
export const MAX_SEGMENT_LOG = 13;

/** The table's shape: so many starting segments, and two more behind them, of 2^segmentLog slots each. */
export interface Layout {
  readonly segmentLog: number;
  readonly segments: number;
}

/**
 * How many slots a layout has.
 *
 * @example
 * import { slotsOf } from '#shared/filter/layout.ts';
 * slotsOf({ segmentLog: 2, segments: 1 }); // => 12
 */
export const slotsOf = ({ segmentLog, segments }: Layout): number =>
  segments === 0 ? 0 : (segments + 2) * 2 ** segmentLog;

/**
 * The shape for so many keys, by the paper's rule for three slots: about 1.125 slots a key for a million of them, more
 * for fewer.
 *
 * @example
 * import { layoutFor } from '#shared/filter/layout.ts';
 * layoutFor(0); // => { segmentLog: 0, segments: 0 }
 */
export function layoutFor(count: number): Layout {
  if (count === 0) return { segmentLog: 0, segments: 0 };
  const log = Math.floor(Math.log(Math.max(count, 2)) / Math.log(3.33) + 2.25);
  const segmentLog = Math.min(log, MAX_SEGMENT_LOG);
  const factor = Math.max(1.125, 0.875 + (0.25 * Math.log(1e6)) / Math.log(Math.max(count, 2)));
  const capacity = count === 1 ? 0 : Math.round(count * factor);
  return { segmentLog, segments: Math.max(1, Math.ceil(capacity / 2 ** segmentLog) - 2) };
}

/** A key's three slots and its value, of 16 bits. */
export interface Place {
  first: number;
  second: number;
  third: number;
  value: number;
}

/**
 * Writes where `key` lies into `place`: in the loops over a million keys nothing is allocated.
 *
 * @example
 * import { locate } from '#shared/filter/layout.ts';
 * const place = { first: 0, second: 0, third: 0, value: 0 };
 * locate(5, 1, { segmentLog: 2, segments: 1 }, place);
 * place.first < 4 && place.second >= 4 && place.third >= 8; // => true
 */
export function locate(key: number, seed: number, { segmentLog, segments }: Layout, place: Place): void {
  const high = Math.floor(key / 2 ** 32);
  const low = key >>> 0;
  const x = mix(low ^ mix(high ^ seed));
  const y = mix(Math.imul(low, 0x9e3779b1) + mix(high ^ ~seed));
  const z = mix(y ^ Math.imul(x, 0x85ebca6b));
  const mask = 2 ** segmentLog - 1;
  // Any slot of the starting segments: x · slots / 2^32, in parts that stay exact.
  const slots = segments * 2 ** segmentLog;
  const start = Math.floor(((x >>> 16) * slots + Math.floor(((x & 0xffff) * slots) / 2 ** 16)) / 2 ** 16);
  // Then one of the segment behind it, and of the one behind that.
  place.first = start;
  place.second = (start + 2 ** segmentLog) ^ (y & mask);
  place.third = (start + 2 ** (segmentLog + 1)) ^ (z & mask);
  place.value = mix(x ^ Math.imul(z, 0xc2b2ae35)) & 0xffff;
}
