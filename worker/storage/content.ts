/**
 * Reading what statements are over. The sequencer says where it stands, or that it was withdrawn; the bytes come from a
 * pack, and are what the digest says or are not given out.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { equalBytes } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { type Attachments, decodeAttachments } from './attachments.ts';
import { ByteCache } from './byte-cache.ts';
import type { Located } from './content-tables.ts';
import type { ObjectStore } from './object-store.ts';
import { blankPack, type Place } from './packs.ts';

/** Where a preimage is served. */
export const claimUrl = (config: { readonly publicUrl: string }, preimage: Uint8Array): string =>
  `${config.publicUrl}/v1/claims/${toBase64Url(sha256(preimage))}`;

/** A preimage and what came with it. */
export interface ReadContent {
  readonly preimage: Uint8Array;
  readonly attachments: Attachments;
}

/** Why there is no content: withdrawn, or nobody has brought it. */
export type NoContent = 'withdrawn' | undefined;

/**
 * The content that stands at a place and has this digest.
 * @throws Error where there is nothing at all: a pack is never deleted
 */
export async function readContent(
  store: ObjectStore,
  located: Located | NoContent,
  digest: Uint8Array,
): Promise<ReadContent | NoContent> {
  if (located === undefined || located === 'withdrawn') return located;
  const { pack, at: offset, preimageLength, attachmentsLength } = located;
  const bytes = await store.get(pack, { offset, length: preimageLength + attachmentsLength });
  if (!bytes) throw new Error(`${pack} is missing`);
  const preimage = bytes.subarray(0, preimageLength);
  // Between the sequencer's answer and this read it may have been withdrawn.
  if (!equalBytes(sha256(preimage), digest)) return 'withdrawn';
  return { preimage, attachments: decodeAttachments(bytes.subarray(preimageLength)) };
}

const kept = new ByteCache(1024 * 1024);

/** The preimage of a statement of the log's own, which is never withdrawn: read once, then remembered. */
export async function readKept(
  store: ObjectStore,
  locate: (digest: Uint8Array) => Promise<Located | NoContent>,
  digest: Uint8Array,
): Promise<Uint8Array | undefined> {
  const name = toHex(digest);
  const known = kept.get(name);
  if (known) return known;
  const read = await readContent(store, await locate(digest), digest);
  if (read === undefined || read === 'withdrawn') return undefined;
  kept.set(name, read.preimage);
  return read.preimage;
}

/** Overwrites content in a pack with zeros. Whoever rewrites the same pack meanwhile is not undone. */
export async function blank(store: ObjectStore, pack: string, places: readonly Place[]): Promise<void> {
  for (;;) {
    const stored = await store.getVersioned(pack);
    if (!stored) return;
    if (await store.replace(pack, blankPack(stored.value, places), stored.version)) return;
  }
}
