/** Where a shard stands between its opening and its end; see SCHEMA.md. Both change only together with the log. */
import { bytesOf, exact, type Rows } from './rows.ts';

/** How far the keys of the shard before have been carried over. */
export interface Carried {
  /** The last key that was; none where empty. Keys go in the order of their ids. */
  readonly after: Uint8Array;
  readonly done: boolean;
}

/** The record that ends a shard. */
export interface End {
  readonly index: number;
  /** Digest of the successor record: which shard follows. */
  readonly digest: Uint8Array;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS opening (id INTEGER PRIMARY KEY CHECK (id = 0), carried BLOB NOT NULL, done INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS ended (id INTEGER PRIMARY KEY CHECK (id = 0), idx INTEGER NOT NULL, successor BLOB NOT NULL);
`;

/** See the file's header. */
export class ShardTables {
  readonly #rows: Rows;
  constructor(rows: Rows) {
    this.#rows = rows;
    rows.query(SCHEMA);
  }

  /** Absent in the first shard, which carries nothing over. */
  carried(): Carried | undefined {
    const [row] = this.#rows.query('SELECT carried, done FROM opening');
    return row && { after: bytesOf(row.carried), done: row.done === 1 };
  }

  /** Part of a commit. */
  carry({ after, done }: Carried): void {
    const query = 'INSERT OR REPLACE INTO opening (id, carried, done) VALUES (0, ?, ?)';
    this.#rows.query(query, exact(after), done ? 1 : 0);
  }

  /** The end, once the shard is frozen: nothing is appended after it. */
  end(): End | undefined {
    const [row] = this.#rows.query('SELECT idx, successor FROM ended');
    return row && { index: Number(row.idx), digest: bytesOf(row.successor) };
  }

  /** Part of a commit; an end is final. */
  setEnd({ index, digest }: End): void {
    this.#rows.query('INSERT INTO ended (id, idx, successor) VALUES (0, ?, ?)', index, exact(digest));
  }
}
