/** Outputs of 500 words as issuers attest them: no two alike, each with the digests and fingerprints of its text. */
import { utf8 } from '#shared/bytes/bytes.ts';
import { attestedFingerprints, type FINGERPRINT_ALGS } from '#shared/fingerprint/attested-fingerprints.ts';
import { fingerprintHex } from '#shared/fingerprint/text-fingerprints.ts';
import { plainLines } from '#shared/text/passages.ts';
import { attestationOf, type IssuerOrigin } from '../support/worker-harness.ts';
import { seededRandom } from './attacks/random.ts';

const PASSAGES = 5;
const WORDS_EACH = 100;
const VOCABULARY = 20_000;

/** An attested output, ready to be sent. */
export interface Output {
  /** The JSON body for `POST /v1/attestations`. */
  readonly body: string;
  /** Its fingerprints of both algorithms in hex. */
  readonly fingerprints: Readonly<Record<(typeof FINGERPRINT_ALGS)[number], readonly string[]>>;
}

/** A source of outputs of one issuer; the same texts in every run. */
export function outputSource({ origin, keys }: Pick<IssuerOrigin, 'origin' | 'keys'>): () => Output {
  const [key] = keys;
  if (!key) throw new RangeError('an issuer without a key');
  const random = seededRandom('outputs');
  const word = (): string => `w${Math.floor(random() * VOCABULARY).toString(36)}`;
  const passage = (): string => Array.from({ length: WORDS_EACH }, word).join(' ');
  return () => {
    const text = Array.from({ length: PASSAGES }, passage).join('\n');
    const found = attestedFingerprints(plainLines(text), utf8(text).length);
    const hex = (alg: (typeof FINGERPRINT_ALGS)[number]): string[] => found[alg].map(fingerprintHex);
    const fingerprints = { 'wm-winnow-1': hex('wm-winnow-1'), 'wm-minhash-1': hex('wm-minhash-1') };
    return { body: JSON.stringify({ ...attestationOf(text, origin, key), fingerprints }), fingerprints };
  };
}
