/** A document that a command reads: from a file, from an address, or from standard input. */
import { fetchDocumentAt } from '../trails/trail-client.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { readInput } from './files.ts';
import type { Terminal } from './terminal.ts';

export interface DocumentKind {
  /** Names it in error messages, such as `the trail`. */
  readonly what: string;
  readonly maxBytes: number;
  /** Media types, as an `Accept` header has them. */
  readonly accept: string;
}

export type DocumentInput =
  | { readonly state: 'read'; readonly bytes: Uint8Array }
  | { readonly state: 'missing'; readonly reason: 'trail-unreachable' | 'trail-not-found'; readonly detail: string };

/** Where a document can be; a local one never leads to a request. */
export const isAddress = (argument: string): boolean => /^https?:\/\//i.test(argument);

/** Bytes of the document. A missing or unreachable one is an answer, not a failure. */
export async function readDocument(
  argument: string,
  { what, maxBytes, accept }: DocumentKind,
  terminal: Terminal,
): Promise<DocumentInput> {
  if (!isAddress(argument)) return { state: 'read', bytes: await readInput(argument, what, maxBytes, terminal) };
  const fetched = await fetchDocumentAt(argument, accept, maxBytes, { fetch: terminal.fetch });
  if (fetched.ok) return { state: 'read', bytes: fetched.value.body };
  const detail = fetched.detail ?? fetched.reason;
  switch (fetched.reason) {
    case 'trail-unreachable':
    case 'trail-not-found':
      return { state: 'missing', reason: fetched.reason, detail };
    case 'trail-too-large':
      throw new CommandFailure(
        EXIT.malformed,
        `the answer of ${argument} is too large for ${what}`,
        'Check the address.',
      );
    case 'address-malformed':
      throw new CommandFailure(
        EXIT.malformed,
        `"${argument}" is not an address for ${what}: ${detail}`,
        'It must be https (http only for this machine), without credentials or query.',
      );
  }
}
