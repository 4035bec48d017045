/** The trail argument of `verify` and `replay`: a file, an address, or standard input. */
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { TRAIL_MEDIA_TYPE } from '#shared/trail/trail.ts';
import { MAX_TRAIL_BYTES } from '../trails/trail-client.ts';
import { type DocumentInput, type DocumentKind, isAddress, readDocument } from './document-input.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export type TrailInput =
  | { readonly state: 'read'; readonly text: string }
  | Extract<DocumentInput, { readonly state: 'missing' }>;

export const TRAIL_DOCUMENT: DocumentKind = { what: 'the trail', maxBytes: MAX_TRAIL_BYTES, accept: TRAIL_MEDIA_TYPE };

/** Text of the trail. A missing or unreachable trail is an answer, not a failure: it makes the verdict unproven. */
export const readTrail = async (argument: string, terminal: Terminal): Promise<TrailInput> =>
  trailText(argument, await readDocument(argument, TRAIL_DOCUMENT, terminal));

/** The text of a document. One final newline, as editors and pipes add it, is not part of it. */
export function trailText(argument: string, document: DocumentInput): TrailInput {
  if (document.state === 'missing') return document;
  const text = fromUtf8(document.bytes);
  if (text !== undefined) return { state: 'read', text: isAddress(argument) ? text : text.replace(/\r?\n$/, '') };
  if (isAddress(argument)) return { state: 'missing', reason: 'trail-unreachable', detail: 'the answer is not UTF-8' };
  throw new CommandFailure(
    EXIT.malformed,
    `the trail "${argument}" is not UTF-8 text`,
    'Check that it is the right file.',
  );
}
