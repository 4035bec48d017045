/**
 * What logs answered about fingerprints, found or not: nothing is asked twice. In memory until the browser closes, because
 * fingerprints tell what was read.
 */
import { inOrder, loadStored, removeStored, saveStored } from '../trails/stored.ts';
import type { Hit } from './hits.ts';

const KEY = 'discovery-answers';
const MAX_ANSWERS = 4096;
/** A log that knew nothing may have learned something since. */
const VALID_MS = 6 * 60 * 60_000;

interface Answer {
  readonly ids: readonly string[];
  readonly at: number;
}

/** Answers by log and fingerprint. */
export class Answers {
  readonly #answers: Map<string, Answer>;
  readonly #now: number;
  #changed = false;

  private constructor(stored: readonly (readonly [string, Answer])[], now: number) {
    this.#answers = new Map(stored.filter(([, { at }]) => at > now - VALID_MS && at <= now));
    this.#now = now;
  }

  /** What is known now. */
  static async load(now: number): Promise<Answers> {
    return new Answers((await loadStored<[string, Answer][]>('session', KEY)) ?? [], now);
  }

  known(base: string, hit: Hit): readonly string[] | undefined {
    return this.#answers.get(nameOf(base, hit))?.ids;
  }

  remember(base: string, hit: Hit, ids: readonly string[]): void {
    this.#answers.set(nameOf(base, hit), { ids, at: this.#now });
    this.#changed = true;
  }

  /** Keeps what was learned, with what others have learned meanwhile; the oldest go first. */
  async save(): Promise<void> {
    if (!this.#changed) return;
    await inOrder(async () => {
      const stored = new Map((await loadStored<[string, Answer][]>('session', KEY)) ?? []);
      for (const [name, answer] of this.#answers) stored.set(name, answer);
      const newest = [...stored].sort(([, a], [, b]) => b.at - a.at).slice(0, MAX_ANSWERS);
      await saveStored('session', KEY, newest);
    });
  }
}

/** Forgets what was asked. */
export const clearAnswers = (): Promise<void> => inOrder(() => removeStored('session', [KEY]));

const nameOf = (base: string, { alg, hex }: Hit): string => `${base} ${alg} ${hex}`;
