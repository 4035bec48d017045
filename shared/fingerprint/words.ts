/**
 * The words that fingerprints and comparisons are made of: those of the match stream, and each letter where a script
 * puts no spaces between words. Spec: docs/spec/fingerprint.md §1.
 */

/** The match stream leaves these in runs; Han, Hiragana and Katakana it has already set apart. */
const UNSPACED = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*/gu;
/** Nothing below is of an unspaced script, which most texts can be told by at a glance. */
const FIRST_UNSPACED = 0x0e00;
const CHARACTER =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
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
 * How much a word weighs in the length of a run: 1 where it is a character, else 2. Two characters of Chinese say about
 * as much as one English word.
 *
 * @example
 * import { weightOf } from '#shared/fingerprint/words.ts';
 * [weightOf('panic'), weightOf('書')]; // => [2, 1]
 */
export const weightOf = (word: string): 1 | 2 => (word.charCodeAt(0) >= FIRST_UNSPACED && CHARACTER.test(word) ? 1 : 2);
