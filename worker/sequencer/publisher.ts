/**
 * Makes committed heads visible, newest only and in order: cosignatures are collected up to quorum or deadline, the
 * checkpoint is replaced, and everybody whose entry it covers is released.
 */
import { encodeNote, parseNote } from '#shared/log/note.ts';
import type { Policy } from '#shared/log/policy.ts';
import { consistencyProofFromTiles } from '#shared/log/tile.ts';
import { CHECKPOINT_KEY, COSIGNED_KEY, putText, tileReader } from '../storage/log-store.ts';
import type { LogTables } from '../storage/log-tables.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { collectCosignatures } from './collect-cosignatures.ts';

/** How long a publication waits for its witnesses before it goes out without quorum. */
export const COSIGN_DEADLINE_MS = 1500;

/** A committed head that wants to be seen. */
export interface Publication {
  readonly size: number;
  readonly checkpoint: string;
}

interface Waiter {
  readonly size: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** The publishing half of one sequencer. */
export class Publisher {
  readonly #store: () => ObjectStore;
  readonly #tables: LogTables;
  readonly #policy: Policy;
  #waiters: Waiter[] = [];
  #publishedSize: number;
  #publishedAt = Date.now();

  constructor(parts: { store: () => ObjectStore; tables: LogTables; policy: Policy; publishedSize: number }) {
    this.#store = parts.store;
    this.#tables = parts.tables;
    this.#policy = parts.policy;
    this.#publishedSize = parts.publishedSize;
  }

  get publishedSize(): number {
    return this.#publishedSize;
  }

  /** How old the visible checkpoint is, and for how long something committed has been waiting to be seen. */
  health(
    committedSize: number,
    now: number,
  ): { publishedSize: number; checkpointAgeSeconds: number; behindSeconds: number } {
    const age = Math.floor((now - this.#publishedAt) / 1000);
    const behind = this.#publishedSize < committedSize ? age : 0;
    return { publishedSize: this.#publishedSize, checkpointAgeSeconds: age, behindSeconds: behind };
  }

  /** Resolves once a checkpoint of at least `size` is visible. */
  published(size: number): Promise<void> {
    if (size <= this.#publishedSize) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ size, resolve, reject }));
  }

  /** Tells everybody who waits that nothing is acknowledged. */
  abandon(reason: unknown): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason);
  }

  /** Publishes one head. The checkpoint is stored before anybody is released. */
  async publish({ size, checkpoint }: Publication): Promise<{ quorum: boolean }> {
    const note = parseNote(checkpoint);
    if (!note.ok) throw new Error(`our own checkpoint: ${note.reason}`);
    const read = tileReader(this.#store());
    const collected = await collectCosignatures({
      note: note.value,
      size,
      policy: this.#policy,
      deadlineMs: COSIGN_DEADLINE_MS,
      fetch: (url, init) => fetch(url, init),
      consistency: async (oldSize) => {
        const proof = await consistencyProofFromTiles(read, oldSize, size);
        if (!proof.ok) throw new Error(`consistency proof: ${proof.reason}`);
        return proof.value;
      },
      knownSize: (witness) => this.#tables.witnessSize(witness),
      learnSize: (witness, known) => this.#tables.setWitnessSize(witness, known),
    });
    const text = encodeNote(collected.note);
    if (collected.quorum) await putText(this.#store(), COSIGNED_KEY, text);
    await putText(this.#store(), CHECKPOINT_KEY, text);
    this.#publishedSize = size;
    this.#publishedAt = Date.now();
    const released = this.#waiters.filter((waiter) => waiter.size <= size);
    this.#waiters = this.#waiters.filter((waiter) => waiter.size > size);
    for (const { resolve } of released) resolve();
    return { quorum: collected.quorum };
  }
}
