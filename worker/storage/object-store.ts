/**
 * Durable objects by name: tiles, checkpoints, claims. Written once or replaced whole; strong read-after-write, no
 * transactions. Production is R2; tests wrap it to fail before or after each write.
 */

/** The store as the sequencer and the routes see it. */
export interface ObjectStore {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, value: Uint8Array): Promise<void>;
  /** Stores only where nothing is stored; says whether it did. */
  putNew(key: string, value: Uint8Array): Promise<boolean>;
  delete(key: string): Promise<void>;
}

/** An R2 bucket as an object store. */
export class R2ObjectStore implements ObjectStore {
  readonly #bucket: R2Bucket;
  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const object = await this.#bucket.get(key);
    return object ? new Uint8Array(await object.arrayBuffer()) : undefined;
  }

  async put(key: string, value: Uint8Array): Promise<void> {
    await this.#bucket.put(key, value);
  }

  async putNew(key: string, value: Uint8Array): Promise<boolean> {
    const stored = await this.#bucket.put(key, value, { onlyIf: { etagDoesNotMatch: '*' } });
    return stored !== null;
  }

  async delete(key: string): Promise<void> {
    await this.#bucket.delete(key);
  }
}
