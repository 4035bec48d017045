/**
 * The one writer of a log. Submissions gather for a round; a round is admitted, grown, committed together with the
 * objects it needs (one transaction), uploaded, then published. Whoever submitted is answered only after that.
 *
 * Before the commit a failure costs the round's entries and nothing else. From the commit on a failure is fatal: memory
 * is discarded and the next call or alarm reloads from what is durable. A reload that fails leaves the log unloaded, so
 * nothing is ever sequenced over missing tiles (cloudflare/azul#84).
 */
import { DurableObject } from 'cloudflare:workers';
import { leafHash } from '#shared/log/merkle.ts';
import { type Env, readConfig } from '../env.ts';
import { lookupShards } from '../lookup/deliver.ts';
import { log, messageOf } from '../observability/logger.ts';
import { putClaim } from '../storage/claims.ts';
import { LogTables } from '../storage/log-tables.ts';
import { type ObjectStore, R2ObjectStore } from '../storage/object-store.ts';
import { Admission, type KeyState, type Submission } from './admission.ts';
import { admitBatch, type Outcome, type Pending } from './admit-batch.ts';
import { genesis } from './genesis.ts';
import { Pool } from './pool.ts';
import { Publisher } from './publisher.ts';
import { loadLog, uploadStaged } from './recovery.ts';
import { grow, type Head, signHead } from './sequence.ts';

interface Running {
  head: Head;
  checkpoint: string;
  readonly publisher: Publisher;
}

const ALARM_MS = 2000;
const OUTBOX_BATCH = 500;

