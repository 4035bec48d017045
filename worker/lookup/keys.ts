/** Where an output can be looked up: by the digest of its bytes, by each passage, by its fingerprints, by its looks. Pure. */
import { concatBytes } from '#shared/bytes/bytes.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import { type ClaimedOutput, parseClaim } from '#shared/claim/claim.ts';
import { imageKeys } from '#shared/image/image-keys.ts';
import { decodeAttachments } from '../storage/attachments.ts';
import type { PackItem } from '../storage/packs.ts';
import { KEY_BYTES, LOOKUP_ALGS, type LookupAlg } from './bucket.ts';

/** Keys of one attestation in one bucket: those of an honest output fall into all of them alike. */
const MAX_IN_BUCKET = 8;

/** An attestation and its keys. */
export interface IndexedItem {
  /** Its index in the log. */
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly keys: LookupKeys;
}

/** By algorithm, key after key. */
export type LookupKeys = Readonly<Record<LookupAlg, Uint8Array>>;

const NONE = new Uint8Array();
const NO_KEYS: LookupKeys = {
  'sha-256': NONE,
  'wm-match-1': NONE,
  'wm-winnow-1': NONE,
  'wm-minhash-1': NONE,
  'wm-image-1': NONE,
  'wm-oprf-1': NONE,
};

/** The keys of one item; none for what is no claim: key events, and claims that were withdrawn. */
export function lookupKeys({ preimage, attachments }: PackItem): LookupKeys | undefined {
  const claim = parseClaim(preimage);
  if (!claim.ok) return undefined;
  const { passages = [], fingerprints = {}, names } = decodeAttachments(attachments);
  // Under anything else, what its issuer wants unreadable could be tested.
  if (names) return { ...NO_KEYS, 'wm-oprf-1': names };
  const { digest, match } = claim.value.output;
  return {
    ...NO_KEYS,
    'sha-256': digest,
    'wm-match-1': concatBytes(...passages),
    ...fingerprints,
    ...(match && { 'wm-image-1': keysOfImage(match) }),
  };
}

/** Made here from the hash that the issuer signed, and that readers compare: no other keys can be brought. */
const keysOfImage = ({ hash }: NonNullable<ClaimedOutput['match']>): Uint8Array =>
  concatBytes(...imageKeys(hash).map((hex) => fromHex(hex) ?? NONE));

/** A key that the index takes, and the bucket it belongs to. */
export interface PlacedKey {
  readonly alg: LookupAlg;
  readonly bucket: number;
  readonly key: Uint8Array;
}

/** The bucket of a key: its first sixteen bits. */
export const bucketOf = (key: Uint8Array): number => (key[0] ?? 0) * 256 + (key[1] ?? 0);

/** Every key of an attestation that the index takes; always the same ones. */
export function* placedKeys(keys: LookupKeys): Generator<PlacedKey> {
  for (const alg of LOOKUP_ALGS) {
    const [all, width] = [keys[alg], KEY_BYTES[alg]];
    const taken = new Map<number, number>();
    for (let at = 0; at + width <= all.length; at += width) {
      const key = all.subarray(at, at + width);
      const bucket = bucketOf(key);
      const count = taken.get(bucket) ?? 0;
      if (count === MAX_IN_BUCKET) continue;
      taken.set(bucket, count + 1);
      yield { alg, bucket, key };
    }
  }
}
