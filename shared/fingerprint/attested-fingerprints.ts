/** The fingerprints that an attestation brings to an index. Spec: docs/spec/fingerprint.md §5. */
import { MAX_FINGERPRINTS } from '../limits.ts';
import { type TextFingerprints, textFingerprints } from './text-fingerprints.ts';

/** Names of the fingerprints that an index keeps. */
export const FINGERPRINT_ALGS = ['wm-winnow-1', 'wm-minhash-1'] as const;
export type FingerprintAlg = (typeof FINGERPRINT_ALGS)[number];

/** Bytes of a fingerprint. */
export const FINGERPRINT_BYTES = 6;

/** A word takes two bytes at least, one shingle of three is kept: the densest writing yields one in six bytes. */
const BYTES_FOR_EACH = 4;

/**
 * How many fingerprints of one algorithm an attestation of a text may bring.
 *
 * @param size - bytes of the text's bind stream, as the claim says
 * @example
 * import { maxFingerprints } from '#shared/fingerprint/attested-fingerprints.ts';
 * maxFingerprints(400); // => 100
 * maxFingerprints(1_000_000); // => 2048
 */
export const maxFingerprints = (size: number): number => Math.min(MAX_FINGERPRINTS, Math.floor(size / BYTES_FOR_EACH));

/** Every n-th, so that whatever part of a long text is quoted keeps its share. */
function thinned(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values;
  const step = Math.ceil(values.length / most);
  return values.filter((_, at) => at % step === 0);
}

/**
 * The fingerprints of a text as an attestation brings them: all of `textFingerprints`, or of a text that has more than
 * `maxFingerprints` every n-th, for the least n that leaves no more.
 *
 * @param lines - the text's rendered lines
 * @param size - bytes of its bind stream
 * @param most - fewer than `maxFingerprints`, where fewer are taken
 * @example
 * import { attestedFingerprints } from '#shared/fingerprint/attested-fingerprints.ts';
 * attestedFingerprints(['Too short.'], 10); // => { 'wm-winnow-1': [], 'wm-minhash-1': [] }
 */
export function attestedFingerprints(
  lines: readonly string[],
  size: number,
  most: number = maxFingerprints(size),
): TextFingerprints {
  const all = textFingerprints(lines);
  return {
    'wm-winnow-1': thinned(all['wm-winnow-1'], most),
    'wm-minhash-1': thinned(all['wm-minhash-1'], most),
  };
}
