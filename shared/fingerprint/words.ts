/**
 * The words that fingerprints and comparisons are made of: those of the match stream, and each letter where a script
 * puts no spaces between words. Spec: docs/spec/fingerprint.md §1.
 */

/** The match stream leaves these in runs; Han, Hiragana and Katakana it has already set apart. */
const UNSPACED = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*/gu;
/** Nothing below is of an unspaced script, which most texts can be told by at a glance. */
const FIRST_UNSPACED = 0x0e00;
const CHARACTER = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30FC]/u;
const UNSPACED_FIRST = /^[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const BEYOND_LATIN = /[\u0E00-\u{10FFFF}]/u;

/**
 * The words of a passage (`matchLine`), in order. A character of Han, Hiragana, Katakana, Thai, Lao, Khmer or Burmese,
 * with its marks, is one.
 *
 * @example
 * import { wordsOf } from '#shared/fingerprint/words.ts';
 * wordsOf('don t panic'); // => ['don', 't', 'panic']
 * wordsOf('กขค a'); // => ['ก', 'ข', 'ค', 'a']
 */
export function wordsOf(passage: string): string[] {
  if (passage === '') return [];
  if (!BEYOND_LATIN.test(passage)) return passage.split(' ');
  return passage.replace(UNSPACED, ' $& ').trim().split(/ +/);
}

/**
 * How much a word weighs in the length of a run: 4; a character of Han, Hiragana or Katakana 2, a letter of Thai, Lao,
 * Khmer or Burmese 1. So four, two and one of them say about as much as each other.
 *
 * @example
 * import { weightOf } from '#shared/fingerprint/words.ts';
 * [weightOf('panic'), weightOf('書'), weightOf('ก')]; // => [4, 2, 1]
 */
export function weightOf(word: string): 4 | 2 | 1 {
  if (word.charCodeAt(0) < FIRST_UNSPACED) return 4;
  return CHARACTER.test(word) ? 2 : UNSPACED_FIRST.test(word) ? 1 : 4;
}

/**
 * How many words some weights stand for, as `wordCount` counts them: a Han, Hiragana or Katakana character is one, four
 * letters of an unspaced script are.
 *
 * @example
 * import { countWords } from '#shared/fingerprint/words.ts';
 * countWords(Uint8Array.of(4, 2, 1, 1)); // => 2.5
 */
export function countWords(weights: Uint8Array): number {
  let quarters = 0;
  for (const weight of weights) quarters += weight === 1 ? 1 : 4;
  return quarters / 4;
}
