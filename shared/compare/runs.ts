/**
 * The runs of words two texts share, wherever they stand in each: found by seeds of four words, extended to both sides.
 * Bounded on any input. Spec: docs/spec/compare.md §2.
 */

/** `length` words that are the same from `attested` on in one text and from `page` on in the other. */
export interface Run {
  readonly attested: number;
  readonly page: number;
  readonly length: number;
}

/** One text of a comparison. */
export interface Words {
  /** Each word as a number, the same in both texts; a negative one occurs on the page only. */
  readonly ids: Int32Array;
  /** The weight of all words before each one (`weightOf`); one entry more than there are words. */
  readonly weightBefore: Uint32Array;
}

/** Words of a seed. */
const SEED_WORDS = 4;
/** A run is at least four words, six Chinese characters; shorter ones are looked for between longer ones only. */
export const MIN_RUN_WEIGHT = 12;
/** Places of one seed that are tried. */
const MAX_PLACES = 16;
/** Words compared while runs are extended, for the whole comparison: about 50 ms. */
const MAX_EXTENSION = 2 ** 24;
const MAX_RUNS = 2 ** 18;

const seedAt = (ids: Int32Array, at: number): number => {
  let hash = 0;
  for (let n = 0; n < SEED_WORDS; n++) hash = Math.imul(hash ^ (ids[at + n] as number), 0x9e3779b1);
  return hash ^ (hash >>> 15);
};

/** Where each seed of a text stands: chains of places in ascending order, by hash. */
class Seeds {
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #mask: number;

  constructor(ids: Int32Array) {
    let size = 16;
    while (size < ids.length) size *= 2;
    this.#mask = size - 1;
    this.#heads = new Int32Array(size).fill(-1);
    this.#next = new Int32Array(ids.length);
    for (let at = ids.length - SEED_WORDS; at >= 0; at--) {
      const slot = seedAt(ids, at) & this.#mask;
      this.#next[at] = this.#heads[slot] as number;
      this.#heads[slot] = at;
    }
  }

  first = (hash: number): number => this.#heads[hash & this.#mask] as number;
  after = (at: number): number => this.#next[at] as number;
}

/**
 * The weight of some words of a text, `to` excluded.
 *
 * @example
 * import { weightBetween } from '#shared/compare/runs.ts';
 * weightBetween({ ids: Int32Array.of(1, 2), weightBefore: Uint32Array.of(0, 4, 8) }, 1, 2); // => 4
 */
export const weightBetween = ({ weightBefore }: Words, from: number, to: number): number =>
  (weightBefore[to] as number) - (weightBefore[from] as number);

/**
 * Every shared run of four words or more that begins in the first places of one of its seeds, longest first; of equal
 * ones those nearest to the diagonal of the longest.
 *
 * @example
 * import { sharedRuns } from '#shared/compare/runs.ts';
 * const attested = { ids: Int32Array.of(1, 2, 3, 4, 5), weightBefore: Uint32Array.of(0, 4, 8, 12, 16, 20) };
 * const page = { ids: Int32Array.of(-1, 1, 2, 3, 4), weightBefore: Uint32Array.of(0, 4, 8, 12, 16, 20) };
 * sharedRuns(attested, page); // => [{ attested: 0, page: 1, length: 4 }]
 */
export function sharedRuns(text: Words, shown: Words): Run[] {
  const [attested, page] = [text.ids, shown.ids];
  const seeds = new Seeds(attested);
  const runs: Run[] = [];
  /** For each diagonal, where on the page the last run along it ended. */
  const reached = new Int32Array(attested.length + page.length + 1);
  let left = MAX_EXTENSION;
  for (let at = 0; at + SEED_WORDS <= page.length; at++) {
    let place = seeds.first(seedAt(page, at));
    for (let tried = 0; place >= 0 && tried < MAX_PLACES; tried++, place = seeds.after(place)) {
      const diagonal = place - at + page.length;
      if ((reached[diagonal] as number) > at) continue;
      let length = 0;
      while (place + length < attested.length && attested[place + length] === page[at + length]) length++;
      if (length < SEED_WORDS) continue;
      let back = 0;
      while (back < place && back < at && attested[place - back - 1] === page[at - back - 1]) back++;
      reached[diagonal] = at + length;
      left -= length + back;
      if (weightBetween(shown, at - back, at + length) < MIN_RUN_WEIGHT) continue;
      runs.push({ attested: place - back, page: at - back, length: length + back });
      if (left < 0 || runs.length === MAX_RUNS) return longestFirst(runs);
    }
  }
  return longestFirst(runs);
}

function longestFirst(runs: Run[]): Run[] {
  let longest: Run | undefined;
  for (const run of runs) if (run.length > (longest?.length ?? 0)) longest = run;
  const diagonal = longest === undefined ? 0 : longest.attested - longest.page;
  const offset = ({ attested, page }: Run): number => Math.abs(attested - page - diagonal);
  return runs.sort((a, b) => b.length - a.length || offset(a) - offset(b) || a.page - b.page);
}
