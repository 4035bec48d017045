/**
 * The standing of an issuer's key: a pure fold over its key events in log order (DESIGN §2, Identity).
 *
 * State is keyed on log index. Retiring a key later leaves earlier attestations "valid when logged"; only an event
 * that reaches back (`effective` at or below the attestation's index) takes that away.
 */

import type { KeyEvent } from '../claim/key-event.ts';
import type { Standing } from './verdict.ts';

export interface LoggedKeyEvent {
  readonly index: number;
  readonly event: KeyEvent;
}

type KeyState = 'unknown' | 'active' | 'quarantined' | 'revoked';

/**
 * Folds the events of one key.
 *
 * @param events - of one key, in increasing log order
 * @param index - log index of the attestation
 * @returns what is known of the key now, and `then`, its state at the attestation's index
 * @example
 * import { foldStanding } from '#shared/verdict/standing.ts';
 * const kid = new Uint8Array(32);
 * const issuer = 'https://news.example';
 * const folded = foldStanding([
 *   { index: 2, event: { action: 'add', issuer, kid, key: kid } },
 *   { index: 9, event: { action: 'revoke', issuer, kid, cause: 'retired' } },
 * ], 5);
 * folded.standing; // => { state: 'revoked', validWhenLogged: true, sinceIndex: 9, cause: 'retired' }
 */
export function foldStanding(
  events: readonly LoggedKeyEvent[],
  index: number,
): { readonly standing: Standing; readonly then: KeyState } {
  let now: KeyState = 'unknown';
  let then: KeyState = 'unknown';
  let compromised = false;
  let since: number | undefined;
  let cause: string | undefined;
  for (const { index: at, event } of events) {
    const from = event.effective ?? at;
    if (event.action === 'add' || event.action === 'reinstate') {
      // Nothing gives a compromised key back.
      if (compromised) continue;
      now = 'active';
      // Adding a key vouches for what comes after it; reinstating lifts a quarantine from what lay inside it.
      if (event.action === 'add' ? at < index : then === 'quarantined') then = 'active';
    } else {
      const state = compromised || event.action === 'revoke' ? 'revoked' : 'quarantined';
      if (from <= index && then !== 'unknown') then = state;
      // A later event may reach further into a compromised key's past; it does not soften what is known of it.
      if (compromised && event.cause !== 'compromised') continue;
      now = state;
      compromised ||= event.action === 'revoke' && event.cause === 'compromised';
    }
    since = from;
    cause = event.cause;
  }
  return {
    then,
    standing: {
      state: now,
      validWhenLogged: then === 'active',
      ...(since !== undefined && { sinceIndex: since }),
      ...(cause !== undefined && { cause }),
    },
  };
}
