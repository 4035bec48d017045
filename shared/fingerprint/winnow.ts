/**
 * `wm-winnow-1`: winnowed word shingles (Schleimer, Wilkerson, Aiken, "Winnowing", SIGMOD 2003). Two texts that share a
 * run of twelve words have a fingerprint in common. Spec: docs/spec/fingerprint.md §3.
 */
import { mix, type WordStream } from './word-stream.ts';
import { countWords } from './words.ts';

/** A shingle is the shortest run of words that weighs so much: eight words, sixteen Chinese characters (`weightOf`). */
const SHINGLE_WEIGHT = 32;
/** Of so many shingles in a row, one is kept. */
const WINDOW = 5;
/** Shorter texts have no fingerprints: too few words to be anybody's in particular. */
export const MIN_WORDS = 40;

/** Odd multipliers of the two rolling hashes, and their powers up to the longest shingle. */
const BASES = [0x9e3779b1, 0x85ebca77] as const;
const powers = (base: number): Int32Array => {
  const list = new Int32Array(SHINGLE_WEIGHT + 1).fill(1);
  for (let n = 1; n < list.length; n++) list[n] = Math.imul(list[n - 1] ?? 0, base);
  return list;
};
const POWERS = BASES.map(powers) as [Int32Array, Int32Array];

/** Fingerprints of a text in its order, each once. */
export interface Fingerprints {
  /** 48 bits each. */
  readonly values: Float64Array;
  /** The word each shingle begins with; of a repeated one, the first. */
  readonly words: Uint32Array;
}
const NONE: Fingerprints = { values: new Float64Array(0), words: new Uint32Array(0) };

/** Each shingle's 48-bit hash, in the order of the words they begin with. */
function shingles({ hashes, weights, length }: WordStream): Float64Array {
  const [first, second] = POWERS;
  const values = new Float64Array(length);
  let count = 0;
  let [high, low, weight, end] = [0, 0, 0, 0];
  for (let start = 0; start < length; start++) {
    while (weight < SHINGLE_WEIGHT && end < length) {
      const word = hashes[end] as number;
      high = (Math.imul(high, BASES[0]) + word) | 0;
      low = (Math.imul(low, BASES[1]) + word) | 0;
      weight += weights[end++] as number;
    }
    if (weight < SHINGLE_WEIGHT) break;
    values[count++] = (mix(high) & 0xffff) * 2 ** 32 + mix(low);
    const size = end - start - 1;
    const word = hashes[start] as number;
    high = (high - Math.imul(word, first[size] as number)) | 0;
    low = (low - Math.imul(word, second[size] as number)) | 0;
    weight -= weights[start] as number;
  }
  return values.subarray(0, count);
}

/**
 * The winnowed fingerprints of a text; none under `MIN_WORDS` words. About every third shingle is kept. Linear in time
 * and memory.
 *
 * @example
 * import { winnow } from '#shared/fingerprint/winnow.ts';
 * import { WordStream } from '#shared/fingerprint/word-stream.ts';
 * const stream = new WordStream();
 * stream.add('too short');
 * winnow(stream).values.length; // => 0
 */
export function winnow(stream: WordStream): Fingerprints {
  if (countWords(stream.weights) < MIN_WORDS) return NONE;
  const all = shingles(stream);
  const values = new Float64Array(all.length);
  const words = new Uint32Array(all.length);
  const seen = new Set<number>();
  let count = 0;
  let least = -1;
  // Forty words have at least twenty-five shingles: there is always a whole window.
  for (let end = WINDOW - 1; end < all.length; end++) {
    const start = end - WINDOW + 1;
    // The rightmost least value, so that it stays the least for as many windows as can be.
    if (least < start) {
      least = start;
      for (let at = start + 1; at <= end; at++) if ((all[at] as number) <= (all[least] as number)) least = at;
    } else if ((all[end] as number) <= (all[least] as number)) least = end;
    else continue;
    const value = all[least] as number;
    if (seen.has(value)) continue;
    seen.add(value);
    values[count] = value;
    words[count++] = least;
  }
  return { values: values.slice(0, count), words: words.slice(0, count) };
}
