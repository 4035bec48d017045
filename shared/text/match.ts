/**
 * The match stream `wm-match-1`: what a line of text says, whatever its typography. Case, punctuation, spacing,
 * invisible characters and compatibility forms do not count; letters, digits and marks do, and so do the signs that make
 * a number another number. Spec: docs/spec/text.md §3.
 */

/** Default-ignorable by Unicode, and shown as a gap all the same: Hangul fillers would join the words they part. */
const FILLERS = /[\u115F\u1160\u3164\uFFA0]+/g;
/**
 * Code points a reader cannot see: default-ignorable ones (zero-width, soft hyphen, bidi controls, both blocks of
 * variation selectors, tags), format and control characters, white space excepted.
 */
const INVISIBLE = /(?:(?![\t-\r\u0085])[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}])+/gu;
/** Bounds the sorting that normalisation does; see `bind.ts`. */
const MARKS_BEFORE = /(\p{M}{64})\p{M}+/gu;
/** UAX #15's stream-safe limit. */
const MARKS_AFTER = /(\p{M}{30})\p{M}+/gu;
/** Only stretches the Arabic word it stands in; between numbers it is a dash. */
const TATWEEL = /(?<=\p{L}\p{M}*)\u0640/gu;
/** A mark without a letter or digit under it: U+00B4 decomposes to a space and one. */
const ORPHAN_MARKS = /(^|[^\p{L}\p{N}\p{M}])\p{M}+/gu;
/** These scripts put no spaces between words: each character is a word of its own, with its marks. */
const CHARACTER_WORD = /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]\p{M}*)/gu;
const BETWEEN_WORDS = /[^\p{L}\p{N}\p{M}]+/gu;

/** Directly before a number: signs, comparisons, currency. */
const SIGNS_BEFORE = /([-+±<>≤≥=≠≈~\u2212\u2013\p{Sc}]*)[.,]?$/u;
/** Directly after one, or a space further: per cent, per mille, currency. */
const SIGN_AFTER = /^ ?([%‰\u066A\p{Sc}])/u;
const MINUS = /[\u2212\u2013]/g;
const DIGIT_LAST = /\p{Nd}$/u;
const DIGIT_FIRST = /^\p{Nd}/u;
const WORD_LAST = /[\p{L}\p{N}\p{M}]$/u;
/** Signs before one number that are looked at. */
const MAX_SIGNS = 4;

/** What remains of the run between two words: a space, and the signs that belong to the numbers beside it. */
function between(run: string, offset: number, line: string): string {
  if (run === ' ') return run;
  const before = line.slice(Math.max(0, offset - 2), offset);
  const after = line.slice(offset + run.length, offset + run.length + 2);
  let signs = (DIGIT_FIRST.test(after) && SIGNS_BEFORE.exec(run.slice(-MAX_SIGNS))?.[1]) || '';
  const unit = (DIGIT_LAST.test(before) && SIGN_AFTER.exec(run)) || undefined;
  // One sign between two numbers belongs to the second: 5 $10.
  const own = unit && unit[0].length + signs.length <= run.length ? unit[1] : '';
  signs = signs.replace(MINUS, '-');
  // A hyphen that joins is no minus: 10-20, covid-19.
  if (signs.length === run.length && WORD_LAST.test(before)) signs = signs.replace(/^-+/, '');
  return `${own} ${signs}`;
}

/** One pass; a second one settles what the first has put side by side (marks after a removed character). */
function fold(line: string): string {
  return line
    .replace(FILLERS, ' ')
    .replace(INVISIBLE, '')
    .replace(MARKS_BEFORE, '$1')
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(TATWEEL, '')
    .replaceAll('ς', 'σ')
    .replace(MARKS_AFTER, '$1')
    .replace(ORPHAN_MARKS, '$1 ')
    .replace(CHARACTER_WORD, ' $1 ')
    .replace(BETWEEN_WORDS, between)
    .trim();
}

/**
 * The match stream of one line: words of letters, digits and marks, numbers with their signs, joined by single spaces;
 * empty where the line has none. Total and idempotent. The same words give the same passage in any normal form, any case, with any invisible
 * characters between or within them.
 *
 * @example
 * import { matchLine } from '#shared/text/match.ts';
 * matchLine('“Don’t —\u00A0PANIC!”'); // => 'don t panic'
 * matchLine('AIが書いた'); // => 'ai が 書 い た'
 * matchLine('It fell to –5 °C, by 10 %.'); // => 'it fell to -5 c by 10%'
 */
export const matchLine = (line: string): string => fold(fold(line));

/** Scripts that put no spaces between words and that the match stream leaves in runs. */
const UNSPACED = /^[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{M}]+$/u;

/**
 * How many words a passage of the match stream has. A Han, Hiragana or Katakana character is a word; a run of Thai, Lao,
 * Khmer or Burmese, which has no spaces inside, counts one word for every four letters begun.
 *
 * @example
 * import { wordCount } from '#shared/text/match.ts';
 * wordCount('don t panic'); // => 3
 * wordCount(''); // => 0
 */
export function wordCount(passage: string): number {
  let words = 0;
  for (const word of passage.split(' ')) {
    if (word === '') continue;
    words += UNSPACED.test(word) ? Math.ceil(word.replace(/\p{M}/gu, '').length / 4) || 1 : 1;
  }
  return words;
}
