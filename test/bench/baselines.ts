/** What others find copies by, alone: SimHash over 256 bits, and MinHash with locality-sensitive bands. */
import { mix } from '#shared/fingerprint/word-stream.ts';

/** A way to tell how like two texts are, without reading them again. */
export interface Baseline {
  readonly name: string;
  sketch(words: readonly string[]): Uint32Array;
  /** How alike two sketches are; more is more. Below nothing where they would not be compared at all. */
  likeness(one: Uint32Array, other: Uint32Array): number;
}

function hashOf(words: readonly string[], from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) {
    for (const unit of words[at] ?? '') hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193);
    hash = Math.imul(hash ^ 0x20, 0x01000193);
  }
  return mix(hash);
}

function ones(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Charikar 2002, over words and pairs of words. */
const simHash: Baseline = {
  name: 'SimHash-256',
  sketch(words) {
    const sums = new Int32Array(256);
    for (let at = 0; at < words.length; at++) {
      for (const size of [1, 2]) {
        const feature = hashOf(words, at, Math.min(words.length, at + size));
        for (let lane = 0; lane < 8; lane++) {
          const bits = mix(feature ^ Math.imul(lane + 1, 0x9e3779b1));
          for (let bit = 0; bit < 32; bit++) {
            const place = lane * 32 + bit;
            sums[place] = (sums[place] ?? 0) + ((bits >>> bit) & 1 ? 1 : -1);
          }
        }
      }
    }
    return Uint32Array.from({ length: 8 }, (_, lane) => {
      let bits = 0;
      for (let bit = 0; bit < 32; bit++) if ((sums[lane * 32 + bit] ?? 0) > 0) bits |= 1 << bit;
      return bits;
    });
  },
  likeness(one, other) {
    let distance = 0;
    for (let lane = 0; lane < 8; lane++) distance += ones((one[lane] ?? 0) ^ (other[lane] ?? 0));
    return 256 - distance;
  },
};

const PERMUTATIONS = 128;
const ROWS = 4;

/** Broder 1997, over runs of three words; 32 bands of four. Texts without a common band are not compared. */
const minHash: Baseline = {
  name: 'MinHash-LSH',
  sketch(words) {
    const least = new Uint32Array(PERMUTATIONS).fill(0xffffffff);
    for (let at = 0; at + 3 <= words.length; at++) {
      const feature = hashOf(words, at, at + 3);
      for (let n = 0; n < PERMUTATIONS; n++) {
        const value = (Math.imul(feature, mix(2 * n) | 1) + mix(2 * n + 1)) >>> 0;
        if (value < (least[n] ?? 0)) least[n] = value;
      }
    }
    return least;
  },
  likeness(one, other) {
    let [same, run, banded] = [0, 0, false];
    for (let n = 0; n < PERMUTATIONS; n++) {
      if (n % ROWS === 0) run = 0;
      if (one[n] !== other[n]) continue;
      same++;
      if (++run === ROWS) banded = true;
    }
    return banded ? same / PERMUTATIONS : -1;
  },
};

export const BASELINES: readonly Baseline[] = [simHash, minHash];
