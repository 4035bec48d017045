/**
 * The sequencer's SQLite: the lock (the tree head that compare-and-swap protects), staged objects, and indexes that
 * can be rebuilt from the entries. `commit` is the one place where the log grows. See SCHEMA.md.
 */
import type { Sample } from '../observability/metrics.ts';
import type { KeyState } from '../sequencer/admission.ts';
import { ContentTables, placeColumns } from './content-tables.ts';
import { type EntryRow, EntryTables } from './entry-tables.ts';
import { HashIndex } from './hash-index.ts';
import type { Place } from './packs.ts';
import { bytesOf, exact, Rows } from './rows.ts';
import { type Carried, type End, ShardTables } from './shard-tables.ts';

/** The committed tree head. */
export interface Lock {
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed note, without cosignatures. */
  readonly checkpoint: string;
}

/** An object staged for upload. */
export interface StagedObject {
  readonly key: string;
  readonly value: Uint8Array;
  /** For partial tiles and bundles: the tree size from which the full one exists. */
  readonly fullAt?: number;
}

/** The stored pack of a round, and content in it that entries of earlier rounds have lacked. */
export interface PackRow {
  readonly key: string;
  readonly brought: readonly { readonly index: number; readonly place: Place }[];
}

/** Which keys are asked for. */
export type KeysOf =
  | { readonly kid: Uint8Array }
  | { readonly kids: readonly Uint8Array[] }
  | { readonly issuer: string }
  /** In the order of their ids. */
  | { readonly after: Uint8Array; readonly limit: number };

function whereKeys(of: Exclude<KeysOf, { kids: unknown }>): readonly [string, SqlStorageValue] {
  if ('kid' in of) return ['kid = ?', exact(of.kid)];
  return 'issuer' in of ? ['issuer = ?', of.issuer] : [`kid > ? ORDER BY kid LIMIT ${of.limit}`, exact(of.after)];
}

