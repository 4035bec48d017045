/**
 * A trail as the bytes that are served: what `encodeTrail` writes, in UTF-8. Most of it is the tree's, the same in every
 * trail of a signing key; a checkpoint has characters outside Latin-1, so that text holding one takes two bytes a character
 * and is slow to handle. It is written once and copied. Pure.
 */
import { toBase64 } from '#shared/bytes/base64.ts';
import { concatBytes, utf8 } from '#shared/bytes/bytes.ts';
import { encodeTlogProof } from '#shared/log/proof.ts';
import { encodeTrail, type Trail } from '#shared/trail/trail.ts';
import type { Proved, TreeProof } from './prove.ts';

/** The part of a trail that came with the attestation, as it stands there: base64, and evidence in pairs. */
export interface Brought {
  readonly statement: string;
  readonly claim: string;
  readonly passages?: readonly string[] | undefined;
  readonly evidence?: readonly (readonly [type: string, value: string])[] | undefined;
}

/** What is stored of an attestation, as it stands in a trail. */
export const brought = ({
  statement,
  claim,
  passages,
  evidence,
}: Omit<Trail, 'proof' | 'events' | 'asOf'>): Brought => ({
  statement: toBase64(statement),
  claim: toBase64(claim),
  ...(passages && { passages: passages.map(toBase64) }),
  evidence: evidence.map(({ type, value }) => [type, toBase64(value)]),
});

/** A part of what is served: text, or bytes that are written already. */
export type Part = string | Uint8Array;

const HASH_BYTES = 32;

interface Written {
  readonly checkpoint: Uint8Array;
  readonly events: Uint8Array;
}

const written = new WeakMap<TreeProof, Written>();

function writtenOnce(tree: TreeProof): Written {
  const known = written.get(tree);
  if (known) return known;
  const nothing = new Uint8Array();
  const trail = encodeTrail({ statement: nothing, claim: nothing, proof: '', evidence: [], ...tree });
  const fresh = {
    checkpoint: utf8(JSON.stringify(tree.checkpoint).slice(1, -1)),
    events: utf8(trail.slice(trail.indexOf('"events":'), trail.lastIndexOf(',"asOf":'))),
  };
  written.set(tree, fresh);
  return fresh;
}

/** A trail in parts. Base64 stands in JSON as it is; what was submitted has been decoded, so it is nothing else. */
export function trailParts(
  { statement, claim, passages, evidence = [] }: Brought,
  { index, path, tree }: Proved,
): Part[] {
  const hashes = Array.from({ length: path.length / HASH_BYTES }, (_, i) =>
    path.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
  // A proof without a checkpoint is none: up to one of a single character, and its quotation mark.
  const proof = JSON.stringify(encodeTlogProof({ index, hashes, checkpoint: '.' })).slice(0, -2);
  const shared = writtenOnce(tree);
  return [
    `{"trail":1,"statement":"${statement}","claim":"${claim}"`,
    ...(passages ? [`,"passages":${JSON.stringify(passages)}`] : []),
    `,"proof":${proof}`,
    shared.checkpoint,
    `","evidence":${JSON.stringify(evidence)},`,
    shared.events,
    `,"asOf":${tree.asOf}}`,
  ];
}

/** Parts in order, in UTF-8. */
export function joinParts(parts: readonly Part[]): Uint8Array {
  const written: Uint8Array[] = [];
  let text = '';
  for (const part of [...parts, new Uint8Array()]) {
    if (typeof part === 'string') text += part;
    else {
      written.push(utf8(text), part);
      text = '';
    }
  }
  return concatBytes(...written);
}
