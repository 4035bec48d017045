/**
 * Which shared runs count: greedy string tiling (Wise 1993), longest first, each word once on both sides; then only those
 * that follow each other in both texts, and longer ones that have moved. Spec: docs/spec/compare.md §2.
 */
import { type Run, SEED_WORDS } from './runs.ts';

/** A run that stands in another order counts from this length on; shorter ones meet by chance. */
const MOVED_WORDS = 5;

/** A run that was placed. */
export interface Tile extends Run {
  /** It stands in another order than the heaviest sequence of tiles. */
  readonly moved: boolean;
}

/** The parts of a run whose words are free on both sides, taken. */
function place(run: Run, takenAttested: Uint8Array, takenPage: Uint8Array, placed: Run[]): void {
  let length = 0;
  for (let n = 0; n <= run.length; n++) {
    if (n < run.length && !takenAttested[run.attested + n] && !takenPage[run.page + n]) {
      length++;
      continue;
    }
    if (length >= SEED_WORDS) {
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
 * @param attested - words of the attested text
 * @param page - words of the page
 * @example
 * import { tiling } from '#shared/compare/tiling.ts';
 * const runs = [{ attested: 0, page: 1, length: 5 }, { attested: 0, page: 9, length: 4 }];
 * tiling(runs, 5, 13); // => [{ attested: 0, page: 1, length: 5, moved: false }]
 */
export function tiling(runs: readonly Run[], attested: number, page: number): Tile[] {
  const placed: Run[] = [];
  const takenAttested = new Uint8Array(attested);
  const takenPage = new Uint8Array(page);
  for (const run of runs) place(run, takenAttested, takenPage, placed);
  placed.sort((a, b) => a.page - b.page);
  const kept = inOrder(placed);
  return placed
    .filter((run) => kept.has(run) || run.length >= MOVED_WORDS)
    .map((run) => ({ ...run, moved: !kept.has(run) }));
}
