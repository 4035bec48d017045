/**
 * One shard of the lookup index: which attestations have a key under a prefix. Rebuildable from the log: it says when it
 * has nothing of what it should have, and takes the same rows again without harm.
 *
 * A row is a key and the attestation's index in the log; ids stand once beside them. Rows come in the order of the log,
 * so that the caps keep the same ones whenever the index is built.
 */
import { DurableObject } from 'cloudflare:workers';
import { concatBytes } from '#shared/bytes/bytes.ts';
import type { Env } from '../env.ts';
import { bytesOf, exact, Rows } from '../storage/rows.ts';
import { MAX_BUCKET } from './bucket.ts';
import { bucketOf } from './keys.ts';

/** Attestations kept for each key: what many outputs share identifies none of them. */
const MAX_PER_KEY = 16;
/** Longer than every key. */
const HIGHEST = new Uint8Array(32).fill(255);

/** What one attestation brings to this shard. */
export interface ShardItem {
  readonly index: number;
  readonly leaf: Uint8Array;
  /** Key after key. */
  readonly keys: Uint8Array;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 0), whole INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS attestations (n INTEGER PRIMARY KEY, leaf BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS rows (key BLOB NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (key, n)) WITHOUT ROWID;
`;
const INSERT = `INSERT OR IGNORE INTO rows SELECT ?1, ?2 WHERE (SELECT count(*) FROM rows WHERE key = ?1) < ${MAX_PER_KEY}`;
const INSERT_LEAVES =
  'INSERT OR IGNORE INTO attestations SELECT value, substr(?1, key * 32 + 1, 32) FROM json_each(?2)';
const COUNT = `SELECT count(*) AS n FROM (SELECT 1 FROM rows WHERE key BETWEEN ? AND ? LIMIT ${MAX_BUCKET})`;
const SELECT = 'SELECT key, leaf FROM rows JOIN attestations USING (n) WHERE key BETWEEN ? AND ? ORDER BY key, n';

/** The keys of a bucket are between these. */
function range(bucket: number): [ArrayBuffer, ArrayBuffer] {
  const prefix = Uint8Array.of(bucket >> 8, bucket & 255);
  return [exact(prefix), exact(concatBytes(prefix, HIGHEST))];
}

function* keysIn({ keys }: ShardItem, width: number): Generator<Uint8Array> {
  for (let at = 0; at + width <= keys.length; at += width) yield keys.subarray(at, at + width);
}

/** See the file's header. */
export class LookupDO extends DurableObject<Env> {
  readonly #rows: Rows;
  /** Rows of the buckets that were added to since this object was loaded. */
  readonly #sizes = new Map<number, number>();
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#rows = new Rows(ctx.storage);
    this.#rows.query(SCHEMA);
  }

  /** Begins an index that has nothing yet; what is there already stays. */
  begin(): void {
    this.#rows.query('INSERT OR IGNORE INTO state VALUES (0, 0)');
  }

  /** Everything that is in the log has been added: from now on buckets are answered. */
  complete(): void {
    this.#rows.query('UPDATE state SET whole = 1');
  }

  /** Adds rows that are not there yet; `false` where this shard was never begun, so that it lacks what came before. */
  add(width: number, items: readonly ShardItem[]): boolean {
    if (this.#rows.query('SELECT 1 FROM state').length === 0) return false;
    try {
      this.#rows.transaction(() => {
        const added = items.filter((item) => this.#addKeys(width, item));
        const leaves = exact(concatBytes(...added.map(({ leaf }) => leaf)));
        this.#rows.query(INSERT_LEAVES, leaves, JSON.stringify(added.map(({ index }) => index)));
      });
    } catch (thrown) {
      this.#sizes.clear();
      throw thrown;
    }
    return true;
  }

  /** Whether the index took any of them. */
  #addKeys(width: number, item: ShardItem): boolean {
    let isNew = false;
    for (const key of keysIn(item, width)) {
      const bucket = bucketOf(key);
      const size = this.#size(bucket);
      if (size >= MAX_BUCKET || !this.#rows.change(INSERT, exact(key), item.index)) continue;
      this.#sizes.set(bucket, size + 1);
      isNew = true;
    }
    return isNew;
  }

  #size(bucket: number): number {
    const known = this.#sizes.get(bucket);
    if (known !== undefined) return known;
    const size = Number(this.#rows.query(COUNT, ...range(bucket))[0]?.n);
    this.#sizes.set(bucket, size);
    return size;
  }

  /** Takes out what attestations brought: all their keys, as they were added. */
  remove(width: number, items: readonly ShardItem[]): void {
    this.#sizes.clear();
    this.#rows.transaction(() => {
      for (const item of items) {
        for (const key of keysIn(item, width)) {
          this.#rows.query('DELETE FROM rows WHERE key = ? AND n = ?', exact(key), item.index);
        }
        this.#rows.query('DELETE FROM attestations WHERE n = ?', item.index);
      }
    });
  }

  /** Everything under a prefix, key ‖ leaf each, in order; `undefined` while the index is being built. */
  bucket(bucket: number): Uint8Array | undefined {
    if (this.#rows.query('SELECT 1 FROM state WHERE whole = 1').length === 0) return undefined;
    const rows = this.#rows.query(SELECT, ...range(bucket));
    return concatBytes(...rows.flatMap(({ key, leaf }) => [bytesOf(key), bytesOf(leaf)]));
  }
}
