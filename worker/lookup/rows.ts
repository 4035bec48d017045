/** Where an output can be looked up: by the digest of its bytes, and by each passage. Pure. */
import { toBase64Url } from '#shared/bytes/base64.ts';
import { parseClaim } from '#shared/claim/claim.ts';
import { decodeAttachments, type PackItem } from '../storage/packs.ts';
import type { LookupAlg } from './bucket.ts';

/** A digest to be found, and the id of the attestation that has it. */
export interface LookupRow {
  readonly alg: LookupAlg;
  readonly digest: Uint8Array;
  readonly id: string;
}

/** The rows of one item; none for what is no claim: key events, and claims that were withdrawn. */
export function lookupRows({ leaf, preimage, attachments }: PackItem): LookupRow[] {
  const claim = parseClaim(preimage);
  if (!claim.ok) return [];
  const id = toBase64Url(leaf);
  const { passages } = decodeAttachments(attachments);
  return [
    { alg: 'sha-256', digest: claim.value.output.digest, id },
    ...(passages ?? []).map((digest): LookupRow => ({ alg: 'wm-match-1', digest, id })),
  ];
}
