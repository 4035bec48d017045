/** A badge is a view of a verdict; it decides nothing. */

import type { Verdict } from './verdict.ts';

export interface Badge {
  readonly icon: 'verified' | 'partial' | 'unproven' | 'invalid' | 'unsupported';
  /** `alert` for contradictions only. */
  readonly tone: 'neutral' | 'alert';
  /** Key of the words to show. */
  readonly message:
    | 'badge_verified_exact'
    | 'badge_verified_passages'
    | 'badge_verified_uncompared'
    | 'badge_content_none'
    | 'badge_unproven'
    | 'badge_unreachable'
    | 'badge_downgraded'
    | 'badge_invalid'
    | 'badge_unsupported';
}

/**
 * How a verdict is shown in one glance. "Exact" and "some passages" never share an icon.
 *
 * @example
 * import { badgeOf } from '#shared/verdict/badge.ts';
 * import { unprovenBecause } from '#shared/verdict/unproven.ts';
 * badgeOf(unprovenBecause('trail-unreachable')); // => { icon: 'unproven', tone: 'neutral', message: 'badge_unreachable' }
 */
export function badgeOf({ verdict, reasons, content }: Verdict): Badge {
  if (verdict === 'invalid') return { icon: 'invalid', tone: 'alert', message: 'badge_invalid' };
  if (verdict === 'unsupported') return { icon: 'unsupported', tone: 'neutral', message: 'badge_unsupported' };
  if (verdict === 'unproven') return { icon: 'unproven', tone: 'neutral', message: unprovenMessage(reasons) };
  if (content.match === 'exact') return { icon: 'verified', tone: 'neutral', message: 'badge_verified_exact' };
  if (content.match === 'not-compared')
    return { icon: 'partial', tone: 'neutral', message: 'badge_verified_uncompared' };
  return { icon: 'partial', tone: 'neutral', message: 'badge_verified_passages' };
}

function unprovenMessage(reasons: Verdict['reasons']): Badge['message'] {
  if (reasons.includes('trail-unreachable')) return 'badge_unreachable';
  if (reasons.includes('accountability-downgraded')) return 'badge_downgraded';
  return reasons.includes('content-none') ? 'badge_content_none' : 'badge_unproven';
}
