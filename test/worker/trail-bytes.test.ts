/** The bytes of a trail, put together from parts, are those of its one spelling. */
import { expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { encodeTlogProof } from '#shared/log/proof.ts';
import { encodeTrail } from '#shared/trail/trail.ts';
import { brought as asBrought, joinParts, trailParts } from '../../worker/trails/trail-bytes.ts';

const checkpoint = 'log.example\n9\ncm9vdA==\n\n\u2014 log.example c2lnbmF0dXJl\n';
const event = {
  statement: Uint8Array.of(3),
  claim: Uint8Array.of(4, 5),
  proof: encodeTlogProof({ index: 2, hashes: [], checkpoint }),
};
const digest = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const evidence = (type: string) => [{ type, value: Uint8Array.of(9) }];

test.each([
  ['nothing but a statement', { evidence: [] }, [], []],
  [
    'passages, evidence, a path and events',
    { passages: [digest(7)], evidence: evidence('a/b') },
    [digest(1), digest(2)],
    [event, event],
  ],
  [
    'evidence that reads like the parts around it',
    { evidence: evidence('#","events":[],"asOf":1}\n\u2014\u{1f600}') },
    [digest(1)],
    [event],
  ],
])('of a trail with %s', (_, brought, hashes, events) => {
  const own = { statement: Uint8Array.of(1), claim: Uint8Array.of(2), ...brought };
  const tree = { checkpoint, events, asOf: 9 };
  const path = Uint8Array.from(hashes.flatMap((hash) => [...hash]));
  const text = encodeTrail({ ...own, proof: encodeTlogProof({ index: 3, hashes, checkpoint }), events, asOf: 9 });
  const written = (of: typeof own) => joinParts(trailParts(asBrought(of), { index: 3, path, tree }));
  expect(written(own)).toEqual(utf8(text));
  // What was written for the tree is used again.
  expect(written({ ...own, claim: Uint8Array.of(8) })).not.toEqual(utf8(text));
  expect(written(own)).toEqual(utf8(text));
});
