/** The verdict on an entry of a test world, with the defaults every test here shares. */

import { fromBase64, toBase64 } from '#shared/bytes/base64.ts';
import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { encodeTrail, type Trail } from '#shared/trail/trail.ts';
import { parseTrust, type Trust } from '#shared/trust/trust.ts';
import type { VerifyTrailInput } from '#shared/verdict/established.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import type { World } from '../../support/build-trail.ts';

export const TEXT = [
  'A witness mark is a small scratch that an earlier craftsman left behind.',
  'By it a later one can tell what was done, by whom, and in what order.',
  'This log keeps such marks for every answer that a model has given.',
].join('\n');

export function trustOf(world: World, options: Parameters<World['trustText']>[0] = {}): Trust {
  const trust = parseTrust(world.trustText(options));
  if (!trust.ok) throw new Error(trust.detail);
  return trust.value;
}

export const verdictOn = (world: World, trail: Trail | string, more: Partial<VerifyTrailInput> = {}): Verdict =>
  verifyTrail({
    trail: typeof trail === 'string' ? trail : encodeTrail(trail),
    trust: [trustOf(world)],
    evidenceKinds: EVIDENCE_KINDS,
    noteAlgorithms: NOTE_ALGORITHMS,
    ...more,
  });

/** The same bytes with one bit of byte `at` (from the end where negative) turned over. */
export function flipped(bytes: Uint8Array, at = -1): Uint8Array {
  const copy = bytes.slice();
  const index = at < 0 ? bytes.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}

/** A note with the first signature by `name` broken. */
export const brokenSignature = (note: string, name: string): string =>
  note.replace(new RegExp(`(— ${name} )(\\S+)`), (_, start: string, encoded: string) => {
    const blob = fromBase64(encoded);
    return `${start}${blob ? toBase64(flipped(blob)) : encoded}`;
  });
