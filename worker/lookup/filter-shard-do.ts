/**
 * The filters of one lookup shard: every key that was delivered, in the order it came, and filters over stretches of them. A
 * build covers what is new, together with older filters that have become small beside it; so a reader who comes back fetches
 * little, and a shard has few filters. Rebuildable from the log.
 */
import { DurableObject } from 'cloudflare:workers';
import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { buildFilter } from '#shared/filter/build-filter.ts';
import { encodeFilter } from '#shared/filter/filter.ts';
import { MAX_KEYS } from '#shared/filter/layout.ts';
import type { Env } from '../env.ts';
import { filterKeyOf } from '../storage/log-store.ts';
import { type ObjectStore, R2ObjectStore } from '../storage/object-store.ts';

/** An older filter is built again into a new one when it has fewer than so many times its keys. */
const GROWTH = 8;
/** How long a filter that no manifest names any more can still be fetched. */
const GRACE_MS = 24 * 60 * 60_000;

/** A filter as the manifest names it. */
export interface BuiltFilter {
  readonly digest: string;
  readonly count: number;
  readonly size: number;
}

interface Stretch extends BuiltFilter {
  readonly [column: string]: SqlStorageValue;
  readonly first: number;
  readonly last: number;
}

/** See the file's header. */
export class FilterShardDO extends DurableObject<Env> {
  /** Replaced by tests to fail before or after a write. */
  store: ObjectStore;
  /** The most keys of one filter; smaller in tests. */
  maxKeys = MAX_KEYS;
  #last: Promise<unknown> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = new R2ObjectStore(env.LOG_BUCKET);
    ctx.storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS filter_keys (seq INTEGER PRIMARY KEY AUTOINCREMENT, key INTEGER UNIQUE);
      CREATE TABLE IF NOT EXISTS filters (digest TEXT PRIMARY KEY, first INTEGER, last INTEGER, count INTEGER, size INTEGER, state TEXT, at INTEGER) WITHOUT ROWID;
    `);
  }

  /** Adds keys that are not there yet. */
  add(keys: readonly number[]): void {
    const insert = 'INSERT OR IGNORE INTO filter_keys (key) SELECT value FROM json_each(?)';
    this.ctx.storage.sql.exec(insert, JSON.stringify(keys));
  }

  /** Builds at most one filter under this name and answers all there are; a second call waits for the first. */
  build(name: string): Promise<{ readonly filters: BuiltFilter[]; readonly more: boolean }> {
    const run = async () => ({ filters: await this.#build(name), more: this.#covered() < this.#newest() });
    const built = this.#last.then(run);
    this.#last = built.catch(() => undefined);
    return built;
  }

  async #build(name: string): Promise<BuiltFilter[]> {
    await this.#collect();
    const next = this.#nextStretch();
    if (next) {
      const keys = new Float64Array(next.count);
      let at = 0;
      const query = 'SELECT key FROM filter_keys WHERE seq >= ? AND seq <= ?';
      for (const { key } of this.#rows<{ key: number }>(query, next.first, next.last)) keys[at++] = key;
      // Drawn at random: nobody can choose fingerprints that no filter can hold.
      const bytes = encodeFilter(buildFilter(name, keys, crypto.getRandomValues(new Uint32Array(1))[0] as number));
      const digest = toBase64Url(sha256(bytes));
      const row = [digest, next.first, next.last, next.count, bytes.length, 'pending', Date.now()];
      this.ctx.storage.sql.exec('INSERT INTO filters VALUES (?, ?, ?, ?, ?, ?, ?)', ...row);
      await this.store.put(filterKeyOf(digest), bytes);
      this.ctx.storage.transactionSync(() => {
        const supersede = "UPDATE filters SET state = 'superseded', at = ? WHERE state = 'current' AND first >= ?";
        this.ctx.storage.sql.exec(supersede, Date.now(), next.first);
        this.ctx.storage.sql.exec("UPDATE filters SET state = 'current' WHERE digest = ?", digest);
      });
    }
    return this.#current().map(({ digest, count, size }) => ({ digest, count, size }));
  }

  /** Deletes what a crash left half done, and what nobody is sent to any more. */
  async #collect(): Promise<void> {
    const query = "SELECT digest FROM filters WHERE state = 'pending' OR (state = 'superseded' AND at < ?) LIMIT 1000";
    const gone = this.#rows<{ digest: string }>(query, Date.now() - GRACE_MS);
    if (gone.length === 0) return;
    await this.store.delete(...gone.map(({ digest }) => filterKeyOf(digest)));
    for (const { digest } of gone) this.ctx.storage.sql.exec('DELETE FROM filters WHERE digest = ?', digest);
  }

  /** What is new, up to a whole filter, and the filters before it that go into the same one. */
  #nextStretch(): { first: number; last: number; count: number } | undefined {
    const covered = this.#covered();
    const bound = this.#rows<{ last: number | null; count: number }>(
      'SELECT max(seq) AS last, count(*) AS count FROM (SELECT seq FROM filter_keys WHERE seq > ? ORDER BY seq LIMIT ?)',
      covered,
      this.maxKeys,
    )[0];
    if (!bound?.last) return undefined;
    let [first, count] = [covered + 1, bound.count];
    for (const older of this.#current().reverse()) {
      if (older.count >= GROWTH * count || older.count + count > this.maxKeys) break;
      first = older.first;
      count += older.count;
    }
    return { first, last: bound.last, count };
  }

  #current(): Stretch[] {
    return this.#rows<Stretch>(
      "SELECT digest, first, last, count, size FROM filters WHERE state = 'current' ORDER BY first",
    );
  }

  #covered(): number {
    return this.#current().at(-1)?.last ?? 0;
  }

  #newest(): number {
    return this.#rows<{ seq: number | null }>('SELECT max(seq) AS seq FROM filter_keys')[0]?.seq ?? 0;
  }

  #rows<Row extends Record<string, SqlStorageValue>>(query: string, ...bindings: SqlStorageValue[]): Row[] {
    return this.ctx.storage.sql.exec<Row>(query, ...bindings).toArray();
  }
}
