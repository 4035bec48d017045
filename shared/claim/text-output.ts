/** What a claim says about a text: its bind digest and the Merkle root over its passages. */

import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes32 } from '../bytes/bytes.ts';
import { bindBytes } from '../text/bind.ts';
import { passageDigest, passageRoot, passagesOf } from '../text/passages.ts';
import type { ClaimedOutput } from './claim.ts';

/**
 * The `output` of a claim about a text, with the passage digests that travel in its trail.
 *
 * @param text - the model's own text
 * @param type - `text/plain` or `text/markdown`
 * @param lines - its rendered lines: `plainLines(text)` or `markdownLines(text)`
 * @example
 * import { textOutput } from '#shared/claim/text-output.ts';
 * textOutput('One.\nTwo.', 'text/plain', ['One.', 'Two.']).passages.length; // => 2
 */
export function textOutput(
  text: string,
  type: 'text/plain' | 'text/markdown',
  lines: readonly string[],
): { readonly output: ClaimedOutput; readonly passages: readonly Bytes32[] } {
  const bound = bindBytes(text);
  const passages = passagesOf(lines).map(passageDigest);
  return {
    output: {
      type,
      size: bound.length,
      digest: sha256(bound),
      ...(passages.length > 0 && {
        passages: { alg: 'wm-match-1', count: passages.length, root: passageRoot(passages) },
      }),
    },
    passages,
  };
}
