/** One shard of the lookup index: which attestations have a digest under a prefix. Rebuildable from the log. */
import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';
import type { BucketEntry } from './bucket.ts';

/** Attestations kept per digest: a digest that many outputs share identifies none of them. */
const MAX_PER_DIGEST = 16;
/** Rows that one attestation may put into one bucket: passages of an honest output fall into 65,536 of them. */
const MAX_PER_ATTESTATION = 8;
/** Rows answered per bucket. */
const MAX_BUCKET = 4096;

/** See the file's header. */
export class LookupDO extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS rows (alg TEXT, prefix TEXT, suffix TEXT, id TEXT, PRIMARY KEY (alg, prefix, suffix, id)) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS rows_by_attestation ON rows (alg, prefix, id);
    `);
  }

  /** Adds rows that are not there yet. */
  add(rows: readonly { alg: string; prefix: string; suffix: string; id: string }[]): void {
    this.ctx.storage.transactionSync(() => {
      for (const { alg, prefix, suffix, id } of rows) {
        if (this.#count('suffix', alg, prefix, suffix) >= MAX_PER_DIGEST) continue;
        if (this.#count('id', alg, prefix, id) >= MAX_PER_ATTESTATION) continue;
        this.ctx.storage.sql.exec('INSERT OR IGNORE INTO rows VALUES (?, ?, ?, ?)', alg, prefix, suffix, id);
      }
    });
  }

  #count(column: 'suffix' | 'id', alg: string, prefix: string, value: string): number {
    const query = `SELECT count(*) AS n FROM rows WHERE alg = ? AND prefix = ? AND ${column} = ?`;
    return this.ctx.storage.sql.exec<{ n: number }>(query, alg, prefix, value).one().n;
  }

  /** Everything under a prefix. */
  bucket(alg: string, prefix: string): BucketEntry[] {
    return this.ctx.storage.sql
      .exec<{ suffix: string; id: string }>(
        'SELECT suffix, id FROM rows WHERE alg = ? AND prefix = ? ORDER BY suffix, id LIMIT ?',
        alg,
        prefix,
        MAX_BUCKET,
      )
      .toArray();
  }
}
