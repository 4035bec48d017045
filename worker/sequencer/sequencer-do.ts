/**
 * The one writer of a log. Submissions gather for a round; a round is admitted, grown, committed together with the
 * objects it needs (one transaction), uploaded, then published. Whoever submitted is answered only after that.
 *
 * A failed round costs its submitters an answer and nothing else: memory is discarded and the next call or alarm reloads
 * from what is durable, so what was committed is uploaded and published after all. A reload that fails leaves the log
 * unloaded, so nothing is ever sequenced over missing tiles (cloudflare/azul#84).
 */
import { leafHash } from '#shared/log/merkle.ts';
import { type Env, filterObjects, readConfig } from '../env.ts';
import { leafHashes } from '../leaf-hashes.ts';
import { log, messageOf } from '../observability/logger.ts';
import { gauges, Metrics, type SequencerState } from '../observability/metrics.ts';
import { cosignEnd, endShard } from '../shards/end-shard.ts';
import { openShard } from '../shards/open-shard.ts';
import { openShardOf, ownShard } from '../shards/shards.ts';
import type { Carried } from '../storage/shard-tables.ts';
import type { Submission } from './admission.ts';
import { type Pending, type PublishedOutcome, waitedForByNobody } from './admit-batch.ts';
import { commitRound, type SignedHead } from './commit-round.ts';
import { type House, Housekeeping } from './housekeeping.ts';
import { LogIndex } from './log-index.ts';
import { Pool } from './pool.ts';
import { Publisher } from './publisher.ts';
import { loadLog, RecoveryError } from './recovery.ts';

interface Running {
  signed: SignedHead;
  readonly publisher: Publisher;
}

const ALARM_MS = 2000;
const secondsSince = (time: number): number => Math.max(0, Math.floor((Date.now() - time) / 1000));
const isBehind = ({ signed, publisher }: Running): boolean => publisher.publishedSize < signed.head.size;

function unavailable(thrown: unknown): PublishedOutcome {
  log('error', 'submission-failed', { error: messageOf(thrown) });
  return { ok: false, reason: 'log-unavailable' };
}

/** See the file's header. */
export class SequencerDO extends LogIndex {
  readonly pool = new Pool((batch) => this.#sequence(batch));
  readonly #metrics = new Metrics();
  readonly #housekeeping = new Housekeeping(this.#metrics, () => this.ctx.waitUntil(this.#arm()));
  #running: Running | undefined;
  #loading: Promise<Running> | undefined;
  #publishing: Promise<void> | undefined;
  /** Since when something committed has not been visible; outlives a reload. */
  #behindSince: number | undefined;
  #withdrawals = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, () => this.#load());
  }

  /** Asks for an entry; answers once it is published, or once it is certain that it was refused. */
  submit(submission: Submission): Promise<PublishedOutcome> {
    return this.#submit(submission, leafHash(submission.entry));
  }

  /** The same for many; answers when all are decided and published. */
  async submitAll(submissions: readonly Submission[]): Promise<PublishedOutcome[]> {
    const leaves = await leafHashes(submissions.map(({ entry }) => entry));
    return Promise.all(leaves.map((leaf, i) => this.#submit(submissions[i] as Submission, leaf)));
  }

  async #submit(submission: Submission, leaf: Uint8Array): Promise<PublishedOutcome> {
    const started = Date.now();
    const outcome = await this.#logged(submission, leaf).catch(unavailable);
    this.#metrics.submitted(outcome, Date.now() - started);
    return outcome;
  }

  async #logged(submission: Submission, leaf: Uint8Array): Promise<PublishedOutcome> {
    await this.#load();
    const outcome = await this.pool.add(submission, leaf);
    if (!outcome.ok) return outcome;
    const checkpoint = await this.#published(outcome.index + 1);
    return { ...outcome, checkpoint, events: this.tables.entries.eventsAbout(submission.kid) };
  }

  /** Ends this shard for good, in favour of the next; answers once its last checkpoint is published. */
  async freeze(): Promise<void> {
    await this.#load();
    const submit = (submission: Submission) => this.pool.add(submission, leafHash(submission.entry));
    await this.#published(await endShard(readConfig(this.env), this.origin, this.tables, submit));
    await this.#arm();
  }

  /** Ceases to serve content for good, then overwrites it; what is not overwritten when this throws will be later. */
  async withdraw(digest: Uint8Array): Promise<void> {
    await this.#load();
    this.#withdrawals++;
    this.tables.content.withdraw(digest);
    await this.#arm();
    await this.#housekeeping.blank(this.#house());
  }

