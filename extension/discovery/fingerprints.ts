/** The fingerprints by which a stretch of text is looked up, longest passages first. */
import { toHex } from '#shared/bytes/hex.ts';
import { fingerprintHex, textFingerprints } from '#shared/fingerprint/text-fingerprints.ts';
import { wordCount } from '#shared/text/match.ts';
import { passageDigest, passagesOf } from '#shared/text/passages.ts';
import type { FingerprintsByAlg } from './hits.ts';

/** How many words lines have. */
export const wordsIn = (lines: readonly string[]): number =>
  passagesOf(lines).reduce((sum, passage) => sum + wordCount(passage), 0);

/** What a text is looked up by. */
export function fingerprintsOf(lines: readonly string[]): FingerprintsByAlg {
  const passages = [...new Set(passagesOf(lines))].sort((a, b) => wordCount(b) - wordCount(a));
  const { 'wm-winnow-1': winnowed, 'wm-minhash-1': bands } = textFingerprints(lines);
  return {
    'wm-match-1': passages.map((passage) => toHex(passageDigest(passage))),
    'wm-winnow-1': winnowed.map(fingerprintHex),
    'wm-minhash-1': bands.map(fingerprintHex),
  };
}
