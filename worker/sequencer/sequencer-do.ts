/**
 * The one writer of a log. Submissions gather for a round; a round is admitted, grown, committed together with the
 * objects it needs (one transaction), uploaded, then published. Whoever submitted is answered only after that.
 *
 * A failed round costs its submitters an answer and nothing else: memory is discarded and the next call or alarm reloads
 * from what is durable, so what was committed is uploaded and published after all. A reload that fails leaves the log
 * unloaded, so nothing is ever sequenced over missing tiles (cloudflare/azul#84).
 */
import { DurableObject } from 'cloudflare:workers';
import { leafHash } from '#shared/log/merkle.ts';
import { type Env, readConfig } from '../env.ts';
import { log, messageOf } from '../observability/logger.ts';
import { putClaim } from '../storage/claims.ts';
import { LogTables } from '../storage/log-tables.ts';
import { type ObjectStore, R2ObjectStore } from '../storage/object-store.ts';
import type { KeyState, Submission } from './admission.ts';
import type { Outcome, Pending, PublishedOutcome } from './admit-batch.ts';
import { commitRound, type SignedHead } from './commit-round.ts';
import { genesis } from './genesis.ts';
import { collectPartials, deliverLookups } from './housekeeping.ts';
import { Pool } from './pool.ts';
import { Publisher } from './publisher.ts';
import { loadLog } from './recovery.ts';

interface Running {
  signed: SignedHead;
  readonly publisher: Publisher;
}

const ALARM_MS = 2000;

const isBehind = ({ signed, publisher }: Running): boolean => publisher.publishedSize < signed.head.size;

/** See the file's header. */
export class SequencerDO extends DurableObject<Env> {
  /** Replaced by tests to fail before or after a write. */
  store: ObjectStore;
  tables: LogTables;
  readonly pool = new Pool((batch) => this.#sequence(batch));
  #running: Running | undefined;
  #loading: Promise<Running> | undefined;
  #publishing: Promise<void> | undefined;
  #housekeeping: Promise<void> | undefined;
  /** Since when something committed has not been visible; outlives a reload. */
  #behindSince: number | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = new R2ObjectStore(env.LOG_BUCKET);
    this.tables = new LogTables(ctx.storage);
  }

  /** Asks for an entry; answers once it is published, or once it is certain that it was refused. */
  async submit(submission: Submission): Promise<PublishedOutcome> {
    try {
      await this.#load();
      const leaf = leafHash(submission.entry);
      const known = this.tables.indexOf(leaf);
      const outcome: Outcome =
        known === undefined ? await this.pool.add(submission, leaf) : { ok: true, index: known, duplicate: true };
      if (!outcome.ok) return outcome;
      // A statement may have been logged before its claim was brought, and by somebody else.
      if (outcome.duplicate && submission.lookups.length > 0) {
        this.tables.addLookups(submission.lookups);
        await this.#arm();
      }
      const checkpoint = await this.#published(outcome.index + 1);
      return { ...outcome, events: this.tables.eventsAbout(submission.kid), ...(checkpoint && { checkpoint }) };
    } catch (thrown) {
      log('error', 'submission-failed', { error: messageOf(thrown) });
      return { ok: false, reason: 'log-unavailable' };
    }
  }

