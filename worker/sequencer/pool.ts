/** Submissions gather here for a short while and go into the log together; one round at a time. */
import type { Submission } from './admission.ts';
import type { Outcome, Pending } from './admit-batch.ts';

/** Entries of one round: at most two bundles are touched, and each staged row stays under SQLite's 2 MB. */
export const MAX_ROUND = 256;
/** Waiting submissions; more are told to come back. */
export const MAX_POOL = 4096;
/** How long a round gathers. */
export const ROUND_MS = 100;

/** See the file's header. */
export class Pool {
  /** Replaced by tests that need no company in a round. */
  roundMs = ROUND_MS;
  readonly #sequence: (batch: readonly Pending[]) => Promise<void>;
  #waiting: Pending[] = [];
  #round: Promise<void> | undefined;

  /** `sequence` settles every submission of its batch and never rejects. */
  constructor(sequence: (batch: readonly Pending[]) => Promise<void>) {
    this.#sequence = sequence;
  }

  /** Answers once the round of this submission has decided; at once when too many wait. */
  add(submission: Submission, leaf: Uint8Array): Promise<Outcome> {
    if (this.#waiting.length >= MAX_POOL) return Promise.resolve({ ok: false, reason: 'log-busy' });
    return new Promise((settle) => {
      this.#waiting.push({ submission, leaf, settle });
      this.#startRound();
    });
  }

  #startRound(): void {
    this.#round ??= new Promise((resolve) => setTimeout(resolve, this.roundMs))
      .then(() => this.#sequence(this.#waiting.splice(0, MAX_ROUND)))
      .finally(() => {
        this.#round = undefined;
        if (this.#waiting.length > 0) this.#startRound();
      });
  }
}
