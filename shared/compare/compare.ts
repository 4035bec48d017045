/**
 * What a page shows of an attested text, word by word, on the reader's own machine: exact, quoted, edited or unrelated.
 * Spec: docs/spec/compare.md.
 */
import { weightOf } from '../fingerprint/words.ts';
import { type Region, regionsOf, type Side } from './regions.ts';
import { sharedRuns } from './runs.ts';
import { tiling } from './tiling.ts';
import type { Edit, Span } from './word-diff.ts';
import type { WordText } from './word-text.ts';

/** A region less similar than this is no copy. Chosen on data: `npm run bench:match` prints the curve. */
export const MIN_SIMILARITY = 0.65;
/**
 * A region with less in common is no copy: thirty-two words, sixty-four Chinese characters (`weightOf`). Formulas that unrelated texts share
 * are shorter.
 */
export const MIN_COMMON_WEIGHT = 128;
/** Beside such a region others count from twelve words on. */
const MIN_FURTHER_WEIGHT = 48;

/** What the comparison found. */
export interface Comparison {
  /**
   * `exact`: every attested word stands on the page, in order, with nothing between. `quoted`: stretches of it do, word
   * for word. `edited`: words were added, removed, changed or moved; `edits` says which. `unrelated`: nothing that is not
   * chance.
   */
  readonly verdict: 'exact' | 'quoted' | 'edited' | 'unrelated';
  /**
   * Between 0 and 1: of all words in the stretches that correspond, on both sides, the share that stands on both. What
   * the page says before and after them, and what it leaves out of the attested text, does not count. 0 for `unrelated`.
   */
  readonly similarity: number;
  /** Everything that stayed or was changed, in page order. */
  readonly edits: readonly Edit[];
  /** Attested stretches that the page leaves out: before the first one shown, between those shown, after the last. */
  readonly leftOut: { readonly before: Span; readonly between: readonly Span[]; readonly after: Span };
  /** One of the texts was too long to be read whole; never `exact`. */
  readonly truncated: boolean;
}

function weightBefore(words: readonly string[]): Uint32Array {
  const sums = new Uint32Array(words.length + 1);
  for (const [at, word] of words.entries()) sums[at + 1] = (sums[at] as number) + weightOf(word);
  return sums;
}

/** Words as numbers, the same on both sides; −1 for one the attested text does not have. */
function sides(attested: WordText, page: WordText): [Side, Side] {
  const known = new Map<string, number>();
  const number = (word: string): number => {
    const id = known.get(word) ?? known.size;
    known.set(word, id);
    return id;
  };
  const ids = Int32Array.from(attested.words, number);
  return [
    { ...attested, ids, weightBefore: weightBefore(attested.words) },
    {
      ...page,
      ids: Int32Array.from(page.words, (word) => known.get(word) ?? -1),
      weightBefore: weightBefore(page.words),
    },
  ];
}

function leftOut(edits: readonly Edit[], length: number): Comparison['leftOut'] {
  const shown = edits.map(({ attested }) => attested).filter(({ from, to }) => to > from);
  shown.sort((a, b) => a.from - b.from);
  const between: Span[] = [];
  let end = shown[0]?.from ?? length;
  const before = { from: 0, to: end };
  for (const { from, to } of shown) {
    if (from > end) between.push({ from: end, to: from });
    end = to;
  }
  return { before, between, after: { from: end, to: length } };
}

function verdictOf(regions: readonly Region[], edits: readonly Edit[], attested: number): Comparison['verdict'] {
  if (regions.length === 0) return 'unrelated';
  if (regions.some(({ cut }) => cut) || edits.some(({ kind }) => kind !== 'same')) return 'edited';
  const [only] = edits;
  return edits.length === 1 && only?.attested.from === 0 && only.attested.to === attested ? 'exact' : 'quoted';
}

/**
 * Every stretch of the page that resembles a stretch of the attested text, however little: what `compareTexts` chooses
 * from. Total; bounded as `compareTexts` is.
 *
 * @example
 * import { compareRegions } from '#shared/compare/compare.ts';
 * import { wordText } from '#shared/compare/word-text.ts';
 * compareRegions(wordText(['one two three four']), wordText(['on the other hand'])); // => []
 */
export function compareRegions(attested: WordText, page: WordText): Region[] {
  const [one, other] = sides(attested, page);
  return regionsOf(one, other, tiling(sharedRuns(one, other), one, other));
}

/**
 * Compares an attested text with a page (or a part of it). Total on hostile input: linear in both texts but for bounded
 * extra work, at most about 150 MB and half a second at `MAX_COMPARED_WORDS` on each side.
 *
 * @example
 * import { compareTexts } from '#shared/compare/compare.ts';
 * import { wordText } from '#shared/compare/word-text.ts';
 * const words = (of: number) => Array.from({ length: of }, (_, n) => `word${n}`);
 * const page = words(50).with(20, 'other').toSpliced(30, 0, 'more');
 * const { verdict, edits, leftOut } = compareTexts(wordText([words(60).join(' ')]), wordText([page.join(' ')]));
 * verdict; // => 'edited'
 * edits.map(({ kind }) => kind); // => ['same', 'changed', 'same', 'added', 'same']
 * leftOut.after; // => { from: 50, to: 60 }
 */
export function compareTexts(attested: WordText, page: WordText): Comparison {
  const alike = compareRegions(attested, page).filter(({ common, words }) => common >= MIN_SIMILARITY * words);
  const regions = alike.some(({ weight }) => weight >= MIN_COMMON_WEIGHT)
    ? alike.filter(({ weight }) => weight >= MIN_FURTHER_WEIGHT)
    : [];
  const edits = regions.flatMap((region) => region.edits);
  const truncated = attested.truncated || page.truncated;
  const verdict = verdictOf(regions, edits, attested.words.length);
  const total = (count: (region: Region) => number): number => regions.reduce((sum, region) => sum + count(region), 0);
  return {
    verdict: truncated && verdict === 'exact' ? 'quoted' : verdict,
    similarity: total(({ common }) => common) / (total(({ words }) => words) || 1),
    edits,
    leftOut: leftOut(edits, attested.words.length),
    truncated,
  };
}
