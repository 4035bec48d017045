/**
 * A lookup bucket as it is answered: every suffix under a prefix, sorted, padded to a power of two with entries nobody
 * can tell from real ones. The padding is derived from the prefix, so a bucket's bytes only change when it grows. Pure.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { FINGERPRINT_ALGS, FINGERPRINT_BYTES } from '#shared/fingerprint/attested-fingerprints.ts';
import { OPRF_ALG } from '#shared/oprf/oprf.ts';

/** One row of a bucket: the rest of a digest or fingerprint in hex, and the id of the attestation that has it. */
export interface BucketEntry {
  readonly suffix: string;
  readonly id: string;
}

/** What can be looked up: digests and fingerprints, by the names of their algorithms. */
export const LOOKUP_ALGS = ['sha-256', 'wm-match-1', ...FINGERPRINT_ALGS, 'wm-image-1', OPRF_ALG] as const;
export type LookupAlg = (typeof LOOKUP_ALGS)[number];

/** Bytes of a key of each algorithm. */
export const KEY_BYTES: Readonly<Record<LookupAlg, number>> = {
  'sha-256': 32,
  'wm-match-1': 32,
  'wm-winnow-1': FINGERPRINT_BYTES,
  'wm-minhash-1': FINGERPRINT_BYTES,
  'wm-image-1': 6,
  'wm-oprf-1': 32,
};

/** Rows of a bucket; what comes later is not kept, and the bucket says that it is not complete. */
export const MAX_BUCKET = 4096;

/** How shards are laid out; a layout that nobody has built yet is built from the log's packs. */
export const LAYOUT = 3;

/** Hex digits of a prefix; 65,536 buckets per algorithm. */
export const PREFIX_LENGTH = 4;
const PREFIX_BYTES = PREFIX_LENGTH / 2;
/** Bytes of an attestation's id, which is its leaf hash. */
const ID_BYTES = 32;
const SMALLEST = 32;

/** Rows as a shard answers them, key ‖ id each, made readable. */
export function bucketEntries(alg: LookupAlg, rows: Uint8Array): BucketEntry[] {
  const width = KEY_BYTES[alg];
  const row = width + ID_BYTES;
  return Array.from({ length: rows.length / row }, (_, n) => ({
    suffix: toHex(rows.subarray(n * row + PREFIX_BYTES, n * row + width)),
    id: toBase64Url(rows.subarray(n * row + width, n * row + row)),
  }));
}

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
  const digits = KEY_BYTES[alg] * 2;
  for (let n = 0; rows.length < size; n++) {
    const seed = (part: string): Uint8Array =>
      sha256
        .create()
        .update(secret)
        .update(utf8(`wm-pad-1 ${alg} ${prefix} ${n} ${part}`))
        .digest();
    rows.push({ suffix: toHex(seed('suffix')).slice(PREFIX_LENGTH, digits), id: toBase64Url(seed('id')) });
  }
  return rows.sort((a, b) => (a.suffix < b.suffix ? -1 : a.suffix > b.suffix ? 1 : a.id < b.id ? -1 : 1));
}
