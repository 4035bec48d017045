/** A text as the comparer reads it: its words and where its lines begin. Spec: docs/spec/compare.md §1. */
import { wordsOf } from '../fingerprint/words.ts';
import { matchLine } from '../text/match.ts';

/** Words of one side that are compared; what comes later is not read. More than a page walk reads (docs/spec/text.md §1.1). */
export const MAX_COMPARED_WORDS = 2 ** 18;

/** The words of rendered lines. */
export interface WordText {
  readonly words: readonly string[];
  /** For each line given, the index of its first word; a line without words begins where the next one does. */
  readonly starts: readonly number[];
  /** There were more than `MAX_COMPARED_WORDS`. */
  readonly truncated: boolean;
}

/**
 * Reads rendered lines (`plainLines`, `markdownLines`, a page's lines, or passages) for comparison.
 *
 * @example
 * import { wordText } from '#shared/compare/word-text.ts';
 * wordText(['Hello, World!', '—', 'Bye.']); // => { words: ['hello', 'world', 'bye'], starts: [0, 2, 2], truncated: false }
 */
export function wordText(lines: readonly string[]): WordText {
  const words: string[] = [];
  const starts: number[] = [];
  for (const line of lines) {
    starts.push(words.length);
    for (const word of wordsOf(matchLine(line))) {
      if (words.length === MAX_COMPARED_WORDS) return { words, starts, truncated: true };
      words.push(word);
    }
  }
  return { words, starts, truncated: false };
}
