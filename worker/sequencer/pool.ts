/** Submissions gather here for a short while and go into the log together; one round at a time. */
import type { Submission } from './admission.ts';
import type { Outcome, Pending } from './admit-batch.ts';

/** Entries of one round. Each bundle of 256 is a staged row, which stays under SQLite's 2 MB. */
export const MAX_ROUND = 1024;
/** Bytes of one round, which become one pack. */
export const MAX_ROUND_BYTES = 8 * 1024 * 1024;
/** Waiting submissions, and their bytes; more are told to come back. */
export const MAX_POOL = 4096;
export const MAX_POOL_BYTES = 32 * 1024 * 1024;
/** How long a round gathers; twice as long after one of many, as larger rounds cost each entry less. */
const ROUND_MS = 100;
const MANY = 128;

/** What a submission takes while it waits. */
export const submissionBytes = ({ entry, content }: Submission): number =>
  entry.length + (content ? content.preimage.length + content.attachments.length : 0);

/** See the file's header. */
export class Pool {
  /** Replaced by tests that need no company in a round. */
  roundMs = ROUND_MS;
  readonly #sequence: (batch: readonly Pending[]) => Promise<void>;
  #waiting: Pending[] = [];
  #waitingBytes = 0;
  #round: Promise<void> | undefined;
  #isBusy = false;

  /** `sequence` settles every submission of its batch and never rejects. */
  constructor(sequence: (batch: readonly Pending[]) => Promise<void>) {
    this.#sequence = sequence;
  }

  /** How many wait for a round. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Answers once the round of this submission has decided; at once when too many wait. */
  add(submission: Submission, leaf: Uint8Array): Promise<Outcome> {
    const bytes = submissionBytes(submission);
    if (this.#waiting.length >= MAX_POOL || this.#waitingBytes + bytes > MAX_POOL_BYTES) {
      return Promise.resolve({ ok: false, reason: 'log-busy' });
    }
    this.#waitingBytes += bytes;
    return new Promise((settle) => {
      this.#waiting.push({ submission, leaf, settle });
      this.#startRound();
    });
  }

  #startRound(): void {
    this.#round ??= new Promise((resolve) => setTimeout(resolve, this.#isBusy ? 2 * this.roundMs : this.roundMs))
      .then(() => this.#sequence(this.#take()))
      .finally(() => {
        this.#round = undefined;
        if (this.#waiting.length > 0) this.#startRound();
      });
  }

  /** The oldest submissions that fit into one round; always at least one. */
  #take(): Pending[] {
    let bytes = 0;
    let count = 0;
    for (const { submission } of this.#waiting) {
      const next = bytes + submissionBytes(submission);
      if (count === MAX_ROUND || (count > 0 && next > MAX_ROUND_BYTES)) break;
      bytes = next;
      count++;
    }
    this.#waitingBytes -= bytes;
    this.#isBusy = count >= MANY;
    return this.#waiting.splice(0, count);
  }
}
