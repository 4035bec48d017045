/**
 * When filters are built and what readers are told of them. Shards that got new keys are noted; an alarm builds them, a few
 * at a time, then signs the list of all filters. A crash at any point leaves the list before it, and the next alarm goes on.
 */
import { DurableObject } from 'cloudflare:workers';
import { fromBase64Url } from '#shared/bytes/base64.ts';
import { type FilterEntry, MAX_FILTERS, signManifest } from '#shared/filter/manifest.ts';
import { type Env, filterObjects, readConfig } from '../env.ts';
import { log, messageOf } from '../observability/logger.ts';
import { MANIFEST_KEY, putText } from '../storage/log-store.ts';
import { type ObjectStore, R2ObjectStore } from '../storage/object-store.ts';
import type { BuiltFilter } from './filter-shard-do.ts';

/** Filters built in one alarm: a few seconds at their largest. */
const BUILDS_PER_ALARM = 4;

interface ShardRow {
  readonly [column: string]: SqlStorageValue;
  readonly name: string;
  readonly filters: string;
}

/** See the file's header. */
export class FilterCatalogueDO extends DurableObject<Env> {
  /** Replaced by tests to fail before or after a write. */
  store: ObjectStore;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = new R2ObjectStore(env.LOG_BUCKET);
    ctx.storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS shards (name TEXT PRIMARY KEY, filters TEXT, wanted INTEGER, building INTEGER) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS covered (id INTEGER PRIMARY KEY, log TEXT, as_of INTEGER, building_log TEXT, building_as_of INTEGER);
      INSERT OR IGNORE INTO covered VALUES (0, '', 0, '', 0);
    `);
  }

  /** Notes shards that have new keys, and up to which size of the open log all keys have been delivered. */
  async note(names: readonly string[], asOf?: { readonly log: string; readonly size: number }): Promise<void> {
    const { sql } = this.ctx.storage;
    this.ctx.storage.transactionSync(() => {
      const want = "INSERT INTO shards VALUES (?, '[]', 1, 0) ON CONFLICT (name) DO UPDATE SET wanted = 1";
      for (const name of names) sql.exec(want, name);
      if (!asOf) return;
      const cover = 'UPDATE covered SET as_of = CASE log WHEN ?1 THEN max(as_of, ?2) ELSE ?2 END, log = ?1';
      sql.exec(cover, asOf.log, asOf.size);
    });
    if ((await this.ctx.storage.getAlarm()) === null) await this.#arm(readConfig(this.env).filterSeconds * 1000);
  }

  /** Builds a part of what is due; when nothing is left, signs. */
  override async alarm(): Promise<void> {
    try {
      this.#startRound();
      for (let n = 0; n < BUILDS_PER_ALARM; n++) if (!(await this.#buildOne())) return await this.#finishRound();
      await this.#arm(0);
    } catch (thrown) {
      log('error', 'filters-failed', { error: messageOf(thrown) });
      await this.#arm(readConfig(this.env).filterSeconds * 1000);
    }
  }

  /** A round builds what was wanted when it began; what comes meanwhile waits, so that every round ends. */
  #startRound(): void {
    if (this.#count('building') > 0) return;
    this.ctx.storage.transactionSync(() => {
      this.ctx.storage.sql.exec('UPDATE shards SET building = wanted, wanted = 0');
      this.ctx.storage.sql.exec('UPDATE covered SET building_log = log, building_as_of = as_of');
    });
  }

  async #buildOne(): Promise<boolean> {
    const query = 'SELECT name, filters FROM shards WHERE building = 1 ORDER BY name LIMIT 1';
    const [shard] = this.ctx.storage.sql.exec<ShardRow>(query).toArray();
    if (!shard) return false;
    const { filters, more } = await filterObjects(this.env).shard(shard.name).build(shard.name);
    const done = 'UPDATE shards SET filters = ?, building = ? WHERE name = ?';
    this.ctx.storage.sql.exec(done, JSON.stringify(filters), more ? 1 : 0, shard.name);
    return true;
  }

  async #finishRound(): Promise<void> {
    const { origin, registrar, oprf } = readConfig(this.env);
    const { sql } = this.ctx.storage;
    const covered = sql.exec<{ log: string; size: number }>(
      'SELECT building_log AS log, building_as_of AS size FROM covered',
    );
    const { log: ofLog, size } = covered.one();
    const filters = sql.exec<ShardRow>('SELECT name, filters FROM shards ORDER BY name').toArray().flatMap(entriesOf);
    if (filters.length > MAX_FILTERS) log('error', 'filters-too-many', { filters: filters.length });
    const at = Math.floor(Date.now() / 1000);
    const listed = filters.slice(0, MAX_FILTERS);
    const asOf = ofLog === origin ? size : 0;
    const manifest = { log: origin, asOf, at, filters: listed, ...(oprf && { oprf: oprf.publicKey }) };
    await putText(this.store, MANIFEST_KEY, signManifest(manifest, registrar));
    if (this.#count('wanted') > 0) await this.#arm(readConfig(this.env).filterSeconds * 1000);
  }

  #count(column: 'wanted' | 'building'): number {
    const query = `SELECT count(*) AS n FROM shards WHERE ${column} = 1`;
    return this.ctx.storage.sql.exec<{ n: number }>(query).one().n;
  }

  #arm(wait: number): Promise<void> {
    return this.ctx.storage.setAlarm(Date.now() + wait);
  }
}

function entriesOf({ name, filters }: ShardRow): FilterEntry[] {
  return (JSON.parse(filters) as BuiltFilter[]).map(({ digest, count, size }) => ({
    name,
    count,
    size,
    digest: fromBase64Url(digest) ?? new Uint8Array(),
  }));
}
