/**
 * Objects that never change, kept in the isolate's memory after the first read: tiles and entry bundles have one
 * possible content each, so what was read once need not be asked for again. Absence is never remembered.
 */
import { ByteCache } from './byte-cache.ts';
import { type ByteRange, R2ObjectStore } from './object-store.ts';

/** Tiles of every shard: `log/tile/…`, `log/2027/tile/…`. */
const TILE = /^log\/([\w.-]+\/)?tile\//;
/** Half of what is safe beside everything else in an isolate of 128 MB: the inner nodes of tiles take as much again. */
const MAX_BYTES = 24 * 1024 * 1024;

const caches = new WeakMap<R2Bucket, ByteCache>();

const cacheOf = (bucket: R2Bucket): ByteCache => {
  const cache = caches.get(bucket) ?? new ByteCache(MAX_BYTES);
  caches.set(bucket, cache);
  return cache;
};

/** The bucket of whoever writes tiles: those who read in the same isolate need not ask for what was just stored. */
export class PrimingStore extends R2ObjectStore {
  readonly #tiles: ByteCache;
  constructor(bucket: R2Bucket) {
    super(bucket);
    this.#tiles = cacheOf(bucket);
  }

  override async put(key: string, value: Uint8Array): Promise<void> {
    await super.put(key, value);
    if (TILE.test(key)) this.#tiles.set(key, value);
  }
}

/** The bucket with tiles and bundles read at most once; whoever reads must not write into what it gets. */
export class RememberingStore extends R2ObjectStore {
  readonly #tiles: ByteCache;
  constructor(bucket: R2Bucket) {
    super(bucket);
    this.#tiles = cacheOf(bucket);
  }

  override async get(key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    if (range || !TILE.test(key)) return super.get(key, range);
    const held = this.#tiles.get(key);
    if (held) return held;
    const value = await super.get(key);
    // Everybody whom a publication releases asks at once. One copy serves them all, and its inner nodes are hashed once.
    const meanwhile = this.#tiles.get(key);
    if (meanwhile) return meanwhile;
    if (value) this.#tiles.set(key, value);
    return value;
  }
}
