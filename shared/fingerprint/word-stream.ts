/** Words as numbers, gathered passage by passage. Spec: docs/spec/fingerprint.md §2. */
import { matchLine } from '../text/match.ts';
import { weightOf, wordsOf } from './words.ts';

/**
 * A 32-bit mixer, murmur3's finaliser: every bit of the value moves every bit of the result.
 *
 * @example
 * import { mix } from '#shared/fingerprint/word-stream.ts';
 * mix(1).toString(16); // => '514e28b7'
 */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** FNV-1a over UTF-16 code units. */
const FNV_START = 0x811c9dc5;
const fnv = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);

/**
 * What a code unit of a plain line is: a letter or digit, as its lower-case code; what parts words, 1; what does so but may
 * belong to a number after it, 2, or before it, 3; 0 for everything that is not plain.
 */
const PLAIN_UNITS = (() => {
  const units = new Uint8Array(0x2028);
  for (let unit = 0x20; unit < 0x7f; unit++) units[unit] = 1;
  for (const unit of '\t\n\f\r\u00A0\u2014\u2018\u2019\u201C\u201D\u2026') units[unit.charCodeAt(0)] = 1;
  for (const unit of '-+<>=~\u2013') units[unit.charCodeAt(0)] = 2;
  for (const unit of '%$') units[unit.charCodeAt(0)] = 3;
  for (const unit of 'abcdefghijklmnopqrstuvwxyz0123456789') {
    units[unit.charCodeAt(0)] = units[unit.toUpperCase().charCodeAt(0)] = unit.charCodeAt(0);
  }
  return units;
})();
const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

/**
 * The words of a text so far. Adding is linear and keeps five bytes a word, so a page can be read in slices; line ends
 * leave no trace, so that text broken into other lines gives the same fingerprints.
 *
 * @example
 * import { WordStream } from '#shared/fingerprint/word-stream.ts';
 * const stream = new WordStream();
 * stream.add('Don’t PANIC!');
 * stream.length; // => 3
 */
export class WordStream {
  #hashes = new Uint32Array(256);
  #weights = new Uint8Array(256);
  #length = 0;

  /** Takes the words of one rendered line. */
  add(line: string): void {
    const start = this.#length;
    if (this.#addPlain(line)) return;
    this.#length = start;
    for (const word of wordsOf(matchLine(line))) {
      let hash = FNV_START;
      for (let at = 0; at < word.length; at++) hash = fnv(hash, word.charCodeAt(at));
      this.#push(hash, weightOf(word));
    }
  }

  /**
   * The same for a line of ASCII and the punctuation of typeset English, ten times faster: most lines of most pages.
   * False where the line is not plain, or where a sign may belong to a number; words already added are then void.
   */
  #addPlain(line: string): boolean {
    let hash = FNV_START;
    let last = 0;
    let inWord = false;
    let sign = false;
    for (let at = 0; at < line.length; at++) {
      const unit = PLAIN_UNITS[line.charCodeAt(at)] ?? 0;
      if (unit > 3) {
        if (sign && !inWord && isDigit(unit)) return false;
        hash = fnv(hash, unit);
        last = unit;
        inWord = true;
        continue;
      }
      if (unit === 0 || (unit === 3 && isDigit(last))) return false;
      sign = unit > 1 || (sign && !inWord);
      if (!inWord) continue;
      this.#push(hash, 4);
      hash = FNV_START;
      inWord = false;
    }
    if (inWord) this.#push(hash, 4);
    return true;
  }

  #push(hash: number, weight: 4 | 2 | 1): void {
    if (this.#length === this.#hashes.length) this.#grow();
    this.#hashes[this.#length] = mix(hash);
    this.#weights[this.#length++] = weight;
  }

  #grow(): void {
    const hashes = new Uint32Array(this.#hashes.length * 2);
    const weights = new Uint8Array(hashes.length);
    hashes.set(this.#hashes);
    weights.set(this.#weights);
    [this.#hashes, this.#weights] = [hashes, weights];
  }

  /** Words added so far. */
  get length(): number {
    return this.#length;
  }

  /** The hash of each word, 32 bits. A view: it ends to be current with the next `add`. */
  get hashes(): Uint32Array {
    return this.#hashes.subarray(0, this.#length);
  }

  /** The weight of each word (`weightOf`), by the same rule. */
  get weights(): Uint8Array {
    return this.#weights.subarray(0, this.#length);
  }
}
