/** The objects of one shard: what every log calls `log/…` stands under the shard's own prefix; packs are common to all. */
import type { ByteRange, ObjectStore, Versioned } from './object-store.ts';

/** See the file's header. */
export class ShardStore implements ObjectStore {
  readonly #inner: ObjectStore;
  readonly #prefix: () => string;
  /** The prefix is asked for at each use: who makes the store may not know its configuration yet. */
  constructor(inner: ObjectStore, prefix: () => string) {
    this.#inner = inner;
    this.#prefix = prefix;
  }

  #key(key: string): string {
    return key.replace(/^log\//, this.#prefix());
  }

  get(key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    return this.#inner.get(this.#key(key), range);
  }

  put(key: string, value: Uint8Array): Promise<void> {
    return this.#inner.put(this.#key(key), value);
  }

  putNew(key: string, value: Uint8Array): Promise<boolean> {
    return this.#inner.putNew(this.#key(key), value);
  }

  getVersioned(key: string): Promise<Versioned | undefined> {
    return this.#inner.getVersioned(this.#key(key));
  }

  replace(key: string, value: Uint8Array, version: string | undefined): Promise<string | undefined> {
    return this.#inner.replace(this.#key(key), value, version);
  }

  delete(...keys: readonly string[]): Promise<void> {
    return this.#inner.delete(...keys.map((key) => this.#key(key)));
  }
}