  /** A part of the lookup index has nothing to answer: where it was whole, all of it is built again. */
  async reindex(): Promise<void> {
    if (this.tables.content.indexLost()) await this.#arm();
  }

  /** Loads, logging genesis if the log is new. For health checks and first requests. */
  async ready(): Promise<SequencerState> {
    await this.#published(1);
    const { signed, publisher } = await this.#load();
    return {
      size: signed.head.size,
      publishedSize: publisher.publishedSize,
      checkpointAgeSeconds: secondsSince(publisher.publishedAt),
      behindSeconds: this.#behindSince === undefined ? 0 : secondsSince(this.#behindSince),
    };
  }

  /** What the operator's monitoring reads; how far the log is, only while it is loaded. */
  async metrics(): Promise<string> {
    const state = await this.ready().catch(() => undefined);
    const own = state ? gauges({ ...state, waiting: this.pool.length }) : [];
    return this.#metrics.render([...own, ...this.tables.gauges()]);
  }

  /** Finishes what a crash or failure left: loads, publishes, delivers, collects. Idempotent. */
  override async alarm(): Promise<void> {
    try {
      await this.#load();
      this.#startPublishing();
      await this.#publishing;
      await this.#housekeeping.finish(this.#house());
      const running = this.#running;
      const settled = running && !isBehind(running) && (await this.#settleEnd(running));
      if (!settled) await this.#arm();
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
    const { tables, env } = this;
    const config = readConfig(env);
    const shard = ownShard(config, this.origin);
    const { head, checkpoint, visible } = await loadLog(tables, this.store, shard.keys);
    const parts = { store: () => this.store, tables, policy: config.policy, visible };
    const running: Running = { signed: { head, checkpoint }, publisher: new Publisher(parts) };
    if (shard === openShardOf(config)) {
      const grow = (first: readonly Submission[], carried?: Carried) =>
        this.#grow(running, first.map(waitedForByNobody), () => true, carried);
      await openShard({ env, config, tables, size: head.size, grow });
    } else if (head.size === 0)
      throw new RecoveryError(`${shard.origin} is configured as an earlier shard, but is empty`);
    this.#running = running;
    if (isBehind(running)) this.#behindSince ??= Date.now();
    this.#startPublishing();
    return running;
  }

  async #sequence(batch: readonly Pending[]): Promise<void> {
    let running: Running | undefined;
    try {
      await this.#arm();
      running = await this.#load();
      const withdrawals = this.#withdrawals;
      await this.#grow(running, batch, () => running === this.#running && withdrawals === this.#withdrawals);
      this.#startPublishing();
    } catch (thrown) {
      this.#discard(running, thrown);
      for (const { settle } of batch) settle({ ok: false, reason: 'log-unavailable' });
    }
  }

  async #grow(running: Running, batch: readonly Pending[], isCurrent: () => boolean, carried?: Carried): Promise<void> {
    const { tables, store } = this;
    this.#behindSince ??= Date.now();
    const log = { tables, store, shard: ownShard(readConfig(this.env), this.origin), isCurrent, carried };
    const { signed, settle } = await commitRound(log, running.signed, batch);
    running.signed = signed;
    this.#metrics.count('rounds_total');
    settle();
  }

  async #published(size: number): Promise<string> {
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
        const { quorum } = await running.publisher.publish({ size: head.size, checkpoint });
        this.#metrics.count('publications_total', ['quorum', quorum ? 'met' : 'missed']);
        this.#behindSince = Date.now();
      }
      if (running === this.#running) this.#behindSince = undefined;
      this.#housekeeping.start(this.#house());
    } catch (thrown) {
      this.#discard(running, thrown);
    }
  }

  #settleEnd({ signed, publisher }: Running): Promise<boolean> {
    const { tables, store } = this;
    return cosignEnd({ tables, store, shard: ownShard(readConfig(this.env), this.origin) }, signed, publisher);
  }

  #house(): House {
    const { tables, store, lookup, env } = this;
    const filters = filterObjects(env);
    const publishedSize = this.#running?.publisher.publishedSize ?? 0;
    const isOpen = openShardOf(readConfig(env)).origin === this.origin;
    return { tables, store, lookup, filters, publishedSize, ...(isOpen && { open: this.origin }) };
  }

  /** Forgets a log in memory that can no longer be trusted, unless it has been replaced already. */
  #discard(running: Running | undefined, thrown: unknown): void {
    log('error', 'sequencer-fatal', { error: messageOf(thrown) });
    this.#metrics.count('failures_total', ['part', 'sequencer']);
    running?.publisher.abandon(thrown);
    if (this.#running === running) this.#running = undefined;
    this.ctx.waitUntil(this.#arm());
  }
}
