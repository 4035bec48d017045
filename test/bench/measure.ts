/** The measured calls themselves, free of Node, so that the same code runs in the reader's engine. */

import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import type { OpenedLogs } from '#shared/verdict/open-log.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import { medianMicroseconds } from './median.ts';
import type { TrailFixture } from './trail-fixture.ts';

export interface Measured {
  /** µs for a trail with the page's text, nothing known before. */
  readonly first: number;
  /** µs for another trail under a checkpoint already opened under the same trust, as on a page with several. */
  readonly shared: number;
}

/** Medians over about a second and a half each; throws when the trail does not verify, so no figure is made up. */
export function measure({ trail, trust, lines }: TrailFixture): Measured {
  const trusted = parseTrust(trust);
  if (!trusted.ok) throw new Error(`trust: ${trusted.reason}`);
  const page = { lines };
  const given = { trail, trust: [trusted.value], page, evidenceKinds: EVIDENCE_KINDS, noteAlgorithms: NOTE_ALGORITHMS };
  const opened: OpenedLogs = new Map();
  const first = () => verifyTrail(given);
  const again = () => verifyTrail({ ...given, opened });
  for (const verdict of [first(), again()]) {
    if (verdict.verdict !== 'verified') throw new Error(`${verdict.verdict}: ${verdict.reasons.join(', ')}`);
  }
  return { first: medianMicroseconds(first), shared: medianMicroseconds(again) };
}
