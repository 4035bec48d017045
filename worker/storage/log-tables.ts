/**
 * The sequencer's SQLite: the lock (the tree head that compare-and-swap protects), staged objects, and indexes that
 * can be rebuilt from the entries. `commit` is the one place where the log grows. See SCHEMA.md.
 */
import type { KeyState } from '../sequencer/admission.ts';

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

/** One index row for an entry. */
export interface EntryRow {
  readonly leaf: Uint8Array;
  readonly index: number;
  /** Signing key for outputs, subject key for key events. */
  readonly kid: Uint8Array;
  readonly isKeyEvent: boolean;
}

/** A digest to be found by lookup. */
export interface LookupRow {
  readonly alg: string;
  readonly digest: Uint8Array;
  readonly id: string;
}

/** Everything one round changes. */
export interface Commit {
  readonly oldSize: number;
  readonly lock: Lock;
  readonly staged: readonly StagedObject[];
  readonly entries: readonly EntryRow[];
  readonly keys: readonly KeyState[];
  readonly lookups: readonly LookupRow[];
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS lock (id INTEGER PRIMARY KEY CHECK (id = 0), size INTEGER NOT NULL, root BLOB NOT NULL, checkpoint TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS staged (key TEXT PRIMARY KEY, value BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS partials (key TEXT PRIMARY KEY, full_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS partials_by_size ON partials (full_at);
  CREATE TABLE IF NOT EXISTS entries (leaf BLOB PRIMARY KEY, idx INTEGER NOT NULL, kid BLOB NOT NULL, key_event INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS key_events ON entries (kid, idx) WHERE key_event = 1;
  CREATE TABLE IF NOT EXISTS keys (kid BLOB PRIMARY KEY, issuer TEXT NOT NULL, public_key BLOB NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS keys_by_issuer ON keys (issuer);
  CREATE TABLE IF NOT EXISTS outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, alg TEXT NOT NULL, digest BLOB NOT NULL, id TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS event_time (id INTEGER PRIMARY KEY CHECK (id = 0), at INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS witnesses (name TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
`;

const KEY_STATES = ['active', 'retired', 'quarantined', 'revoked'] as const;

const bytes = (value: SqlStorageValue | undefined): Uint8Array =>
  value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array();

/** Row access for one sequencer. */
export class LogTables {
  readonly #storage: DurableObjectStorage;
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    storage.sql.exec(SCHEMA);
  }

  #rows(query: string, ...bindings: SqlStorageValue[]): Record<string, SqlStorageValue>[] {
    return this.#storage.sql.exec(query, ...bindings).toArray();
  }

  lock(): Lock | undefined {
    const [row] = this.#rows('SELECT size, root, checkpoint FROM lock');
    return row && { size: Number(row.size), root: bytes(row.root), checkpoint: String(row.checkpoint) };
  }

  /**
   * Stages and swaps in one transaction: either all of it is durable or none.
   * @throws Error when the committed size is no longer `oldSize`; nothing has changed then
   */
  commit(commit: Commit): void {
    this.#storage.transactionSync(() => {
      if ((this.lock()?.size ?? 0) !== commit.oldSize)
        throw new Error('compare-and-swap: the committed size has moved');
      const { size, root, checkpoint } = commit.lock;
      this.#rows(
        'INSERT OR REPLACE INTO lock (id, size, root, checkpoint) VALUES (0, ?, ?, ?)',
        size,
        exact(root),
        checkpoint,
      );
      for (const { key, value, fullAt } of commit.staged) {
        this.#rows('INSERT OR REPLACE INTO staged (key, value) VALUES (?, ?)', key, exact(value));
        if (fullAt !== undefined)
          this.#rows('INSERT OR REPLACE INTO partials (key, full_at) VALUES (?, ?)', key, fullAt);
      }
      for (const entry of commit.entries) {
        const row = [exact(entry.leaf), entry.index, exact(entry.kid), entry.isKeyEvent ? 1 : 0] as const;
        this.#rows('INSERT OR IGNORE INTO entries (leaf, idx, kid, key_event) VALUES (?, ?, ?, ?)', ...row);
      }
      for (const key of commit.keys) {
        const row = [exact(key.kid), key.issuer, exact(key.publicKey), key.state] as const;
        this.#rows('INSERT OR REPLACE INTO keys (kid, issuer, public_key, state) VALUES (?, ?, ?, ?)', ...row);
      }
      this.#toOutbox(commit.lookups);
    });
  }

  /** Lookup rows of an entry that is logged already; delivering a row again changes nothing. */
  addLookups(lookups: readonly LookupRow[]): void {
    this.#storage.transactionSync(() => this.#toOutbox(lookups));
  }

  #toOutbox(lookups: readonly LookupRow[]): void {
    for (const { alg, digest, id } of lookups) {
      this.#rows('INSERT INTO outbox (alg, digest, id) VALUES (?, ?, ?)', alg, exact(digest), id);
    }
  }

  staged(): StagedObject[] {
    return this.#rows('SELECT key, value FROM staged').map((row) => ({
      key: String(row.key),
      value: bytes(row.value),
    }));
  }

  /** Forgets exactly what was uploaded: another round may have staged more meanwhile. */
  clearStaged(keys: readonly string[]): void {
    this.#storage.transactionSync(() => {
      for (const key of keys) this.#rows('DELETE FROM staged WHERE key = ?', key);
    });
  }

  /** Partial tiles and bundles whose full one exists in a tree of `size`. */
  superseded(size: number, limit: number): string[] {
    const query = 'SELECT key FROM partials WHERE full_at <= ? ORDER BY full_at LIMIT ?';
    return this.#rows(query, size, limit).map(({ key }) => String(key));
  }

  forgetPartials(keys: readonly string[]): void {
    this.#storage.transactionSync(() => {
      for (const key of keys) this.#rows('DELETE FROM partials WHERE key = ?', key);
    });
  }

  /** The index of an entry, by leaf hash. */
  indexOf(leaf: Uint8Array): number | undefined {
    const [row] = this.#rows('SELECT idx FROM entries WHERE leaf = ?', exact(leaf));
    return row && Number(row.idx);
  }

  /** The signing key of an entry and the indices of every key event about it. */
  entry(leaf: Uint8Array): { index: number; kid: Uint8Array; events: number[] } | undefined {
    const [row] = this.#rows('SELECT idx, kid FROM entries WHERE leaf = ?', exact(leaf));
    if (!row) return undefined;
    const kid = bytes(row.kid);
    return { index: Number(row.idx), kid, events: this.eventsAbout(kid) };
  }

  /** The indices of every key event about a key. */
  eventsAbout(kid: Uint8Array): number[] {
    const query = 'SELECT idx FROM entries WHERE kid = ? AND key_event = 1 ORDER BY idx';
    return this.#rows(query, exact(kid)).map(({ idx }) => Number(idx));
  }

  key(kid: Uint8Array): KeyState | undefined {
    return this.#keys('kid = ?', exact(kid))[0];
  }

  keysOf(issuer: string): KeyState[] {
    return this.#keys('issuer = ?', issuer);
  }

  #keys(where: string, value: SqlStorageValue): KeyState[] {
    return this.#rows(`SELECT kid, issuer, public_key, state FROM keys WHERE ${where}`, value).map((row) => ({
      kid: bytes(row.kid),
      issuer: String(row.issuer),
      publicKey: bytes(row.public_key),
      state: KEY_STATES.find((state) => state === row.state) ?? 'revoked',
    }));
  }

  /** `now`, or the latest time this ever answered if that is later: seconds that never fall, whatever the clock does. */
  eventTime(now: number): number {
    const query =
      'INSERT INTO event_time (id, at) VALUES (0, ?) ON CONFLICT (id) DO UPDATE SET at = max(at, excluded.at) RETURNING at';
    return Number(this.#rows(query, now)[0]?.at ?? now);
  }

  /** The oldest undelivered lookup rows. */
  outbox(limit: number): (LookupRow & { seq: number })[] {
    return this.#rows('SELECT seq, alg, digest, id FROM outbox ORDER BY seq LIMIT ?', limit).map((row) => ({
      seq: Number(row.seq),
      alg: String(row.alg),
      digest: bytes(row.digest),
      id: String(row.id),
    }));
  }

  delivered(upToSeq: number): void {
    this.#rows('DELETE FROM outbox WHERE seq <= ?', upToSeq);
  }

  /** The size a witness last cosigned, as far as we know. */
  witnessSize(name: string): number {
    const [row] = this.#rows('SELECT size FROM witnesses WHERE name = ?', name);
    return Number(row?.size ?? 0);
  }

  setWitnessSize(name: string, size: number): void {
    this.#rows('INSERT OR REPLACE INTO witnesses (name, size) VALUES (?, ?)', name, size);
  }
}

/** SQLite takes ArrayBuffers: exactly the bytes of the view, not the buffer behind it. */
const exact = (view: Uint8Array): ArrayBuffer => view.slice().buffer;
