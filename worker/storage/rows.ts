/** SQLite of a Durable Object: queries, and bytes on their way in and out. */

/** SQLite of a Durable Object binds a hundred values to a query. */
const MAX_BOUND = 100;

/** The rows of one object's database. */
export class Rows {
  readonly #storage: DurableObjectStorage;
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  query(query: string, ...bindings: SqlStorageValue[]): Record<string, SqlStorageValue>[] {
    return this.#storage.sql.exec(query, ...bindings).toArray();
  }

  /** A query over any number of values: `list` stands for as many of them as one query takes. */
  *among(
    query: (list: string) => string,
    values: readonly SqlStorageValue[],
  ): Generator<Record<string, SqlStorageValue>> {
    for (let at = 0; at < values.length; at += MAX_BOUND) {
      const bound = values.slice(at, at + MAX_BOUND);
      yield* this.query(query(Array(bound.length).fill('?').join()), ...bound);
    }
  }

  /** Whether the statement changed a row. */
  change(query: string, ...bindings: SqlStorageValue[]): boolean {
    return this.#storage.sql.exec(query, ...bindings).rowsWritten > 0;
  }

  /** All of it or nothing. */
  transaction(change: () => void): void {
    this.#storage.transactionSync(change);
  }
}

/** SQLite takes ArrayBuffers: exactly the bytes of the view, not the buffer behind it. */
export const exact = (view: Uint8Array): ArrayBuffer => view.slice().buffer;

/** A stored blob as bytes. */
export const bytesOf = (value: SqlStorageValue | undefined): Uint8Array =>
  value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array();
