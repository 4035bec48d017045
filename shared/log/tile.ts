/**
 * Tiles: the tree and its entries as immutable objects of at most 256 hashes or entries each.
 *
 * In scope: paths, entry bundles, roots and proofs from tiles; reading is the caller's function. Not checked here:
 * whether the tiles are the log's. What comes out is only as good as the tiles, so verify it against a signed root.
 *
 * @see https://c2sp.org/tlog-tiles
 */
import { type Bytes32, concatBytes } from '../bytes/bytes.ts';
import { isUnsigned, parseDecimal } from '../bytes/decimal.ts';
import { err, ok, type Result } from '../result.ts';
import { foldSubtrees, nodeHash } from './merkle.ts';
import { consistencyRanges, inclusionRanges, type LeafRange, perfectSubtrees } from './subtree.ts';

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;
/** Longest entry a bundle can hold. */
export const MAX_ENTRY_BYTES = 65_535;
const HASH_BYTES = 32;

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

/** Fetches the bytes of a tile, `undefined` where it does not exist. May throw; the exception reaches the caller. */
export type ReadTile = (level: number, n: number, width: number) => Promise<Uint8Array | undefined>;

/** Why tiles did not answer: one is not there, one has the wrong length. */
export type TileReason = 'tile-missing' | 'tile-malformed';

/** Inner nodes of tiles already hashed. Whoever keeps a tile's bytes for the next question keeps these too. */
const innerNodes = new WeakMap<Uint8Array, Map<string, Bytes32>>();

/** Root over `count` hashes of a tile from `first` on; `count` is a power of two. */
function tileNode(tile: Uint8Array, first: number, count: number): Bytes32 {
  if (count === 1) return tile.slice(first * HASH_BYTES, (first + 1) * HASH_BYTES);
  const known = innerNodes.get(tile) ?? new Map<string, Bytes32>();
  innerNodes.set(tile, known);
  const name = `${first}+${count}`;
  const half = count / 2;
  const node = known.get(name) ?? nodeHash(tileNode(tile, first, half), tileNode(tile, first + half, half));
  known.set(name, node);
  return node;
}

/** Hashes of perfect subtrees of one tree, each tile read once. */
class TileTree {
  private readonly tiles = new Map<string, Promise<Result<Uint8Array, TileReason>>>();
  private readonly read: ReadTile;
  private readonly size: number;
  constructor(read: ReadTile, size: number) {
    if (!isUnsigned(size)) throw new RangeError('size: not a tree size');
    this.read = read;
    this.size = size;
  }

  async hashes(ranges: readonly LeafRange[]): Promise<Result<Bytes32[], TileReason>> {
    const hashes: Bytes32[] = [];
    for (const range of ranges) {
      const subtrees: Bytes32[] = [];
      for (const subtree of perfectSubtrees(range)) {
        const hash = await this.perfect(subtree);
        if (!hash.ok) return hash;
        subtrees.push(hash.value);
      }
      hashes.push(foldSubtrees(subtrees));
    }
    return ok(hashes);
  }

  /** A perfect subtree of 256^level · 2^k leaves, k < 8, is the root over 2^k hashes of one tile of that level. */
  private async perfect({ start, end }: LeafRange): Promise<Result<Bytes32, TileReason>> {
    let level = 0;
    let leavesPerHash = 1;
    for (; leavesPerHash * TILE_WIDTH <= end - start; level++) leavesPerHash *= TILE_WIDTH;
    const first = start / leavesPerHash;
    const n = Math.floor(first / TILE_WIDTH);
    const tile = await this.tile(level, n, Math.floor(this.size / leavesPerHash));
    if (!tile.ok) return tile;
    return ok(tileNode(tile.value, first % TILE_WIDTH, (end - start) / leavesPerHash));
  }

  private tile(level: number, n: number, hashesInLevel: number): Promise<Result<Uint8Array, TileReason>> {
    const name = `${level}/${n}`;
    const known = this.tiles.get(name) ?? this.load(level, n, Math.min(TILE_WIDTH, hashesInLevel - n * TILE_WIDTH));
    this.tiles.set(name, known);
    return known;
  }

  /** A partial tile may have been deleted once the full one exists, whose first hashes are the same. */
  private async load(level: number, n: number, width: number): Promise<Result<Uint8Array, TileReason>> {
    const bytes = await this.read(level, n, width);
    if (bytes)
      return bytes.length === width * HASH_BYTES ? ok(bytes) : err('tile-malformed', tilePath(level, n, width));
    const full = width < TILE_WIDTH ? await this.read(level, n, TILE_WIDTH) : undefined;
    if (!full) return err('tile-missing', tilePath(level, n, width));
    return full.length === TILE_WIDTH * HASH_BYTES ? ok(full) : err('tile-malformed', tilePath(level, n));
  }
}

/**
 * The root of the tree of `size` leaves, from its tiles on the right edge.
 *
 * @returns `tile-missing`, `tile-malformed`
 * @throws RangeError (as a rejection) where `size` is not a tree size; what `read` throws
 * @example
 * import { EMPTY_ROOT } from '#shared/log/merkle.ts';
 * import { rootFromTiles } from '#shared/log/tile.ts';
 * const result = await rootFromTiles(async () => undefined, 0);
 * result; // => { ok: true, value: EMPTY_ROOT }
 */
export async function rootFromTiles(read: ReadTile, size: number): Promise<Result<Bytes32, TileReason>> {
  const hashes = await new TileTree(read, size).hashes([{ start: 0, end: size }]);
  return hashes.ok ? ok(foldSubtrees(hashes.value)) : hashes;
}

/**
 * The proof that leaf `index` is in the tree of `size` leaves; the same as `inclusionProof` over all leaves.
 *
 * @returns `tile-missing`, `tile-malformed`
 * @throws RangeError (as a rejection) where `index` is not the index of a leaf; what `read` throws
 * @example
 * import { inclusionProofFromTiles } from '#shared/log/tile.ts';
 * const result = await inclusionProofFromTiles(async () => undefined, 0, 1);
 * result; // => { ok: true, value: [] }
 */
export async function inclusionProofFromTiles(
  read: ReadTile,
  index: number,
  size: number,
): Promise<Result<Bytes32[], TileReason>> {
  const tree = new TileTree(read, size);
  if (!isUnsigned(index) || index >= size) throw new RangeError('index: not the index of a leaf');
  return tree.hashes(inclusionRanges(index, size));
}

/**
 * The proof that the tree of `size2` leaves extends the tree of `size1`; the same as `consistencyProof`.
 *
 * @returns `tile-missing`, `tile-malformed`
 * @throws RangeError (as a rejection) where `size1` is larger than `size2`; what `read` throws
 * @example
 * import { consistencyProofFromTiles } from '#shared/log/tile.ts';
 * const result = await consistencyProofFromTiles(async () => undefined, 0, 7);
 * result; // => { ok: true, value: [] }
 */
export async function consistencyProofFromTiles(
  read: ReadTile,
  size1: number,
  size2: number,
): Promise<Result<Bytes32[], TileReason>> {
  const tree = new TileTree(read, size2);
  if (!isUnsigned(size1) || size1 > size2) throw new RangeError('size1: larger than size2');
  return tree.hashes(consistencyRanges(size1, size2));
}
