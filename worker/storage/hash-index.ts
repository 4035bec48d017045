/**
 * Which entries may have a leaf hash, and which with content may be over a digest. Hashes are random, so in a sorted
 * table each dirties a page of its own, in every round. The newest are therefore in memory alone, found again in
 * `entries` whenever memory is lost, and are merged into the table many at a time.
 *
 * Six bytes of a hash decide here: an answer is a candidate, whose whole hash the caller compares. A digest without
 * content is whatever its issuer likes, another entry's leaf hash too: it is not in here. See SCHEMA.md.
 */
import { bytesOf, exact, type Rows } from './rows.ts';

/** The hashes of an entry, and its index in the log. */
export interface HashedEntry {
  readonly index: number;
  readonly leaf: Uint8Array;
  /** Of its content, where that was brought. */
  readonly digest: Uint8Array | undefined;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS hashes (of_digest INTEGER NOT NULL, prefix BLOB NOT NULL, idx INTEGER NOT NULL,
    PRIMARY KEY (of_digest, prefix, idx)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS merge (id INTEGER PRIMARY KEY CHECK (id = 0), first INTEGER NOT NULL, until INTEGER NOT NULL, part INTEGER NOT NULL);
`;
const PREFIX_BYTES = 6;

/**
 * Entries in memory before they are merged: a sixteenth of those merged, so that a page takes many rows at once in logs
 * of up to millions.
 */
const SHARE = 1 / 16;
const LEAST = 256;
const MOST = 32_768;
/** A merge goes by parts of the hash space, one with each round, so that no round waits for all of it. */
const PARTS = 16;
const OF_LEAF = `0, substr(leaf, 1, ${PREFIX_BYTES}), idx FROM entries WHERE`;
const OF_DIGEST = `1, substr(digest, 1, ${PREFIX_BYTES}), idx FROM entries WHERE pack IS NOT NULL AND`;
const MERGE = `INSERT OR IGNORE INTO hashes
  SELECT ${OF_LEAF} idx >= ?1 AND idx < ?2 AND leaf >= ?3 AND leaf < ?4
  UNION ALL
  SELECT ${OF_DIGEST} idx >= ?1 AND idx < ?2 AND digest >= ?3 AND digest < ?4
  ORDER BY 1, 2`;
/** Candidates for one digest that are read at a time. */
const SOME = 100;

/** Where a part of the hash space begins; the last one ends after every hash. */
const beginningOf = (part: number): ArrayBuffer =>
  part < PARTS ? Uint8Array.of((part * 256) / PARTS).buffer : new Uint8Array(33).fill(255).buffer;

/** Consecutive entries by the prefixes of their hashes. */
class Entries {
  readonly leaves = new Prefixes();
  readonly digests = new Prefixes();
  /** The first index, and the one after the last. */
  readonly first: number;
  end: number;
  constructor(first: number) {
    this.first = first;
    this.end = first;
  }

  add({ index, leaf, digest }: HashedEntry): void {
    this.leaves.add(leaf, index);
    if (digest) this.digests.add(digest, index);
    this.end = index + 1;
  }
}

class Prefixes {
  readonly #indices = new Map<number, number[]>();

  add(hash: Uint8Array, index: number): void {
    const prefix = prefixOf(hash);
    const indices = this.#indices.get(prefix);
    if (indices) indices.push(index);
    else this.#indices.set(prefix, [index]);
  }

  with(hash: Uint8Array): readonly number[] {
    return this.#indices.get(prefixOf(hash)) ?? [];
  }
}

function prefixOf(hash: Uint8Array): number {
  let prefix = 0;
  for (let i = 0; i < PREFIX_BYTES; i++) prefix = prefix * 256 + (hash[i] ?? 0);
  return prefix;
}

const blobOf = (hash: Uint8Array): ArrayBuffer => exact(hash.subarray(0, PREFIX_BYTES));

interface Memory {
  newest: Entries;
  /** Entries on their way into the table; none where there are none. */
  merging: Entries;
  /** The next part of the hash space that these lack there. */
  part: number;
}

/** See the file's header. */
export class HashIndex {
  /** The fewest entries that are merged; smaller in tests. */
  least = LEAST;
  readonly #rows: Rows;
  #memory: Memory | undefined;
  constructor(rows: Rows) {
    this.#rows = rows;
    rows.query(SCHEMA);
  }

  /** The indices of every entry that has one of these leaf hashes, and rarely of others. */
  ofLeaves(leaves: readonly Uint8Array[]): number[] {
    const { newest, merging } = this.#loaded();
    const found = leaves.flatMap((leaf) => [...newest.leaves.with(leaf), ...merging.leaves.with(leaf)]);
    const query = (list: string): string => `SELECT idx FROM hashes WHERE of_digest = 0 AND prefix IN (${list})`;
    for (const { idx } of this.#rows.among(query, leaves.map(blobOf))) found.push(Number(idx));
    return [...new Set(found)];
  }

  /**
   * The indices of every entry with content over this digest, and rarely of others; some perhaps twice. There may be many,
   * so they come some at a time; whatever is merged meanwhile, those that are there now come.
   */
  *ofDigest(digest: Uint8Array): Generator<readonly number[]> {
    const { newest, merging } = this.#loaded();
    yield [...newest.digests.with(digest), ...merging.digests.with(digest)];
    const query = `SELECT idx FROM hashes WHERE of_digest = 1 AND prefix = ? AND idx > ? ORDER BY idx LIMIT ${SOME}`;
    for (let after: number | undefined = -1; after !== undefined; ) {
      const indices: number[] = this.#rows.query(query, blobOf(digest), after).map(({ idx }) => Number(idx));
      yield indices;
      after = indices.at(-1);
    }
  }

  /** Takes entries whose rows have just been added, in order. Part of a commit. */
  add(entries: readonly HashedEntry[]): void {
    // Nothing was asked yet: whoever asks first finds the rows.
    if (!this.#memory) return;
    for (const entry of entries) this.#memory.newest.add(entry);
    this.#mergeSome(this.#memory);
  }

  /** Takes the digest of an entry whose content has just been brought, which its round did not. Part of a commit. */
  addDigest(index: number): void {
    this.#rows.query(`INSERT OR IGNORE INTO hashes SELECT ${OF_DIGEST} idx = ?`, index);
  }

  /** Memory may say more than the rows do: a commit was undone. */
  forget(): void {
    this.#memory = undefined;
  }

  #mergeSome(memory: Memory): void {
    const { newest, merging } = memory;
    if (merging.first === merging.end) {
      const enough = Math.max(this.least, Math.min(MOST, newest.first * SHARE));
      if (newest.end - newest.first < enough) return;
      memory.merging = newest;
      memory.newest = new Entries(newest.end);
    }
    const { first, end } = memory.merging;
    this.#rows.query(MERGE, first, end, beginningOf(memory.part), beginningOf(memory.part + 1));
    memory.part = (memory.part + 1) % PARTS;
    if (memory.part === 0) memory.merging = new Entries(end);
    this.#rows.query('INSERT OR REPLACE INTO merge VALUES (0, ?, ?, ?)', memory.merging.first, end, memory.part);
  }

  #loaded(): Memory {
    if (this.#memory) return this.#memory;
    const [row] = this.#rows.query('SELECT first, until, part FROM merge');
    const [first, end] = [Number(row?.first ?? 0), Number(row?.until ?? 0)];
    const merging = this.#read(first, end);
    this.#memory = { newest: this.#read(end, Number.MAX_SAFE_INTEGER), merging, part: Number(row?.part ?? 0) };
    return this.#memory;
  }

  /** The entries with these indices. */
  #read(first: number, end: number): Entries {
    const entries = new Entries(first);
    const query = 'SELECT idx, leaf, digest, pack FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx';
    for (const { idx, leaf, digest, pack } of this.#rows.query(query, first, end)) {
      const ofContent = pack === null ? undefined : bytesOf(digest);
      entries.add({ index: Number(idx), leaf: bytesOf(leaf), digest: ofContent });
    }
    return entries;
  }
}
