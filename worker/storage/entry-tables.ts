/** Where each entry is: the sequencer's index of the log, which can be rebuilt from it. See SCHEMA.md. */
import { toHex } from '#shared/bytes/hex.ts';
import { type ContentTables, type KnownEntry, placeColumns } from './content-tables.ts';
import type { Place } from './packs.ts';
import { bytesOf, exact, type Rows } from './rows.ts';

/** One index row for an entry. */
export interface EntryRow {
  readonly leaf: Uint8Array;
  readonly index: number;
  /** Signing key for outputs, subject key for key events. */
  readonly kid: Uint8Array;
  readonly isKeyEvent: boolean;
  /** SHA-256 of what the statement is over. */
  readonly digest: Uint8Array;
  /** Where its content stands in the round's pack, if it was brought. */
  readonly place?: Place | undefined;
}

/** Where an entry is, and what is known of its content. */
export interface Indexed {
  readonly index: number;
  readonly hasContent: boolean;
  readonly isWithdrawn: boolean;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (leaf BLOB PRIMARY KEY, idx INTEGER NOT NULL, kid BLOB NOT NULL, key_event INTEGER NOT NULL,
    digest BLOB NOT NULL, pack INTEGER, at INTEGER, preimage_length INTEGER, attachments_length INTEGER) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS key_events ON entries (kid, idx) WHERE key_event = 1;
  CREATE INDEX IF NOT EXISTS entries_by_digest ON entries (digest);
`;

/** SQLite of a Durable Object binds a hundred values to a query. */
const MAX_BOUND = 100;
const INSERT = 'INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';
const selectLeaves = (leaves: number): string =>
  `SELECT leaf, idx, pack, digest FROM entries WHERE leaf IN (${Array(leaves).fill('?').join()})`;
const MAX_REMEMBERED = 1024;

/** See the file's header. */
export class EntryTables {
  readonly #rows: Rows;
  readonly #content: ContentTables;
  /** Asked for with every submission, changed by few rounds. */
  readonly #events = new Map<string, readonly number[]>();
  constructor(rows: Rows, content: ContentTables) {
    this.#rows = rows;
    this.#content = content;
    rows.query(SCHEMA);
  }

  /** Adds entries; `pack` is the number of the pack that their places are in. Part of a commit. */
  add(entries: readonly EntryRow[], pack: number | undefined): void {
    if (entries.some(({ isKeyEvent }) => isKeyEvent)) this.#events.clear();
    for (const { leaf, index, kid, isKeyEvent, digest, place } of entries) {
      const own = [exact(leaf), index, exact(kid), isKeyEvent ? 1 : 0, exact(digest)] as const;
      this.#rows.query(INSERT, ...own, ...placeColumns(pack, place));
    }
  }

  /** Where entries are, by leaf hash in hexadecimal, and whether their content was brought and withdrawn. */
  indexesOf(leaves: readonly Uint8Array[]): ReadonlyMap<string, Indexed> {
    const found = new Map<string, Indexed>();
    for (let at = 0; at < leaves.length; at += MAX_BOUND) {
      const asked = leaves.slice(at, at + MAX_BOUND).map(exact);
      for (const { leaf, idx, pack, digest } of this.#rows.query(selectLeaves(asked.length), ...asked)) {
        const isWithdrawn = this.#content.isWithdrawn(bytesOf(digest));
        found.set(toHex(bytesOf(leaf)), { index: Number(idx), hasContent: pack !== null, isWithdrawn });
      }
    }
    return found;
  }

  /** The same for one. */
  indexOf(leaf: Uint8Array): Indexed | undefined {
    return this.indexesOf([leaf]).get(toHex(leaf));
  }

  /** An entry, every key event about its signing key, and where its content stands. */
  entry(leaf: Uint8Array): KnownEntry | undefined {
    const [row] = this.#rows.query('SELECT idx, kid, digest FROM entries WHERE leaf = ?', exact(leaf));
    if (!row) return undefined;
    const [events, content] = [this.eventsAbout(bytesOf(row.kid)), this.#content.ofEntry(leaf)];
    return { index: Number(row.idx), digest: bytesOf(row.digest), events, content };
  }

  /** The indices of every key event about a key. */
  eventsAbout(kid: Uint8Array): readonly number[] {
    const name = toHex(kid);
    const known = this.#events.get(name);
    if (known) return known;
    const query = 'SELECT idx FROM entries WHERE kid = ? AND key_event = 1 ORDER BY idx';
    const events = this.#rows.query(query, exact(kid)).map(({ idx }) => Number(idx));
    if (this.#events.size >= MAX_REMEMBERED) this.#events.clear();
    this.#events.set(name, events);
    return events;
  }
}
