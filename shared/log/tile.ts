/**
 * Tiles: the tree and its entries as immutable objects of at most 256 hashes or entries each. Here are their paths and
 * the bundles of entries; `tile-proofs.ts` computes with the hashes.
 *
 * @see https://c2sp.org/tlog-tiles
 */
import { concatBytes } from '../bytes/bytes.ts';
import { isUnsigned, parseDecimal } from '../bytes/decimal.ts';
import { err, ok, type Result } from '../result.ts';

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;
/** Longest entry a bundle can hold. */
export const MAX_ENTRY_BYTES = 65_535;

function numbered(prefix: string, n: number, width: number): string {
  if (!isUnsigned(n)) throw new RangeError('n: not a tile number');
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) throw new RangeError('width: not 1 to 256');
  const digits = String(n);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/[0-9]{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return `${prefix}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/**
 * The path of a tile under the log's prefix. Width 256 is the full tile.
 *
 * @throws RangeError where a number is out of range
 * @example
 * import { tilePath } from '#shared/log/tile.ts';
 * tilePath(0, 1234067); // => 'tile/0/x001/x234/067'
 * tilePath(1, 0, 5); // => 'tile/1/000.p/5'
 */
export function tilePath(level: number, n: number, width = TILE_WIDTH): string {
  if (!isUnsigned(level) || level > 63) throw new RangeError('level: not 0 to 63');
  return numbered(`tile/${level}`, n, width);
}

/**
 * The path of a bundle of entries under the log's prefix.
 *
 * @throws RangeError where a number is out of range
 * @example
 * import { entriesPath } from '#shared/log/tile.ts';
 * entriesPath(1, 44); // => 'tile/entries/001.p/44'
 */
export const entriesPath = (n: number, width = TILE_WIDTH): string => numbered('tile/entries', n, width);

/** What a path names: `level` of a tile or `entries` for a bundle, its number, its width (256 when full). */
export interface TileName {
  readonly level: number | 'entries';
  readonly n: number;
  readonly width: number;
}

/**
 * Reads a path; only the one spelling that `tilePath` or `entriesPath` writes is accepted. Attacker-controlled input.
 *
 * @returns `tile-path-malformed`
 * @example
 * import { parseTilePath } from '#shared/log/tile.ts';
 * parseTilePath('tile/entries/x001/234.p/5').value; // => { level: 'entries', n: 1234, width: 5 }
 * parseTilePath('tile/0/x000/001').reason; // => 'tile-path-malformed'
 */
export function parseTilePath(path: string): Result<TileName, 'tile-path-malformed'> {
  const match =
    path.length > 64
      ? null
      : /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/.exec(path);
  const level = match?.[1] === 'entries' ? 'entries' : parseDecimal(match?.[1] ?? '');
  const n = parseDecimal((match?.[2] ?? '').replace(/[x/]/g, '').replace(/^0+(?=.)/, ''));
  const width = match?.[3] === undefined ? TILE_WIDTH : parseDecimal(match[3]);
  if (level === undefined || n === undefined || width === undefined) return err('tile-path-malformed');
  if (width < 1 || width > TILE_WIDTH || (level !== 'entries' && level > 63)) return err('tile-path-malformed');
  const spelled = level === 'entries' ? entriesPath(n, width) : tilePath(level, n, width);
  return spelled === path ? ok({ level, n, width }) : err('tile-path-malformed');
}

/**
 * Writes a bundle: each entry behind its length in two bytes, big-endian.
 *
 * @throws RangeError where there are no or more than 256 entries, or an entry is longer than MAX_ENTRY_BYTES
 * @example
 * import { encodeEntryBundle } from '#shared/log/tile.ts';
 * encodeEntryBundle([Uint8Array.of(7)]); // => Uint8Array.of(0, 1, 7)
 */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length < 1 || entries.length > TILE_WIDTH) throw new RangeError('entries: not 1 to 256');
  if (entries.some((entry) => entry.length > MAX_ENTRY_BYTES)) throw new RangeError('entries: one is too long');
  return concatBytes(...entries.flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry]));
}

/**
 * Reads a bundle of 1 to 256 entries that fills `bytes` exactly. Attacker-controlled input; at most 256 entries of
 * MAX_ENTRY_BYTES each by construction.
 *
 * @returns `bundle-malformed`
 * @example
 * import { parseEntryBundle } from '#shared/log/tile.ts';
 * parseEntryBundle(Uint8Array.of(0, 2, 7)).reason; // => 'bundle-malformed'
 */
export function parseEntryBundle(bytes: Uint8Array): Result<Uint8Array[], 'bundle-malformed'> {
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const start = offset + 2;
    offset = start + ((bytes[offset] ?? 0) << 8) + (bytes[offset + 1] ?? 0);
    if (start > bytes.length || offset > bytes.length) return err('bundle-malformed', 'cut short');
    if (entries.length === TILE_WIDTH) return err('bundle-malformed', 'more than 256 entries');
    entries.push(bytes.slice(start, offset));
  }
  return entries.length > 0 ? ok(entries) : err('bundle-malformed', 'empty');
}
