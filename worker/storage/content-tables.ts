/**
 * Where the content of entries stands: packs, what was withdrawn from them, and how far their lookup rows have been
 * delivered. Columns of `entries` hold the places; see SCHEMA.md.
 */
import { equalBytes } from '#shared/bytes/bytes.ts';
import { LAYOUT } from '../lookup/bucket.ts';
import type { HashIndex } from './hash-index.ts';
import type { Place } from './packs.ts';
import { bytesOf, exact, type Rows } from './rows.ts';

/** Content of one entry in a stored pack. */
export interface Located extends Place {
  /** The pack's object key. */
  readonly pack: string;
}

/** A pack with its number; packs are numbered as they were committed. */
export interface NumberedPack {
  readonly id: number;
  readonly key: string;
}

/** What is known about an entry. */
export interface KnownEntry {
  readonly index: number;
  /** SHA-256 of what the statement is over. */
  readonly digest: Uint8Array;
  /** Every key event about its signing key. */
  readonly events: readonly number[];
  readonly content: Located | 'withdrawn' | undefined;
}

/** An entry whose content was withdrawn, and where it still stands. */
export interface WithdrawnEntry {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly place: Located;
}

/** Withdrawn content in one pack: of some of its entries. */
export interface Standing {
  readonly pack: string;
  readonly entries: readonly WithdrawnEntry[];
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS packs (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS withdrawn (digest BLOB PRIMARY KEY, blanked INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS indexed (layout INTEGER PRIMARY KEY, pack INTEGER NOT NULL, whole INTEGER NOT NULL);
`;

const PLACES =
  'SELECT idx, leaf, digest, packs.key, at, preimage_length, attachments_length FROM entries JOIN packs ON packs.id = entries.pack';

/** Entries of one digest that are overwritten at a time. */
const SOME = 100;

/** A place as the columns of `entries` after `digest`. */
export type PlaceColumns = readonly [pack: number | null, at: number | null, number | null, number | null];

/** Nulls for no place. */
export const placeColumns = (pack: number | undefined, place: Place | undefined): PlaceColumns =>
  pack === undefined || !place
    ? [null, null, null, null]
    : [pack, place.at, place.preimageLength, place.attachmentsLength];

const located = (row: Record<string, SqlStorageValue>): Located => ({
  pack: String(row.key),
  at: Number(row.at),
  preimageLength: Number(row.preimage_length),
  attachmentsLength: Number(row.attachments_length),
});

/** See the file's header. */
export class ContentTables {
  readonly #rows: Rows;
  readonly #hashes: HashIndex;
  #anyWithdrawn: boolean | undefined;
  constructor(rows: Rows, hashes: HashIndex) {
    this.#rows = rows;
    this.#hashes = hashes;
    rows.query(SCHEMA);
  }

  /** Numbers a pack. Part of a commit. */
  addPack(key: string): number {
    return Number(this.#rows.query('INSERT INTO packs (key) VALUES (?) RETURNING id', key)[0]?.id);
  }

  /** The content of an entry that has had none until now. Part of a commit. */
  bring(index: number, columns: PlaceColumns): void {
    const query =
      'UPDATE entries SET pack = ?, at = ?, preimage_length = ?, attachments_length = ? WHERE idx = ? AND pack IS NULL';
    this.#rows.query(query, ...columns, index);
    this.#hashes.addDigest(index);
  }

  /** Where the content of an entry stands, whose statement is over this digest. */
  ofEntry(index: number, digest: Uint8Array): Located | 'withdrawn' | undefined {
    if (this.isWithdrawn(digest)) return 'withdrawn';
    return this.#rows.query(`${PLACES} WHERE idx = ?`, index).map(located)[0];
  }

  /** Where something with this digest stands. */
  ofDigest(digest: Uint8Array): Located | 'withdrawn' | undefined {
    if (this.isWithdrawn(digest)) return 'withdrawn';
    for (const row of this.#placesOf(digest)) return located(row);
    return undefined;
  }

  /** Rows of entries that are over this digest and whose content was brought, read as they are asked for. */
  *#placesOf(digest: Uint8Array): Generator<Record<string, SqlStorageValue>> {
    for (const candidates of this.#hashes.ofDigest(digest)) {
      for (const row of this.#rows.among((list) => `${PLACES} WHERE idx IN (${list})`, candidates)) {
        if (equalBytes(bytesOf(row.digest), digest)) yield row;
      }
    }
  }

  isWithdrawn(digest: Uint8Array): boolean {
    this.#anyWithdrawn ??= this.#rows.query('SELECT 1 FROM withdrawn LIMIT 1').length > 0;
    if (!this.#anyWithdrawn) return false;
    return this.#rows.query('SELECT 1 FROM withdrawn WHERE digest = ?', exact(digest)).length > 0;
  }

  /** From now on nothing with this digest is served or taken. */
  withdraw(digest: Uint8Array): void {
    this.#anyWithdrawn = true;
    this.#rows.query('INSERT OR IGNORE INTO withdrawn (digest, blanked) VALUES (?, 0)', exact(digest));
  }

  /** A withdrawn digest whose content may still stand in packs, and where it does. */
  notBlanked(): { digest: Uint8Array; standing: Iterable<Standing> } | undefined {
    const [row] = this.#rows.query('SELECT digest FROM withdrawn WHERE blanked = 0 LIMIT 1');
    if (!row) return undefined;
    const digest = bytesOf(row.digest);
    return { digest, standing: this.#standing(digest) };
  }

  /** Nothing more comes to stand there: a withdrawn digest is not taken. */
  *#standing(digest: Uint8Array): Generator<Standing> {
    let together: { pack: string; entries: WithdrawnEntry[] } | undefined;
    for (const row of this.#placesOf(digest)) {
      if (row.at === null) continue;
      const entry = { leaf: bytesOf(row.leaf), index: Number(row.idx), place: located(row) };
      if (together?.pack === entry.place.pack && together.entries.length < SOME) together.entries.push(entry);
      else {
        if (together) yield together;
        together = { pack: entry.place.pack, entries: [entry] };
      }
    }
    if (together) yield together;
  }

  /** The content of a withdrawn entry is overwritten: it need not be again. */
  blankedPlace(index: number): void {
    this.#rows.query('UPDATE entries SET at = NULL WHERE idx = ?', index);
  }

  blanked(digest: Uint8Array): void {
    this.#rows.query('UPDATE withdrawn SET blanked = 1 WHERE digest = ?', exact(digest));
  }

  /** Up to which pack the lookup index has everything, and whether it once had all there was. */
  indexed(): { pack: number; isWhole: boolean } {
    const [row] = this.#rows.query('SELECT pack, whole FROM indexed WHERE layout = ?', LAYOUT);
    return { pack: Number(row?.pack ?? 0), isWhole: row?.whole === 1 };
  }

  /** The oldest packs whose lookup rows no shard has confirmed. */
  undelivered(limit: number): NumberedPack[] {
    const query = 'SELECT id, key FROM packs WHERE id > ? ORDER BY id LIMIT ?';
    return this.#rows
      .query(query, this.indexed().pack, limit)
      .map(({ id, key }) => ({ id: Number(id), key: String(key) }));
  }

  /** Everything up to this pack is in the lookup shards; 0 has the whole index built again. */
  delivered(pack: number): void {
    const query =
      'INSERT INTO indexed VALUES (?, ?, 0) ON CONFLICT (layout) DO UPDATE SET pack = excluded.pack, whole = whole AND excluded.pack > 0';
    this.#rows.query(query, LAYOUT, pack);
  }

  /** Has the index built again if it was whole; says whether it was. */
  indexLost(): boolean {
    const { isWhole } = this.indexed();
    if (isWhole) this.delivered(0);
    return isWhole;
  }

  /** Every shard has been told that it has all there is. */
  indexIsWhole(): void {
    this.#rows.query('UPDATE indexed SET whole = 1 WHERE layout = ?', LAYOUT);
  }
}
