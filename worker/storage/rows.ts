/** SQLite of a Durable Object: queries, and bytes on their way in and out. */

/** The rows of one object's database. */
export class Rows {
  readonly #storage: DurableObjectStorage;
  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  query(query: string, ...bindings: SqlStorageValue[]): Record<string, SqlStorageValue>[] {
    return this.#storage.sql.exec(query, ...bindings).toArray();
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
