/** Outputs made in a thread of their own while a log takes those before them. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { IssuerOrigin } from '../support/worker-harness.ts';
import type { Output } from './outputs.ts';

/** Made at once; as many again are waiting. */
const BATCH = 500;

/** See the file's header. */
export class OutputsAhead {
  readonly #thread: Worker;
  #made: Output[] = [];
  #next: Promise<Output[]>;

  constructor({ origin, keys }: Pick<IssuerOrigin, 'origin' | 'keys'>) {
    this.#thread = new Worker(new URL('./outputs-thread.ts', import.meta.url), { workerData: { origin, keys } });
    this.#next = this.#ask();
  }

  async #ask(): Promise<Output[]> {
    this.#thread.postMessage(BATCH);
    const [made] = await once(this.#thread, 'message');
    return made;
  }

  /** The next outputs, as long as `isWanted` says so of them in turn; some hundreds at most. */
  async take(isWanted: (output: Output) => boolean): Promise<Output[]> {
    if (this.#made.length === 0) {
      this.#made = await this.#next;
      this.#next = this.#ask();
    }
    const end = this.#made.findIndex((output) => !isWanted(output));
    return this.#made.splice(0, end < 0 ? this.#made.length : end);
  }

  async stop(): Promise<void> {
    await this.#thread.terminate();
  }
}
