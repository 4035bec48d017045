/** The trail argument of `verify` and `replay`: a file, an address, or standard input. */
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { type FetchTrailReason, fetchTrailAt, MAX_TRAIL_BYTES } from '../trails/trail-client.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { readInput } from './files.ts';
import type { Terminal } from './terminal.ts';

export type TrailInput =
  | { readonly state: 'read'; readonly text: string }
  | { readonly state: 'missing'; readonly reason: 'trail-unreachable' | 'trail-not-found'; readonly detail: string };

/** Where a trail can be; a local one never leads to a request. */
const isAddress = (argument: string): boolean => /^https?:\/\//i.test(argument);

/**
 * Text of the trail. One final newline, as editors and pipes add it, is not part of the document.
 * A missing or unreachable trail is an answer, not a failure: it makes the verdict unproven.
 */
export async function readTrail(argument: string, terminal: Terminal): Promise<TrailInput> {
  if (isAddress(argument)) {
    const fetched = await fetchTrailAt(argument, { fetch: terminal.fetch });
    if (fetched.ok) return { state: 'read', text: fetched.value };
    return unfetched(argument, fetched.reason, fetched.detail ?? fetched.reason);
  }
  const bytes = await readInput(argument, 'the trail', MAX_TRAIL_BYTES, terminal);
  const text = fromUtf8(bytes);
  if (text === undefined) {
    throw new CommandFailure(
      EXIT.malformed,
      `the trail "${argument}" is not UTF-8 text`,
      'Check that it is the right file.',
    );
  }
  return { state: 'read', text: text.replace(/\r?\n$/, '') };
}

function unfetched(argument: string, reason: FetchTrailReason, detail: string): TrailInput {
  switch (reason) {
    case 'trail-unreachable':
    case 'trail-not-found':
      return { state: 'missing', reason, detail };
    case 'trail-too-large':
      throw new CommandFailure(
        EXIT.malformed,
        `the answer of ${argument} is too large for a trail`,
        'Check the address.',
      );
    case 'address-malformed':
      throw new CommandFailure(
        EXIT.malformed,
        `"${argument}" is not a trail's address: ${detail}`,
        'It must be https (http only for this machine), without credentials or query.',
      );
  }
}
