/** What a stretch of text, longest passages first, or a picture is looked up by. */
import { toHex } from '#shared/bytes/hex.ts';
import { fingerprintHex, textFingerprints } from '#shared/fingerprint/text-fingerprints.ts';
import { IMAGE_ALG, imageProbes } from '#shared/image/image-keys.ts';
import type { HashedImage } from '#shared/image/pdq.ts';
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

/** What a picture is looked up by; nothing where it could be anybody's. */
export function fingerprintsOfPicture(picture: {
  readonly looks?: Pick<HashedImage, 'hash' | 'margins'>;
  readonly digest?: Uint8Array;
}): FingerprintsByAlg | undefined {
  const { looks, digest } = picture;
  if (looks === undefined && digest === undefined) return undefined;
  return {
    ...(looks && { [IMAGE_ALG]: imageProbes(looks.hash, looks.margins) }),
    ...(digest && { 'sha-256': [toHex(digest)] }),
  };
}
