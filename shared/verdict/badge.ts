/** A badge is a view of a verdict; it decides nothing. */

import type { Verdict } from './verdict.ts';

export interface Badge {
  readonly icon: 'verified' | 'partial' | 'unproven' | 'invalid' | 'unsupported';
  /** `alert` for contradictions only. */
  readonly tone: 'neutral' | 'alert';
}

/**
 * How a verdict is shown in one glance. "Exact" and "some passages" never share an icon, and a whole one is not for a
 * text whose signer has come into question since.
 *
 * @example
 * import { badgeOf } from '#shared/verdict/badge.ts';
 * import { unprovenBecause } from '#shared/verdict/unproven.ts';
 * badgeOf(unprovenBecause('trail-unreachable')); // => { icon: 'unproven', tone: 'neutral' }
 */
export function badgeOf({ verdict, content, standing }: Verdict): Badge {
  if (verdict === 'invalid') return { icon: 'invalid', tone: 'alert' };
  if (verdict !== 'verified') return { icon: verdict, tone: 'neutral' };
  return { icon: content.match === 'exact' && !inQuestion(standing) ? 'verified' : 'partial', tone: 'neutral' };
}

/**
 * Whether something speaks against the signer: a dispute, a quarantine, or a key that was revoked for more than routine.
 *
 * @example
 * import { inQuestion } from '#shared/verdict/badge.ts';
 * inQuestion({ state: 'revoked', cause: 'retired', validWhenLogged: true }); // => false
 * inQuestion({ state: 'revoked', cause: 'compromised', validWhenLogged: true }); // => true
 */
export function inQuestion({ state, cause }: { readonly state: string; readonly cause?: string }): boolean {
  if (state === 'revoked') return cause !== 'retired' && cause !== 'superseded';
  return state === 'disputed' || state === 'quarantined';
}
