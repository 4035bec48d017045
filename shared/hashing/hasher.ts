/**
 * Hashing a whole log: leaf and node hashes of RFC 6962 in batches. One interface, three engines that give the same bytes:
 * WebAssembly with SIMD, WebAssembly without, and noble, which is the reference and hashes everything else here.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { type Bytes32, concatBytes } from '../bytes/bytes.ts';
import { leafHash } from '../log/merkle.ts';
import { MAX_ENTRY_BYTES, TILE_WIDTH } from '../log/tile.ts';

/** Bytes of a hash. */
export const HASH_BYTES = 32;
const PAIR_BYTES = 2 * HASH_BYTES;
/** Bytes of a full tile. */
export const TILE_BYTES = TILE_WIDTH * HASH_BYTES;

/** What hashes. Many hashes are one byte string, one after the other. */
export interface Hasher {
  readonly engine: 'simd' | 'scalar' | 'noble';
  /**
   * The leaf hash of each entry, in order.
   *
   * @throws RangeError where an entry is longer than MAX_ENTRY_BYTES
   */
  leafHashes(entries: readonly Uint8Array[]): Uint8Array;
  /**
   * The node hash of each two neighbours, in order: the level above.
   *
   * @throws RangeError where these are not pairs of hashes
   */
  nodeHashes(level: Uint8Array): Uint8Array;
  /**
   * The root over the 256 hashes of a full tile: the tile's hash in the level above.
   *
   * @throws RangeError where this is not a full tile
   */
  tileRoot(tile: Uint8Array): Bytes32;
}

/**
 * Refuses what no engine hashes, so that all refuse the same.
 *
 * @internal
 */
export const checked = (hasher: Hasher): Hasher => ({
  engine: hasher.engine,
  leafHashes(entries) {
    if (entries.some((entry) => entry.length > MAX_ENTRY_BYTES)) throw new RangeError('entries: one is too long');
    return hasher.leafHashes(entries);
  },
  nodeHashes(level) {
    if (level.length % PAIR_BYTES !== 0) throw new RangeError('level: not pairs of hashes');
    return hasher.nodeHashes(level);
  },
  tileRoot(tile) {
    if (tile.length !== TILE_BYTES) throw new RangeError('tile: not 256 hashes');
    return hasher.tileRoot(tile);
  },
});

/** One buffer for every pair: twice as fast as `nodeHash`, which makes one for each. */
function nodeHashes(level: Uint8Array): Uint8Array {
  const above = new Uint8Array(level.length / 2);
  const message = new Uint8Array(1 + PAIR_BYTES);
  message[0] = 1;
  for (let at = 0; at < level.length; at += PAIR_BYTES) {
    message.set(level.subarray(at, at + PAIR_BYTES), 1);
    above.set(sha256(message), at / 2);
  }
  return above;
}

/** The reference: one hash at a time, wherever JavaScript runs. */
export const NOBLE_HASHER: Hasher = checked({
  engine: 'noble',
  leafHashes: (entries) => concatBytes(...entries.map(leafHash)),
  nodeHashes,
  tileRoot(tile) {
    let level = tile;
    while (level.length > HASH_BYTES) level = nodeHashes(level);
    return level;
  },
});
