/** The verdict on something for which no trail could be had. */

import { conclude } from './conclude.ts';
import type { Reason } from './reasons.ts';
import { CHECK_IDS, type Verdict } from './verdict.ts';

/**
 * An unproven verdict: nothing was checked, because there was nothing to check.
 *
 * @param reason - why no trail could be had
 * @example
 * import { unprovenBecause } from '#shared/verdict/unproven.ts';
 * unprovenBecause('trail-unreachable').verdict; // => 'unproven'
 */
export function unprovenBecause(
  reason: Extract<Reason, 'trail-unreachable' | 'trail-not-found' | 'trail-malformed'>,
): Verdict {
  const input = { trail: '', trust: [], evidenceKinds: [], noteAlgorithms: [] };
  return conclude(
    { input, opened: new Map() },
    CHECK_IDS.map((id) =>
      id === 'trail-format' ? { id, status: 'failed', reason } : { id, status: 'skipped', detail: 'there is no trail' },
    ),
  );
}
