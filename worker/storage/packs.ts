/**
 * What statements are over, kept beside the log so that it can be withdrawn: a pack holds everything that one round
 * brought, item after item. An item says which entry it belongs to, so that indexes can be rebuilt from packs.
 *
 * Item: leaf hash (32) ‖ u32 length of the preimage ‖ u32 length of the attachments ‖ preimage ‖ attachments.
 */
import { toBase64Url } from '#shared/bytes/base64.ts';
import { concatBytes } from '#shared/bytes/bytes.ts';

/** What a submission brings beside its statement. */
export interface Content {
  /** What the statement's digest is of: a claim, a key event, genesis, configuration. */
  readonly preimage: Uint8Array;
  /** As `encodeAttachments` writes them. */
  readonly attachments: Uint8Array;
}

/** Content and the leaf hash of the entry it belongs to. */
export interface PackItem extends Content {
  readonly leaf: Uint8Array;
}

/** Where an item's content stands in its pack: the offset of the preimage, and both lengths. */
export interface Place {
  readonly at: number;
  readonly preimageLength: number;
  readonly attachmentsLength: number;
}

/** A pack ready to be stored, and where each item stands in it, in order. */
export interface Pack {
  readonly bytes: Uint8Array;
  readonly places: readonly Place[];
}

const HEADER_LENGTH = 40;

/** The object key of a pack: by its digest, so that a write that arrives late can only repeat itself. */
export async function packKey(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return `packs/${toBase64Url(new Uint8Array(digest))}`;
}

/** Packs items. */
export function encodePack(items: readonly PackItem[]): Pack {
  const parts: Uint8Array[] = [];
  const places: Place[] = [];
  let end = 0;
  for (const { leaf, preimage, attachments } of items) {
    const header = new Uint8Array(HEADER_LENGTH);
    header.set(leaf);
    new DataView(header.buffer).setUint32(32, preimage.length);
    new DataView(header.buffer).setUint32(36, attachments.length);
    parts.push(header, preimage, attachments);
    const at = end + HEADER_LENGTH;
    places.push({ at, preimageLength: preimage.length, attachmentsLength: attachments.length });
    end = at + preimage.length + attachments.length;
  }
  return { bytes: concatBytes(...parts), places };
}

/** Reads a stored pack. What was withdrawn has become zeros, which are no claim. */
export function* parsePack(bytes: Uint8Array): Generator<PackItem> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + HEADER_LENGTH <= bytes.length; ) {
    const start = at + HEADER_LENGTH;
    const middle = start + view.getUint32(at + 32);
    const end = middle + view.getUint32(at + 36);
    yield {
      leaf: bytes.subarray(at, at + 32),
      preimage: bytes.subarray(start, middle),
      attachments: bytes.subarray(middle, end),
    };
    at = end;
  }
}

/** The same pack with zeros in these places. */
export function blankPack(bytes: Uint8Array, places: readonly Place[]): Uint8Array {
  const blanked = bytes.slice();
  for (const { at, preimageLength, attachmentsLength } of places)
    blanked.fill(0, at, at + preimageLength + attachmentsLength);
  return blanked;
}
