/** The measured calls themselves, free of Node, so that the same code runs in the reader's engine. */

import { openCheckpoint } from '#shared/log/checkpoint.ts';
import { parseTlogProof } from '#shared/log/proof.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import { medianMicroseconds } from './median.ts';
import type { TrailFixture } from './trail-fixture.ts';

export interface Measured {
  /** µs for a trail with the page's text, nothing known before. */
  readonly first: number;
  /** µs for the next trail under a checkpoint this reader has already checked. */
  readonly shared: number;
}

/** Medians over about a second and a half each; throws when the trail does not verify, so no figure is made up. */
export function measure({ trail, trust, lines }: TrailFixture): Measured {
  const trusted = parseTrust(trust);
  if (!trusted.ok) throw new Error(`trust: ${trusted.reason}`);
  const page = { lines };
  const first = () => verifyTrail({ trail, trust: [trusted.value], page });
  const opened = parseTrail(trail);
  const proof = opened.ok ? parseTlogProof(opened.value.proof) : opened;
  if (!proof.ok) throw new Error(proof.reason);
  const logKey = trusted.value.policy.logs[0]?.key;
  if (logKey === undefined) throw new Error('the policy names no log');
  const checkpoint = openCheckpoint(proof.value.checkpoint, logKey);
  if (!checkpoint.ok) throw new Error(checkpoint.reason);
  const knownCheckpoint = { checkpoint: checkpoint.value.checkpoint };
  const again = () => verifyTrail({ trail, trust: [trusted.value], page, knownCheckpoint });
  for (const verdict of [first(), again()]) {
    if (verdict.verdict !== 'verified') throw new Error(`${verdict.verdict}: ${verdict.reasons.join(', ')}`);
  }
  return { first: medianMicroseconds(first), shared: medianMicroseconds(again) };
}
