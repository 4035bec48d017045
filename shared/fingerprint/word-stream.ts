/** Words as numbers, gathered passage by passage. Spec: docs/spec/fingerprint.md §2. */
import { weightOf, wordsOf } from './words.ts';

/** A 32-bit mixer: murmur3's finaliser. Every bit of the input moves every bit of the result. */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** FNV-1a over UTF-16 code units, mixed. */
function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return mix(hash);
}

/**
 * The words of a text so far. Adding is linear and keeps five bytes a word, so a page can be read in slices; line ends
 * leave no trace, so that text broken into other lines gives the same fingerprints.
 *
 * @example
 * import { WordStream } from '#shared/fingerprint/word-stream.ts';
 * const stream = new WordStream();
 * stream.add('don t panic');
 * stream.length; // => 3
 */
export class WordStream {
  #hashes = new Uint32Array(256);
  #weights = new Uint8Array(256);
  #length = 0;

  /** Takes the words of one passage (`matchLine`, `quickMatchLine`). */
  add(passage: string): void {
    for (const word of wordsOf(passage)) {
      if (this.#length === this.#hashes.length) this.#grow();
      this.#hashes[this.#length] = hashWord(word);
      this.#weights[this.#length++] = weightOf(word);
    }
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
