/**
 * Makes committed heads visible, newest only and in order: cosignatures are collected up to quorum or deadline, the
 * checkpoint is replaced, and everybody whose entry it covers is released.
 */
import { utf8 } from '#shared/bytes/bytes.ts';
import { encodeNote, parseNote } from '#shared/log/note.ts';
import type { Policy } from '#shared/log/policy.ts';
import { consistencyProofFromTiles } from '#shared/log/tile-proofs.ts';
import { CHECKPOINT_KEY, COSIGNED_KEY, putText, tileReader } from '../storage/log-store.ts';
import type { LogTables } from '../storage/log-tables.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { collectCosignatures } from './collect-cosignatures.ts';
import type { Visible } from './recovery.ts';

/** How long a publication waits for its witnesses before it goes out without quorum. */
export const COSIGN_DEADLINE_MS = 1500;

/** A committed head that wants to be seen. */
export interface Publication {
  readonly size: number;
  readonly checkpoint: string;
}

interface Waiter {
  readonly size: number;
  readonly resolve: (checkpoint: string) => void;
  readonly reject: (reason: unknown) => void;
}

/** The publishing half of one sequencer. */
export class Publisher {
  readonly #store: () => ObjectStore;
  readonly #tables: LogTables;
  readonly #policy: Policy;
  #waiters: Waiter[] = [];
  #visible: Visible;
  #publishedAt = Date.now();
  #abandoned: { readonly reason: unknown } | undefined;

  constructor(parts: { store: () => ObjectStore; tables: LogTables; policy: Policy; visible: Visible }) {
    this.#store = parts.store;
    this.#tables = parts.tables;
    this.#policy = parts.policy;
    this.#visible = parts.visible;
  }

  get publishedSize(): number {
    return this.#visible.size;
  }

  /** When this publisher last made a checkpoint visible, or found one, in milliseconds. */
  get publishedAt(): number {
    return this.#publishedAt;
  }

  /**
   * Resolves once a checkpoint of at least `size` is visible, with that checkpoint; rejects once it is certain that it
   * never will.
   */
  published(size: number): Promise<string> {
    if (size <= this.#visible.size) return Promise.resolve(this.#visible.text);
    if (this.#abandoned) return Promise.reject(this.#abandoned.reason);
    return new Promise((resolve, reject) => this.#waiters.push({ size, resolve, reject }));
  }

  /** Tells everybody who waits, and whoever still comes, that nothing is acknowledged. */
  abandon(reason: unknown): void {
    this.#abandoned ??= { reason };
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason);
  }

  /**
   * Publishes one head. The checkpoint is stored before anybody is released, and before trails may cite it.
   * @throws Error when another checkpoint is visible than the one this publisher knows
   */
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
    const version = await this.#store().replace(CHECKPOINT_KEY, utf8(text), this.#visible.version);
    if (version === undefined) throw new Error('another checkpoint has become visible');
    this.#visible = { size, version, text };
    if (collected.quorum) await putText(this.#store(), COSIGNED_KEY, text);
    this.#publishedAt = Date.now();
    const released = this.#waiters.filter((waiter) => waiter.size <= size);
    this.#waiters = this.#waiters.filter((waiter) => waiter.size > size);
    for (const { resolve } of released) resolve(text);
    return { quorum: collected.quorum };
  }
}
