/**
 * What a sequencer knows of its shard without writing to it: keys, entries, where content stands. Every question waits
 * until the log is loaded, so that nothing is answered from a state that may be false.
 */

import { DurableObject } from 'cloudflare:workers';
import { toHex } from '#shared/bytes/hex.ts';
import { type Env, readConfig } from '../env.ts';

import { LookupIndex } from '../lookup/lookup-index.ts';

import { type CarriedKey, carriedKeys } from '../shards/carried-keys.ts';
import { ownShard } from '../shards/shards.ts';
import type { KnownEntry, Located } from '../storage/content-tables.ts';
import { type KeysOf, LogTables } from '../storage/log-tables.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { PrimingStore } from '../storage/remembering-store.ts';
import { ShardStore } from '../storage/shard-store.ts';
import type { KeyState } from './admission.ts';

/** See the file's header. */
export class LogIndex extends DurableObject<Env> {
  /** Replaced by tests to fail before or after a write. */
  store: ObjectStore;
  tables: LogTables;
  lookup: LookupIndex;
  /** Of the shard this object is for. Replaced by tests, whose objects have other names. */
  origin: string;
  readonly #ready: () => Promise<unknown>;

  constructor(ctx: DurableObjectState, env: Env, ready: () => Promise<unknown>) {
    super(ctx, env);
    this.#ready = ready;
    this.store = new ShardStore(new PrimingStore(env.LOG_BUCKET), () => ownShard(readConfig(env), this.origin).prefix);
    this.tables = new LogTables(ctx.storage);
    this.lookup = new LookupIndex(env.LOOKUP, () => this.origin);
    // Not every event tells an object its name; a log that has begun says itself whose it is.
    this.origin = ctx.id.name ?? this.tables.lock()?.checkpoint.split('\n', 1)[0] ?? '';
  }

  /** Keys by id, or every key an issuer ever had here, as of the last committed entry. */
  async keys(of: KeysOf): Promise<KeyState[]> {
    await this.#ready();
    return this.tables.keys(of);
  }

  /** When the registrar's next statement may say that it was issued: seconds, never before an earlier one's. */
  eventTime(): number {
    return this.tables.eventTime(Math.floor(Date.now() / 1000));
  }

  /** Where an entry is and where its content stands, and the key events about its signing key. */
  async entry(leaf: Uint8Array): Promise<KnownEntry | undefined> {
    await this.#ready();
    return this.tables.entries.entry(leaf);
  }

  /** Where something with this digest stands. */
  async locate(digest: Uint8Array): Promise<Located | 'withdrawn' | undefined> {
    await this.#ready();
    return this.tables.content.ofDigest(digest);
  }

  /** Whether each statement is logged here, and whether what it is over was withdrawn. */
  async seen(
    statements: readonly { readonly leaf: Uint8Array; readonly digest: Uint8Array }[],
  ): Promise<{ logged: boolean; withdrawn: boolean }[]> {
    await this.#ready();
    const entries = this.tables.entries.indexesOf(statements.map(({ leaf }) => leaf));
    return statements.map(({ leaf, digest }) => ({
      logged: entries.has(toHex(leaf)),
      withdrawn: this.tables.content.isWithdrawn(digest),
    }));
  }

  /** Keys of this shard, which has ended, in the order of their ids. */
  async carriedKeys(after: Uint8Array, limit: number): Promise<CarriedKey[]> {
    await this.#ready();
    return carriedKeys(this.tables, this.store, after, limit);
  }
}
