/** The fingerprints by which a text is found, attested or on a page. Spec: docs/spec/fingerprint.md §5. */
import { minhashBands } from './minhash.ts';
import { winnow } from './winnow.ts';
import { WordStream } from './word-stream.ts';

/** A longer text has no bands of its own: it is found by its passages and by what they share. */
const MAX_BANDED_WORDS = 4096;

/** Fingerprints by the name of their algorithm, each once; 48-bit integers. */
export interface TextFingerprints {
  readonly 'wm-winnow-1': readonly number[];
  readonly 'wm-minhash-1': readonly number[];
}

/**
 * The fingerprints of rendered lines: winnowed shingles over all of them, minimum-hash bands of each passage
 * and, up to 4,096 words, of the whole. A text under `MIN_WORDS` words has none.
 *
 * @example
 * import { textFingerprints } from '#shared/fingerprint/text-fingerprints.ts';
 * textFingerprints(['Too short.']); // => { 'wm-winnow-1': [], 'wm-minhash-1': [] }
 */
export function textFingerprints(lines: readonly string[]): TextFingerprints {
  const stream = new WordStream();
  const bands = new Set<number>();
  for (const line of lines) {
    const start = stream.length;
    stream.add(line);
    for (const key of minhashBands(stream, start)) bands.add(key);
  }
  if (stream.length <= MAX_BANDED_WORDS) for (const key of minhashBands(stream)) bands.add(key);
  return { 'wm-winnow-1': [...winnow(stream).values], 'wm-minhash-1': [...bands] };
}

/**
 * A fingerprint as twelve hexadecimal digits, as an index keeps it.
 *
 * @example
 * import { fingerprintHex } from '#shared/fingerprint/text-fingerprints.ts';
 * fingerprintHex(255); // => '0000000000ff'
 */
export const fingerprintHex = (fingerprint: number): string => fingerprint.toString(16).padStart(12, '0');