/** See the file's header. */
export class SequencerDO extends DurableObject<Env> {
  /** Replaced by tests to fail before or after a write. */
  store: ObjectStore;
  tables: LogTables;
  #running: Running | undefined;
  #loading: Promise<Running> | undefined;
  readonly #pool = new Pool((batch) => this.#sequence(batch));
  #publishing: Promise<void> | undefined;
  #alarmSet = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = new R2ObjectStore(env.LOG_BUCKET);
    this.tables = new LogTables(ctx.storage);
  }

  /** Asks for an entry; answers once it is published, or once it is certain that it was refused. */
  async submit(submission: Submission): Promise<Outcome> {
    try {
      const running = await this.#load();
      const leaf = leafHash(submission.entry);
      const known = this.tables.indexOf(leaf);
      if (known !== undefined) {
        this.#startPublishing();
        await running.publisher.published(known + 1);
        return { ok: true, index: known, duplicate: true };
      }
      const outcome = await this.#pool.add(submission, leaf);
      if (outcome.ok) await this.#published(outcome.index + 1);
      return outcome;
    } catch (thrown) {
      log('error', 'submission-failed', { error: messageOf(thrown) });
      return { ok: false, reason: 'log-unavailable' };
    }
  }

  /** The state of an issuer's key as of the last committed entry. */
  async key(kid: Uint8Array): Promise<KeyState | undefined> {
    await this.#load();
    return this.tables.key(kid);
  }

  /** Every key an issuer ever had here. */
  async keysOf(issuer: string): Promise<KeyState[]> {
    await this.#load();
    return this.tables.keysOf(issuer);
  }

  /** Where an entry is, and the key events about its signing key. */
  async entry(leaf: Uint8Array): Promise<{ index: number; kid: Uint8Array; events: number[] } | undefined> {
    await this.#load();
    return this.tables.entry(leaf);
  }

  /** Loads, logging genesis if the log is new. For health checks and first requests. */
  async ready(): Promise<{ size: number; publishedSize: number; checkpointAgeSeconds: number; behindSeconds: number }> {
    const { head, publisher } = await this.#load();
    await publisher.published(1);
    return { size: head.size, ...publisher.health(head.size, Date.now()) };
  }

  /** Finishes what a crash or failure left: loads, sequences, publishes, delivers. Idempotent. */
  override async alarm(): Promise<void> {
    this.#alarmSet = false;
    try {
      const running = await this.#load();
      this.#startPublishing();
      await this.#publishing;
      if (running.publisher.publishedSize < running.head.size || this.tables.outbox(1).length > 0) await this.#arm();
    } catch (thrown) {
      log('error', 'alarm-failed', { error: messageOf(thrown) });
      await this.#arm();
    }
  }

  async #arm(): Promise<void> {
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    await this.ctx.storage.setAlarm(Date.now() + ALARM_MS);
  }

  /** The running log; concurrent callers share one load, a failed one is forgotten. */
  #load(): Promise<Running> {
    if (this.#running) return Promise.resolve(this.#running);
    this.#loading ??= this.#reload().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #reload(): Promise<Running> {
    const config = readConfig(this.env);
    const { head, checkpoint, publishedSize } = await loadLog(this.tables, this.store, config.logKey.note);
    const publisher = new Publisher({
      store: () => this.store,
      tables: this.tables,
      policy: config.policy,
      publishedSize,
    });
    const running: Running = { head, checkpoint, publisher };
    if (head.size === 0) {
      const first = genesis(config, Math.floor(Date.now() / 1000));
      for (const { preimage } of first) await putClaim(this.store, preimage);
      await this.#grow(
        running,
        first.map((submission) => ({ submission, leaf: leafHash(submission.entry), settle: () => {} })),
      );
    }
    this.#running = running;
    if (publishedSize < running.head.size) this.#startPublishing();
    return running;
  }

  async #sequence(batch: readonly Pending[]): Promise<void> {
    try {
      const running = await this.#load();
      await this.#arm();
      await this.#grow(running, batch);
      this.#startPublishing();
    } catch (thrown) {
      this.#fail(thrown);
      for (const { settle } of batch) settle({ ok: false, reason: 'log-unavailable' });
    }
  }

  /** Admits, commits and uploads one batch. Throwing from here leaves memory untrusted: the caller discards it. */
  async #grow(running: Running, batch: readonly Pending[]): Promise<void> {
    const config = readConfig(this.env);
    const admission = new Admission((kid) => this.tables.key(kid));
    const { admitted, settle } = admitBatch(batch, running.head.size, admission, (leaf) => this.tables.indexOf(leaf));
    if (admitted.length > 0) {
      const { head, objects } = grow(
        running.head,
        admitted.map(({ pending }) => pending.submission.entry),
      );
      const checkpoint = signHead(head, config.logKey);
      this.tables.commit({
        oldSize: running.head.size,
        lock: { size: head.size, root: head.root, checkpoint },
        staged: objects,
        entries: admitted.map(({ pending, index }) => ({
          leaf: pending.leaf,
          index,
          kid: pending.submission.kid,
          isKeyEvent: pending.submission.change !== undefined,
        })),
        keys: admission.changes,
        lookups: admitted.flatMap(({ pending }) => pending.submission.lookups),
      });
      // A crash here: the next load uploads what is staged.
      await uploadStaged(this.tables, this.store);
      running.head = head;
      running.checkpoint = checkpoint;
    }
    settle();
  }

  async #published(size: number): Promise<void> {
    const running = await this.#load();
    this.#startPublishing();
    await running.publisher.published(size);
  }

  #startPublishing(): void {
    this.#publishing ??= this.#publish().finally(() => {
      this.#publishing = undefined;
    });
  }

  async #publish(): Promise<void> {
    try {
      const running = await this.#load();
      while (running === this.#running && running.publisher.publishedSize < running.head.size) {
        await running.publisher.publish({ size: running.head.size, checkpoint: running.checkpoint });
      }
      await this.#deliver();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** Hands lookup rows to their shards; what is not confirmed stays in the outbox. */
  async #deliver(): Promise<void> {
    for (let rows = this.tables.outbox(OUTBOX_BATCH); rows.length > 0; rows = this.tables.outbox(OUTBOX_BATCH)) {
      await lookupShards(this.env.LOOKUP, rows);
      this.tables.delivered(rows.at(-1)?.seq ?? 0);
    }
  }

  #fail(thrown: unknown): void {
    log('error', 'sequencer-fatal', { error: messageOf(thrown) });
    this.#running?.publisher.abandon(thrown);
    this.#running = undefined;
    this.ctx.waitUntil(this.#arm());
  }
}
