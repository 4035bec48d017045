/**
 * A lookup bucket as it is answered: every suffix under a prefix, sorted, padded to a power of two with entries nobody
 * can tell from real ones. The padding is derived from the prefix, so a bucket's bytes only change when it grows. Pure.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';

/** One row of a bucket: the rest of a digest in hex, and the id of the attestation that has it. */
export interface BucketEntry {
  readonly suffix: string;
  readonly id: string;
}

/** Digest algorithms that can be looked up. */
export const LOOKUP_ALGS = ['sha-256', 'wm-match-1'] as const;
export type LookupAlg = (typeof LOOKUP_ALGS)[number];

/** Hex digits of a prefix; 65,536 buckets per algorithm. */
export const PREFIX_LENGTH = 4;
const SMALLEST = 32;

/** Pads with rows derived from `(secret, alg, prefix, n)`; without the secret they look like any other. */
export function paddedBucket(
  alg: LookupAlg,
  prefix: string,
  real: readonly BucketEntry[],
  secret: Uint8Array,
): BucketEntry[] {
  let size = SMALLEST;
  while (size < real.length) size *= 2;
  const rows = [...real];
  for (let n = 0; rows.length < size; n++) {
    const seed = (part: string): Uint8Array =>
      sha256
        .create()
        .update(secret)
        .update(utf8(`wm-pad-1 ${alg} ${prefix} ${n} ${part}`))
        .digest();
    rows.push({ suffix: toHex(seed('suffix')).slice(PREFIX_LENGTH), id: toBase64Url(seed('id')) });
  }
  return rows.sort((a, b) => (a.suffix < b.suffix ? -1 : a.suffix > b.suffix ? 1 : a.id < b.id ? -1 : 1));
}
