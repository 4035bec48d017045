/**
 * Stands before the sequencer and hands it many submissions in one call: a Durable Object answers about a thousand calls
 * a second, however small. What is published is proved here too, once for everybody in the batch. Keeps nothing: a
 * submission that is lost here was never acknowledged.
 */
import { DurableObject } from 'cloudflare:workers';
import { type Config, type Env, readConfig, sequencerOf } from '../env.ts';
import { log, messageOf } from '../observability/logger.ts';
import { openShardOf } from '../shards/shards.ts';
import { trailSource } from '../trails/assemble-trail.ts';
import { covering, type Published } from '../trails/inclusion.ts';
import { type Prove, type Proved, proverOf } from '../trails/prove.ts';
import type { Submission } from './admission.ts';
import type { Logged, Published as PublishedEntry, PublishedOutcome, Refused } from './admit-batch.ts';
import { submissionBytes } from './pool.ts';

/** How long a batch gathers, and what it holds at most. */
const BATCH_MS = 20;
const MAX_BATCH = 256;
const MAX_BATCH_BYTES = 2 * 1024 * 1024;
/**
 * Submissions that wait here or for the sequencer; more are told to come back. All batchers may share an isolate with
 * the sequencer: together they hold no more than its pool.
 */
const MAX_WAITING = 4096;
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** What a submission is answered: a new entry with its proof. Who repeats a statement asks for the trail. */
export type ProvedOutcome =
  | Refused
  | (Logged & { readonly duplicate: true })
  | (Logged & Proved & { readonly duplicate: false });

interface Waiting {
  readonly submission: Submission;
  readonly settle: (outcome: ProvedOutcome) => void;
}

/** See the file's header. */
export class BatcherDO extends DurableObject<Env> {
  #batch: Waiting[] = [];
  #batchBytes = 0;
  #waiting = 0;
  #waitingBytes = 0;

  /** Asks for entries; answers with their proofs once they are published, or once it is certain that they were refused. */
  submitAll(submissions: readonly Submission[]): Promise<ProvedOutcome[]> {
    return Promise.all(submissions.map((submission) => this.submit(submission)));
  }

  /** The same for one. */
  submit(submission: Submission): Promise<ProvedOutcome> {
    const bytes = submissionBytes(submission);
    if (this.#waiting >= MAX_WAITING || this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      return Promise.resolve({ ok: false, reason: 'log-busy' });
    }
    return new Promise((settle) => {
      if (this.#batch.length === 0) setTimeout(() => this.#send(), BATCH_MS);
      this.#batch.push({ submission, settle });
      this.#waiting++;
      this.#waitingBytes += bytes;
      this.#batchBytes += bytes;
      if (this.#batch.length >= MAX_BATCH || this.#batchBytes >= MAX_BATCH_BYTES) this.#send();
    });
  }

  /** Sends what has gathered. The next batch does not wait for its answer. */
  #send(): void {
    const batch = this.#batch.splice(0);
    const bytes = this.#batchBytes;
    this.#batchBytes = 0;
    if (batch.length === 0) return;
    this.#sequence(batch.map(({ submission }) => submission)).then((outcomes) => {
      this.#waiting -= batch.length;
      this.#waitingBytes -= bytes;
      for (const [i, { settle }] of batch.entries()) settle(outcomes[i] ?? UNAVAILABLE);
    });
  }

  /** Never rejects. The stub is made anew: one that has seen an exception may stay broken. */
  async #sequence(submissions: readonly Submission[]): Promise<readonly ProvedOutcome[]> {
    try {
      const config = readConfig(this.env);
      const outcomes: PublishedOutcome[] = await sequencerOf(this.env, config).submitAll(submissions);
      return await this.#prove(config, outcomes);
    } catch (thrown) {
      log('error', 'batch-failed', { error: messageOf(thrown), submissions: submissions.length });
      return submissions.map(() => UNAVAILABLE);
    }
  }

  /** One after the other: the first reads the tiles that all of them need. What cannot be proved is told to whom it is about. */
  async #prove(config: Config, outcomes: readonly PublishedOutcome[]): Promise<ProvedOutcome[]> {
    const source = trailSource(this.env, openShardOf(config));
    const provers = new Map<Published, Prove>();
    const prove = async ({ index, events, checkpoint }: PublishedEntry): Promise<Proved> => {
      // Not a newer tree that somebody else in the batch was answered with: these events may not be all of its.
      const tree = await covering(source.store, index, source.logKey, checkpoint);
      const proveIn = provers.get(tree) ?? proverOf(source, tree);
      provers.set(tree, proveIn);
      return proveIn({ index, events });
    };
    const proved: ProvedOutcome[] = [];
    for (const outcome of outcomes) {
      if (!outcome.ok) proved.push(outcome);
      else if (outcome.duplicate) proved.push({ ok: true, index: outcome.index, duplicate: true });
      else
        proved.push(
          await prove(outcome).then((proof) => ({ ok: true, duplicate: false, ...proof }) as const, unproved),
        );
    }
    return proved;
  }
}

const UNAVAILABLE: ProvedOutcome = { ok: false, reason: 'log-unavailable' };

function unproved(thrown: unknown): ProvedOutcome {
  log('error', 'proof-failed', { error: messageOf(thrown) });
  return UNAVAILABLE;
}