  /** Whether a statement is logged already, and the state of its key: what a submission is first held against. */
  async standing(leaf: Uint8Array, kid: Uint8Array): Promise<{ logged: boolean; key: KeyState | undefined }> {
    await this.#load();
    return { logged: this.tables.indexOf(leaf) !== undefined, key: this.tables.key(kid) };
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

  /** When the registrar's next statement may say that it was issued: seconds, never before an earlier one's. */
  eventTime(): number {
    return this.tables.eventTime(Math.floor(Date.now() / 1000));
  }

  /** Where an entry is, and the key events about its signing key. */
  async entry(leaf: Uint8Array): Promise<{ index: number; kid: Uint8Array; events: number[] } | undefined> {
    await this.#load();
    return this.tables.entry(leaf);
  }

  /** Loads, logging genesis if the log is new. For health checks and first requests. */
  async ready(): Promise<{ size: number; publishedSize: number; checkpointAgeSeconds: number; behindSeconds: number }> {
    await this.#published(1);
    const { signed, publisher } = await this.#load();
    const secondsSince = (time: number): number => Math.max(0, Math.floor((Date.now() - time) / 1000));
    return {
      size: signed.head.size,
      publishedSize: publisher.publishedSize,
      checkpointAgeSeconds: secondsSince(publisher.publishedAt),
      behindSeconds: this.#behindSince === undefined ? 0 : secondsSince(this.#behindSince),
    };
  }

  /** Finishes what a crash or failure left: loads, publishes, delivers, collects. Idempotent. */
  override async alarm(): Promise<void> {
    try {
      await this.#load();
      this.#startPublishing();
      await this.#publishing;
      this.#startHousekeeping();
      await this.#housekeeping;
      if (!this.#running || isBehind(this.#running)) await this.#arm();
    } catch (thrown) {
      log('error', 'alarm-failed', { error: messageOf(thrown) });
      await this.#arm();
    }
  }

  /** Before each round, so that whatever ends this object in the middle of one, an alarm finishes it. */
  async #arm(): Promise<void> {
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
    const { head, checkpoint, visible } = await loadLog(this.tables, this.store, config.logKey.note);
    const { tables } = this;
    const publisher = new Publisher({ store: () => this.store, tables, policy: config.policy, visible });
    const running: Running = { signed: { head, checkpoint }, publisher };
    if (head.size === 0) {
      const first = genesis(config, Math.floor(Date.now() / 1000));
      for (const { preimage } of first) await putClaim(this.store, preimage);
      await this.#grow(
        running,
        first.map((submission) => ({ submission, leaf: leafHash(submission.entry), settle: () => {} })),
      );
    }
    this.#running = running;
    if (isBehind(running)) this.#behindSince ??= Date.now();
    this.#startPublishing();
    return running;
  }

  async #sequence(batch: readonly Pending[]): Promise<void> {
    let running: Running | undefined;
    try {
      await this.#arm();
      await this.#load();
      // No await from here to the commit: what is grown is the log as it is now, not one that was discarded meanwhile.
      running = this.#running;
      if (!running) throw new Error('the log was discarded while it was loaded');
      await this.#grow(running, batch);
      this.#startPublishing();
    } catch (thrown) {
      this.#discard(running, thrown);
      for (const { settle } of batch) settle({ ok: false, reason: 'log-unavailable' });
    }
  }

  async #grow(running: Running, batch: readonly Pending[]): Promise<void> {
    const { tables, store } = this;
    const { logKey } = readConfig(this.env);
    this.#behindSince ??= Date.now();
    const { signed, settle } = await commitRound({ tables, store, logKey }, running.signed, batch);
    running.signed = signed;
    settle();
  }

  async #published(size: number): Promise<string | undefined> {
    const running = await this.#load();
    this.#startPublishing();
    return running.publisher.published(size);
  }

  #startPublishing(): void {
    this.#publishing ??= this.#publish().finally(() => {
      this.#publishing = undefined;
      // Whoever asked while the last publication was ending was not heard.
      if (this.#running && isBehind(this.#running)) this.#startPublishing();
    });
  }

  async #publish(): Promise<void> {
    let running: Running | undefined;
    try {
      running = await this.#load();
      while (running === this.#running && isBehind(running)) {
        const { head, checkpoint } = running.signed;
        await running.publisher.publish({ size: head.size, checkpoint });
        this.#behindSince = Date.now();
      }
      if (running === this.#running) this.#behindSince = undefined;
      this.#startHousekeeping();
    } catch (thrown) {
      this.#discard(running, thrown);
    }
  }

  #startHousekeeping(): void {
    this.#housekeeping ??= this.#keepHouse().finally(() => {
      this.#housekeeping = undefined;
    });
  }

  /** Its failure harms nobody who submits: it is tried again at the next alarm. */
  async #keepHouse(): Promise<void> {
    try {
      await deliverLookups(this.tables, this.env.LOOKUP);
      await collectPartials(this.tables, this.store, this.#running?.publisher.publishedSize ?? 0);
    } catch (thrown) {
      log('warn', 'housekeeping-failed', { error: messageOf(thrown) });
      await this.#arm();
    }
  }

  /** Forgets a log in memory that can no longer be trusted, unless it has been replaced already. */
  #discard(running: Running | undefined, thrown: unknown): void {
    log('error', 'sequencer-fatal', { error: messageOf(thrown) });
    running?.publisher.abandon(thrown);
    if (this.#running === running) this.#running = undefined;
    this.ctx.waitUntil(this.#arm());
  }
}
