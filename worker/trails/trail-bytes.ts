/**
 * A trail as the bytes that are served: what `encodeTrail` writes, in UTF-8. Most of it is the tree's, the same in every
 * trail of a signing key; a checkpoint has characters outside Latin-1, so that text holding one takes two bytes a character
 * and is slow to handle. It is written once and copied. Pure.
 */
import { toBase64 } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
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

/** What stands in a tree's place: the first such character, as before it there is only base64 and a proof's header. */
const PLACE = '#';
const HASH_BYTES = 32;
const NO_EVENTS = '"events":[]';

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

/** The parts of a trail's bytes, in order. */
export function trailParts(
  { statement, claim, passages, evidence = [] }: Brought,
  { index, path, tree }: Proved,
): Uint8Array[] {
  const hashes = Array.from({ length: path.length / HASH_BYTES }, (_, i) =>
    path.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
  const proof = encodeTlogProof({ index, hashes, checkpoint: PLACE });
  const own = JSON.stringify({ trail: 1, statement, claim, passages, proof, evidence, events: [], asOf: tree.asOf });
  const place = own.indexOf(PLACE);
  // In the strings of evidence a quotation mark stands behind a backslash.
  const events = own.lastIndexOf(NO_EVENTS);
  const shared = writtenOnce(tree);
  return [
    utf8(own.slice(0, place)),
    shared.checkpoint,
    utf8(own.slice(place + PLACE.length, events)),
    shared.events,
    utf8(own.slice(events + NO_EVENTS.length)),
  ];
}
