/** Where each entry is: the sequencer's index of the log, which can be rebuilt from it. See SCHEMA.md. */
import { concatBytes } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { type ContentTables, type KnownEntry, placeColumns } from './content-tables.ts';
import type { HashIndex } from './hash-index.ts';
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
  CREATE TABLE IF NOT EXISTS entries (idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL, kid BLOB NOT NULL, key_event INTEGER NOT NULL,
    digest BLOB NOT NULL, pack INTEGER, at INTEGER, preimage_length INTEGER, attachments_length INTEGER);
  CREATE INDEX IF NOT EXISTS key_events ON entries (kid, idx) WHERE key_event = 1;
`;

/** All entries of a round in one statement, their 32-byte columns in one string: each statement has its price. */
const INSERT = `INSERT INTO entries (idx, leaf, kid, key_event, digest, pack, at, preimage_length, attachments_length)
  SELECT ?1 + key, substr(?2, key * 96 + 1, 32), substr(?2, key * 96 + 33, 32), value ->> 0,
  substr(?2, key * 96 + 65, 32), value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?3)`;
const SELECT = 'SELECT idx, leaf, kid, digest, pack FROM entries';
const MAX_REMEMBERED = 1024;

/** See the file's header. */
export class EntryTables {
  readonly #rows: Rows;
  readonly #hashes: HashIndex;
  readonly #content: ContentTables;
  /** Asked for with every submission, changed by few rounds. */
  readonly #events = new Map<string, readonly number[]>();
  constructor(rows: Rows, hashes: HashIndex, content: ContentTables) {
    this.#rows = rows;
    this.#hashes = hashes;
    this.#content = content;
    rows.query(SCHEMA);
  }

  /** Adds consecutive entries; `pack` is the number of the pack that their places are in. Part of a commit. */
  add(entries: readonly EntryRow[], pack: number | undefined): void {
    if (entries.some(({ isKeyEvent }) => isKeyEvent)) this.#events.clear();
    const hashes = concatBytes(...entries.flatMap(({ leaf, kid, digest }) => [leaf, kid, digest]));
    const others = entries.map(({ isKeyEvent, place }) => [isKeyEvent ? 1 : 0, ...placeColumns(pack, place)]);
    this.#rows.query(INSERT, entries[0]?.index ?? 0, exact(hashes), JSON.stringify(others));
    this.#hashes.add(entries.map(({ index, leaf, digest, place }) => ({ index, leaf, digest: place && digest })));
  }

  /** Where entries are, by leaf hash in hexadecimal, and whether their content was brought and withdrawn. */
  indexesOf(leaves: readonly Uint8Array[]): ReadonlyMap<string, Indexed> {
    const found = new Map<string, Indexed>();
    for (const [leaf, { idx, pack, digest }] of this.#rowsOf(leaves)) {
      const isWithdrawn = this.#content.isWithdrawn(bytesOf(digest));
      found.set(leaf, { index: Number(idx), hasContent: pack !== null, isWithdrawn });
    }
    return found;
  }

  /** An entry, every key event about its signing key, and where its content stands. */
  entry(leaf: Uint8Array): KnownEntry | undefined {
    const row = this.#rowsOf([leaf]).get(toHex(leaf));
    if (!row) return undefined;
    const [index, digest] = [Number(row.idx), bytesOf(row.digest)];
    return { index, digest, events: this.eventsAbout(bytesOf(row.kid)), content: this.#content.ofEntry(index, digest) };
  }

  /** Rows by leaf hash in hexadecimal: the whole hash decides, not what the index goes by. */
  #rowsOf(leaves: readonly Uint8Array[]): Map<string, Record<string, SqlStorageValue>> {
    const asked = new Set(leaves.map(toHex));
    const rows = this.#rows.among((list) => `${SELECT} WHERE idx IN (${list})`, this.#hashes.ofLeaves(leaves));
    const found = new Map<string, Record<string, SqlStorageValue>>();
    for (const row of rows) {
      const leaf = toHex(bytesOf(row.leaf));
      if (asked.has(leaf)) found.set(leaf, row);
    }
    return found;
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
