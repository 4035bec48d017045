/**
 * Which shared runs count: greedy string tiling (Wise 1993), longest first, each word once on both sides; then only those
 * that follow each other in both texts, and longer ones that have moved. Spec: docs/spec/compare.md §2.
 */
import { MIN_RUN_WEIGHT, type Run, type Words, weightBetween } from './runs.ts';

/** A run that stands in another order counts from this weight on, four words or eight characters; others meet by chance. */
const MIN_MOVED_WEIGHT = 16;

/** A run that was placed. */
export interface Tile extends Run {
  /** It stands in another order than the heaviest sequence of tiles. */
  readonly moved: boolean;
}

/** The parts of a run whose words are free on both sides, taken. */
function place(run: Run, page: Words, takenAttested: Uint8Array, takenPage: Uint8Array, placed: Run[]): void {
  let length = 0;
  for (let n = 0; n <= run.length; n++) {
    if (n < run.length && !takenAttested[run.attested + n] && !takenPage[run.page + n]) {
      length++;
      continue;
    }
    if (length > 0 && weightBetween(page, run.page + n - length, run.page + n) >= MIN_RUN_WEIGHT) {
      const part = { attested: run.attested + n - length, page: run.page + n - length, length };
      takenAttested.fill(1, part.attested, part.attested + length);
      takenPage.fill(1, part.page, part.page + length);
      placed.push(part);
    }
    length = 0;
  }
}

/** The heaviest subset, by words, that stands in one order in both texts; `runs` in page order, disjoint. */
function inOrder(runs: readonly Run[]): Set<Run> {
  const byAttested = [...runs].sort((a, b) => a.attested - b.attested);
  const rank = new Map(byAttested.map((run, index) => [run, index + 1]));
  /** Fenwick tree: the best run to end with among those up to a rank. */
  const best: (number | undefined)[] = [];
  const weights: number[] = [];
  const before: (number | undefined)[] = [];
  const heavier = (one: number | undefined, other: number | undefined): number | undefined =>
    other !== undefined && (one === undefined || (weights[other] ?? 0) > (weights[one] ?? 0)) ? other : one;
  let last: number | undefined;
  for (const [index, run] of runs.entries()) {
    const place = rank.get(run) ?? 0;
    let previous: number | undefined;
    for (let at = place - 1; at > 0; at -= at & -at) previous = heavier(previous, best[at]);
    weights[index] = run.length + (previous === undefined ? 0 : (weights[previous] ?? 0));
    before[index] = previous;
    last = heavier(last, index);
    for (let at = place; at <= runs.length; at += at & -at) best[at] = heavier(best[at], index);
  }
  const kept = new Set<Run>();
  for (let at = last; at !== undefined; at = before[at]) {
    const run = runs[at];
    if (run !== undefined) kept.add(run);
  }
  return kept;
}

/**
 * Tiles in page order, disjoint on both sides.
 *
 * @param runs - longest first (`sharedRuns`)
 * @example
 * import { tiling } from '#shared/compare/tiling.ts';
 * const words = { ids: Int32Array.of(1, 2, 3, 4), weightBefore: Uint32Array.of(0, 4, 8, 12, 16) };
 * tiling([{ attested: 0, page: 0, length: 4 }], words, words); // => [{ attested: 0, page: 0, length: 4, moved: false }]
 */
export function tiling(runs: readonly Run[], attested: Words, page: Words): Tile[] {
  const placed: Run[] = [];
  const takenAttested = new Uint8Array(attested.ids.length);
  const takenPage = new Uint8Array(page.ids.length);
  for (const run of runs) place(run, page, takenAttested, takenPage, placed);
  placed.sort((a, b) => a.page - b.page);
  const kept = inOrder(placed);
  return placed
    .filter((run) => kept.has(run) || weightBetween(page, run.page, run.page + run.length) >= MIN_MOVED_WEIGHT)
    .map((run) => ({ ...run, moved: !kept.has(run) }));
}