/** Everything one round changes. */
export interface Commit {
  readonly oldSize: number;
  readonly lock: Lock;
  readonly staged: readonly StagedObject[];
  readonly entries: readonly EntryRow[];
  readonly keys: readonly KeyState[];
  readonly pack?: PackRow | undefined;
  readonly carried?: Carried | undefined;
  readonly end?: End | undefined;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS lock (id INTEGER PRIMARY KEY CHECK (id = 0), size INTEGER NOT NULL, root BLOB NOT NULL, checkpoint TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS staged (key TEXT PRIMARY KEY, value BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS partials (key TEXT PRIMARY KEY, full_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS partials_by_size ON partials (full_at);
  CREATE TABLE IF NOT EXISTS keys (kid BLOB PRIMARY KEY, issuer TEXT NOT NULL, public_key BLOB NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS keys_by_issuer ON keys (issuer);
  CREATE TABLE IF NOT EXISTS event_time (id INTEGER PRIMARY KEY CHECK (id = 0), at INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS witnesses (name TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
`;

const KEY_STATES = ['active', 'retired', 'quarantined', 'revoked'] as const;

/** Row access for one sequencer. */
export class LogTables {
  readonly content: ContentTables;
  readonly entries: EntryTables;
  readonly shard: ShardTables;
  readonly hashes: HashIndex;
  readonly #db: Rows;
  constructor(storage: DurableObjectStorage) {
    this.#db = new Rows(storage);
    this.#db.query(SCHEMA);
    this.hashes = new HashIndex(this.#db);
    this.content = new ContentTables(this.#db, this.hashes);
    this.entries = new EntryTables(this.#db, this.hashes, this.content);
    this.shard = new ShardTables(this.#db);
  }

  lock(): Lock | undefined {
    const [row] = this.#query('SELECT size, root, checkpoint FROM lock');
    return row && { size: Number(row.size), root: bytesOf(row.root), checkpoint: String(row.checkpoint) };
  }

  /**
   * Stages and swaps in one transaction: either all of it is durable or none.
   * @throws Error when the committed size is no longer `oldSize`; nothing has changed then
   */
  commit(commit: Commit): void {
    try {
      this.#db.transaction(() => this.#change(commit));
    } catch (thrown) {
      this.hashes.forget();
      throw thrown;
    }
  }

  #change(commit: Commit): void {
    if ((this.lock()?.size ?? 0) !== commit.oldSize) throw new Error('compare-and-swap: the committed size has moved');
    const { size, root, checkpoint } = commit.lock;
    const lock = [size, exact(root), checkpoint] as const;
    this.#query('INSERT OR REPLACE INTO lock (id, size, root, checkpoint) VALUES (0, ?, ?, ?)', ...lock);
    for (const { key, value, fullAt } of commit.staged) {
      this.#query('INSERT OR REPLACE INTO staged (key, value) VALUES (?, ?)', key, exact(value));
      if (fullAt !== undefined)
        this.#query('INSERT OR REPLACE INTO partials (key, full_at) VALUES (?, ?)', key, fullAt);
    }
    const pack = commit.pack && this.content.addPack(commit.pack.key);
    this.entries.add(commit.entries, pack);
    for (const { index, place } of commit.pack?.brought ?? []) this.content.bring(index, placeColumns(pack, place));
    if (commit.carried) this.shard.carry(commit.carried);
    if (commit.end) this.shard.setEnd(commit.end);
    for (const key of commit.keys) {
      const row = [exact(key.kid), key.issuer, exact(key.publicKey), key.state] as const;
      this.#query('INSERT OR REPLACE INTO keys (kid, issuer, public_key, state) VALUES (?, ?, ?, ?)', ...row);
    }
  }

  #query(query: string, ...bindings: SqlStorageValue[]): Record<string, SqlStorageValue>[] {
    return this.#db.query(query, ...bindings);
  }

  staged(): StagedObject[] {
    return this.#query('SELECT key, value FROM staged').map((row) => ({
      key: String(row.key),
      value: bytesOf(row.value),
    }));
  }

  /** Forgets exactly what was uploaded: another round may have staged more meanwhile. */
  clearStaged(keys: readonly string[]): void {
    this.#db.transaction(() => {
      for (const key of keys) this.#query('DELETE FROM staged WHERE key = ?', key);
    });
  }

  /** Partial tiles and bundles whose full one exists in a tree of `size`. */
  superseded(size: number, limit: number): string[] {
    const query = 'SELECT key FROM partials WHERE full_at <= ? ORDER BY full_at LIMIT ?';
    return this.#query(query, size, limit).map(({ key }) => String(key));
  }

  forgetPartials(keys: readonly string[]): void {
    this.#db.transaction(() => {
      for (const key of keys) this.#query('DELETE FROM partials WHERE key = ?', key);
    });
  }

  key(kid: Uint8Array): KeyState | undefined {
    return this.keys({ kid })[0];
  }

  keys(of: KeysOf): KeyState[] {
    if ('kids' in of) return of.kids.flatMap((kid) => this.keys({ kid }));
    const [where, value] = whereKeys(of);
    return this.#query(`SELECT kid, issuer, public_key, state FROM keys WHERE ${where}`, value).map((row) => ({
      kid: bytesOf(row.kid),
      issuer: String(row.issuer),
      publicKey: bytesOf(row.public_key),
      state: KEY_STATES.find((state) => state === row.state) ?? 'revoked',
    }));
  }

  /** `now`, or the latest time this ever answered if that is later: seconds that never fall, whatever the clock does. */
  eventTime(now: number): number {
    const query =
      'INSERT INTO event_time (id, at) VALUES (0, ?) ON CONFLICT (id) DO UPDATE SET at = max(at, excluded.at) RETURNING at';
    return Number(this.#query(query, now)[0]?.at ?? now);
  }

  /** The size a witness last cosigned, as far as we know. */
  witnessSize(name: string): number {
    const [row] = this.#query('SELECT size FROM witnesses WHERE name = ?', name);
    return Number(row?.size ?? 0);
  }

  /** What monitoring asks about these tables. */
  gauges(): Sample[] {
    const staged = Number(this.#query('SELECT count(*) AS n FROM staged')[0]?.n ?? 0);
    return [
      { name: 'staged_objects', value: staged },
      { name: 'undelivered_packs', value: this.content.undelivered(1000).length },
      ...this.#query('SELECT name, size FROM witnesses').map(
        ({ name, size }): Sample => ({ name: 'witness_size', label: ['witness', String(name)], value: Number(size) }),
      ),
    ];
  }

  setWitnessSize(name: string, size: number): void {
    this.#query('INSERT OR REPLACE INTO witnesses (name, size) VALUES (?, ?)', name, size);
  }
}
