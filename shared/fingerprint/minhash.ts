/**
 * `wm-minhash-1`: bands of minimum hashes over pairs of neighbouring words (Broder 1997; bands: Leskovec et al., Mining of
 * Massive Datasets §3.4). They find a lightly edited text where too few runs have stayed whole. Spec:
 * docs/spec/fingerprint.md §4.
 */
import { MIN_WORDS } from './winnow.ts';
import { mix, type WordStream } from './word-stream.ts';
import { countWords } from './words.ts';

const BANDS = 20;
const ROWS = 4;

/** Multipliers and addends of the permutations `x·a + b` modulo 2^32. */
const constants = (seed: number, odd: 0 | 1): Int32Array =>
  Int32Array.from({ length: BANDS * ROWS }, (_, n) => mix(Math.imul(n + 1, 0x9e3779b1) ^ seed) | odd);
const MULTIPLIERS = constants(0x57690001, 1);
const ADDENDS = constants(0x57690002, 0);

/**
 * The band keys of the words from `from` up to `to`, 48 bits each; none under `MIN_WORDS` words. A text whose word pairs
 * agree with another's in a share *j* has a key in common with it with probability 1 − (1 − j⁴)²⁰.
 *
 * @example
 * import { minhashBands } from '#shared/fingerprint/minhash.ts';
 * import { WordStream } from '#shared/fingerprint/word-stream.ts';
 * const stream = new WordStream();
 * for (let n = 0; n < 40; n++) stream.add(`word${n}`);
 * minhashBands(stream).length; // => 20
 */
export function minhashBands(stream: WordStream, from = 0, to: number = stream.length): Float64Array {
  if (countWords(stream.weights.subarray(from, to)) < MIN_WORDS) return new Float64Array(0);
  const { hashes } = stream;
  const least = new Uint32Array(BANDS * ROWS).fill(0xffffffff);
  for (let at = from; at + 1 < to; at++) {
    const pair = mix(Math.imul(hashes[at] as number, 0x9e3779b1) + (hashes[at + 1] as number));
    for (let n = 0; n < least.length; n++) {
      const value = (Math.imul(pair, MULTIPLIERS[n] as number) + (ADDENDS[n] as number)) >>> 0;
      if (value < (least[n] as number)) least[n] = value;
    }
  }
  return Float64Array.from({ length: BANDS }, (_, band) => {
    let [high, low] = [band, ~band];
    for (let row = 0; row < ROWS; row++) {
      const value = least[band * ROWS + row] as number;
      high = mix(Math.imul(high, 0x9e3779b1) + value);
      low = mix(Math.imul(low, 0x85ebca77) + value);
    }
    return (high & 0xffff) * 2 ** 32 + low;
  });
}
