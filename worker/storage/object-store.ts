/**
 * Durable objects by name: tiles, checkpoints, claims. Written once or replaced whole; strong read-after-write, no
 * transactions. Production is R2; tests wrap it to fail before or after each write.
 */

/** The store as the sequencer and the routes see it. */
export interface ObjectStore {
  /** The whole value, or a part of it. */
  get(key: string, range?: ByteRange): Promise<Uint8Array | undefined>;
  put(key: string, value: Uint8Array): Promise<void>;
  /** Stores only where nothing is stored; says whether it did. */
  putNew(key: string, value: Uint8Array): Promise<boolean>;
  /** What is stored with its version, for `replace`. */
  getVersioned(key: string): Promise<Versioned | undefined>;
  /**
   * Replaces the version that the caller knows, `undefined` for nothing stored, and answers the new one; `undefined`
   * where something else is stored by now. A put that was given up and arrives late changes nothing this way.
   */
  replace(key: string, value: Uint8Array, version: string | undefined): Promise<string | undefined>;
  /** Deletes up to 1,000 keys (R2's limit); absent ones are no error. */
  delete(...keys: readonly string[]): Promise<void>;
}

/** A part of a value, in bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** A stored value and the name of its version. */
export interface Versioned {
  readonly value: Uint8Array;
  readonly version: string;
}

/** An R2 bucket as an object store. */
export class R2ObjectStore implements ObjectStore {
  readonly #bucket: R2Bucket;
  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  async get(key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    const object = await this.#bucket.get(key, range && { range });
    return object ? new Uint8Array(await object.arrayBuffer()) : undefined;
  }

  async put(key: string, value: Uint8Array): Promise<void> {
    await this.#bucket.put(key, value);
  }

  async putNew(key: string, value: Uint8Array): Promise<boolean> {
    const stored = await this.#bucket.put(key, value, { onlyIf: { etagDoesNotMatch: '*' } });
    return stored !== null;
  }

  async getVersioned(key: string): Promise<Versioned | undefined> {
    const object = await this.#bucket.get(key);
    return object ? { value: new Uint8Array(await object.arrayBuffer()), version: object.etag } : undefined;
  }

  async replace(key: string, value: Uint8Array, version: string | undefined): Promise<string | undefined> {
    const onlyIf = version === undefined ? { etagDoesNotMatch: '*' } : { etagMatches: version };
    const stored = await this.#bucket.put(key, value, { onlyIf });
    return stored?.etag;
  }

  async delete(...keys: readonly string[]): Promise<void> {
    await this.#bucket.delete([...keys]);
  }
}
