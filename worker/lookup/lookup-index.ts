/** The lookup index of one log, over its shards: which one holds which bucket, and how rows get in and out. */
import { concatBytes } from '#shared/bytes/bytes.ts';
import {
  type BucketEntry,
  bucketEntries,
  KEY_BYTES,
  LAYOUT,
  LOOKUP_ALGS,
  type LookupAlg,
  MAX_BUCKET,
} from './bucket.ts';
import { type IndexedItem, placedKeys } from './keys.ts';
import type { LookupDO, ShardItem } from './lookup-do.ts';

/** Shards of each algorithm, by the first bits of a key. Changing this, or what a shard holds, is another LAYOUT. */
const SHARDS = 8;
const BUCKETS_EACH = 65_536 / SHARDS;

/** A bucket as far as its shard keeps it. */
export interface ReadBucket {
  readonly entries: BucketEntry[];
  /** `false`: it is full, and more attestations may have keys in it. */
  readonly complete: boolean;
}

/** See the file's header. */
export class LookupIndex {
  readonly #namespace: DurableObjectNamespace<LookupDO>;
  readonly #log: () => string;
  /** `log`: a checkpoint origin. Each log has an index of its own, as rows go by the index in the log. */
  constructor(namespace: DurableObjectNamespace<LookupDO>, log: () => string) {
    this.#namespace = namespace;
    this.#log = log;
  }

  #shard(alg: LookupAlg, shard: number): DurableObjectStub<LookupDO> {
    return this.#namespace.getByName(`${this.#log()} ${LAYOUT} ${alg}/${shard}`);
  }

  #all(): DurableObjectStub<LookupDO>[] {
    return LOOKUP_ALGS.flatMap((alg) => Array.from({ length: SHARDS }, (_, shard) => this.#shard(alg, shard)));
  }

  /** Before the first rows of an index. */
  async begin(): Promise<void> {
    await Promise.all(this.#all().map((shard) => shard.begin()));
  }

  /** Once every row of the log is in it. */
  async complete(): Promise<void> {
    await Promise.all(this.#all().map((shard) => shard.complete()));
  }

  /** Adds rows; repeating it changes nothing. `false` where a shard has lost what it had. */
  async add(items: readonly IndexedItem[]): Promise<boolean> {
    const added = this.#each(items, (shard, width, shardItems) => shard.add(width, shardItems));
    return (await Promise.all(added)).every(Boolean);
  }

  /** Takes rows out again; repeating it changes nothing. */
  async remove(items: readonly IndexedItem[]): Promise<void> {
    await Promise.all(this.#each(items, (shard, width, shardItems) => shard.remove(width, shardItems)));
  }

  /** One call to each shard that is concerned. */
  #each<T>(
    items: readonly IndexedItem[],
    call: (shard: DurableObjectStub<LookupDO>, width: number, items: ShardItem[]) => T,
  ): T[] {
    const parts = new Map<string, { alg: LookupAlg; shard: number; items: ShardItem[] }>();
    for (const { index, leaf, keys } of items) {
      const byShard = new Map<string, { alg: LookupAlg; shard: number; keys: Uint8Array[] }>();
      for (const { alg, bucket, key } of placedKeys(keys)) {
        const shard = Math.floor(bucket / BUCKETS_EACH);
        const name = `${alg}/${shard}`;
        const part = byShard.get(name) ?? { alg, shard, keys: [] };
        byShard.set(name, part);
        part.keys.push(key);
      }
      for (const [name, { alg, shard, keys: shardKeys }] of byShard) {
        const part = parts.get(name) ?? { alg, shard, items: [] };
        parts.set(name, part);
        part.items.push({ index, leaf, keys: concatBytes(...shardKeys) });
      }
    }
    return [...parts.values()].map(({ alg, shard, items: shardItems }) =>
      call(this.#shard(alg, shard), KEY_BYTES[alg], shardItems),
    );
  }

  /** Everything under a prefix of four hex digits; `undefined` while its shard is being built. */
  async bucket(alg: LookupAlg, prefix: string): Promise<ReadBucket | undefined> {
    const bucket = Number.parseInt(prefix, 16);
    const rows = await this.#shard(alg, Math.floor(bucket / BUCKETS_EACH)).bucket(bucket);
    if (!rows) return undefined;
    const entries = bucketEntries(alg, rows);
    return { entries, complete: entries.length < MAX_BUCKET };
  }
}
