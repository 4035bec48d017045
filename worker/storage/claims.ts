/**
 * Claims and what travels with them, kept apart from the log so that a claim can be withdrawn: the entry only holds its
 * digest. A withdrawn digest stays withdrawn; submitting it again does not bring it back.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64, toBase64, toBase64Url } from '#shared/bytes/base64.ts';
import { fromUtf8, utf8 } from '#shared/bytes/bytes.ts';
import type { EvidenceRecord } from '#shared/trail/trail.ts';
import { ByteCache } from './byte-cache.ts';
import type { ObjectStore } from './object-store.ts';

const claimKey = (digest: string): string => `claims/${digest}`;
const tombstoneKey = (digest: string): string => `withdrawn/${digest}`;
const attachmentsKey = (id: string): string => `attachments/${id}`;

/** A claim's digest as it stands in addresses. */
export const claimDigest = (claim: Uint8Array): string => toBase64Url(sha256(claim));

/** Where a claim is served. */
export const claimUrl = (config: { readonly publicUrl: string }, claim: Uint8Array): string =>
  `${config.publicUrl}/v1/claims/${claimDigest(claim)}`;

/** What an attestation brings besides its claim. */
export interface Attachments {
  readonly passages?: readonly Uint8Array[];
  readonly evidence: readonly EvidenceRecord[];
}

/** Stores a claim, and what came with it, unless the claim has been withdrawn; says whether they are there now. */
export async function putClaim(
  store: ObjectStore,
  claim: Uint8Array,
  attached?: Attachments & { readonly id: string },
): Promise<boolean> {
  const digest = claimDigest(claim);
  if (await store.get(tombstoneKey(digest))) return false;
  await Promise.all([store.putNew(claimKey(digest), claim), attached && putAttachments(store, attached)]);
  return true;
}

/** The claim behind a digest, unless it was withdrawn. */
export async function getClaim(store: ObjectStore, digest: string): Promise<Uint8Array | 'withdrawn' | undefined> {
  return (await store.get(claimKey(digest))) ?? ((await store.get(tombstoneKey(digest))) ? 'withdrawn' : undefined);
}

const kept = new ByteCache(1024 * 1024);

/** The preimage of a statement of the log's own, which is never withdrawn: read once, then remembered. */
export async function getKeptClaim(store: ObjectStore, digest: string): Promise<Uint8Array | undefined> {
  const claim = kept.get(digest) ?? (await store.get(claimKey(digest)));
  if (claim) kept.set(digest, claim);
  return claim;
}

/** Ceases to serve a claim, for good. The tombstone comes first: a crash between leaves it withdrawn, not restorable. */
export async function withdrawClaim(store: ObjectStore, digest: string): Promise<void> {
  await store.put(tombstoneKey(digest), utf8('withdrawn'));
  await store.delete(claimKey(digest));
}

interface StoredAttachments {
  readonly passages?: string[];
  readonly evidence: [string, string][];
}

/** Stores what came with an attestation; the first submission decides. */
async function putAttachments(
  store: ObjectStore,
  { id, passages, evidence }: Attachments & { readonly id: string },
): Promise<void> {
  const stored: StoredAttachments = {
    ...(passages && { passages: passages.map(toBase64) }),
    evidence: evidence.map(({ type, value }) => [type, toBase64(value)]),
  };
  await store.putNew(attachmentsKey(id), utf8(JSON.stringify(stored)));
}

/** What came with an attestation. */
export async function getAttachments(store: ObjectStore, id: string): Promise<Attachments> {
  const bytes = await store.get(attachmentsKey(id));
  if (!bytes) return { evidence: [] };
  const { passages, evidence } = JSON.parse(fromUtf8(bytes) ?? '') as StoredAttachments;
  const decode = (text: string): Uint8Array => fromBase64(text) ?? new Uint8Array();
  return {
    ...(passages && { passages: passages.map(decode) }),
    evidence: evidence.map(([type, value]) => ({ type, value: decode(value) })),
  };
}
