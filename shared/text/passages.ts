/**
 * Passages: the non-empty lines of a rendered text in the match stream. Each has a digest; a claim carries the Merkle
 * root over them, so that a quoted paragraph verifies alone. Spec: docs/spec/text.md §4.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { type Bytes32, utf8 } from '#shared/bytes/bytes.ts';
import { leafHash, treeRoot } from '../log/merkle.ts';
import { lineCollector } from './lines.ts';
import { matchLine } from './match.ts';

/**
 * The lines of a plain text: split at CR LF, LF or CR as `white-space: pre-wrap` shows it, white space collapsed,
 * blank lines dropped.
 *
 * @example
 * import { plainLines } from '#shared/text/passages.ts';
 * plainLines('One.\r\n\r\n  Two  words.\n'); // => ['One.', 'Two words.']
 */
export function plainLines(text: string): string[] {
  const collector = lineCollector<undefined>();
  collector.add(text, true, undefined);
  collector.end();
  return collector.lines;
}

/**
 * The passages of rendered lines, in order, duplicates kept; a line without a letter or digit is none.
 *
 * @example
 * import { passagesOf } from '#shared/text/passages.ts';
 * passagesOf(['Hello, World!', '* * *', 'Bye.']); // => ['hello world', 'bye']
 */
export const passagesOf = (lines: readonly string[]): string[] => lines.map(matchLine).filter((line) => line !== '');

/**
 * The digest of one passage: SHA-256 of its UTF-8. Takes a passage (`passagesOf`), not a raw line.
 *
 * @example
 * import { passageDigest } from '#shared/text/passages.ts';
 * import { toHex } from '#shared/bytes/hex.ts';
 * toHex(passageDigest('hello world')).slice(0, 16); // => 'b94d27b9934d3e08'
 */
export const passageDigest = (passage: string): Bytes32 => sha256(utf8(passage));

/**
 * The RFC 6962 tree root over passage digests, each 32-byte digest being one leaf entry. An empty list gives the hash of
 * nothing, as RFC 6962 has it.
 *
 * @example
 * import { passageRoot } from '#shared/text/passages.ts';
 * import { toHex } from '#shared/bytes/hex.ts';
 * toHex(passageRoot([])).slice(0, 16); // => 'e3b0c44298fc1c14'
 */
export const passageRoot = (digests: readonly Bytes32[]): Bytes32 => treeRoot(digests.map(leafHash));
