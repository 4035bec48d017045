/**
 * The keys a log has recorded, folded from its key events in log order. Each event must make sense where it stands: a key
 * is added before it is retired, belongs to one issuer, is not given back once compromised, and no event reaches into the
 * future.
 */
import { parseCoseKey } from '#shared/attestation/key.ts';
import { fromBase64, toBase64 } from '#shared/bytes/base64.ts';
import { type Bytes32, equalBytes } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { type KeyEvent, parseKeyEvent } from '#shared/claim/key-event.ts';
import { err, ok, type Result } from '#shared/result.ts';

export type KeyEventFault = 'key-event-malformed' | 'key-event-out-of-place';

export interface RecordedKey {
  readonly issuer: string;
  readonly publicKey: Bytes32;
  readonly state: 'active' | 'quarantined' | 'revoked';
  /** Nothing gives such a key back; it can only be revoked further into its past. */
  readonly compromised?: true;
}

export class KeyLedger {
  private readonly keys = new Map<string, RecordedKey>();
  private readonly events: [number, Uint8Array][] = [];

  /** Takes the key event at `index`, or says what is wrong with it and takes nothing. */
  apply(index: number, preimage: Uint8Array): Result<KeyEvent, KeyEventFault> {
    const event = parseKeyEvent(preimage);
    if (!event.ok) return event;
    const { kid, issuer, effective } = event.value;
    const known = this.keys.get(toHex(kid));
    if (known !== undefined && known.issuer !== issuer) return err('key-event-out-of-place', "another issuer's key");
    if (effective !== undefined && effective > index) return err('key-event-out-of-place', 'reaches into the future');
    const next = nextKey(known, event.value);
    if (!next.ok) return next;
    this.keys.set(toHex(kid), next.value);
    this.events.push([index, preimage]);
    return event;
  }

  key(kid: Bytes32): RecordedKey | undefined {
    return this.keys.get(toHex(kid));
  }

  /** The events, for a state file. */
  saved(): [number, string][] {
    return this.events.map(([index, preimage]) => [index, toBase64(preimage)]);
  }

  /** @returns `undefined` where the events do not make sense */
  static resume(events: unknown): KeyLedger | undefined {
    if (!Array.isArray(events)) return undefined;
    const ledger = new KeyLedger();
    for (const item of events as unknown[]) {
      if (!Array.isArray(item) || item.length !== 2) return undefined;
      const [index, text] = item as unknown[];
      const preimage = typeof text === 'string' ? fromBase64(text) : undefined;
      if (!Number.isSafeInteger(index) || preimage === undefined) return undefined;
      if (!ledger.apply(index as number, preimage).ok) return undefined;
    }
    return ledger;
  }
}

function nextKey(known: RecordedKey | undefined, event: KeyEvent): Result<RecordedKey, KeyEventFault> {
  const { action, issuer, kid, cause } = event;
  if (known?.compromised && action !== 'revoke') {
    return err('key-event-out-of-place', `${action} of a key that is compromised`);
  }
  if (action === 'add') {
    if (known !== undefined && known.state !== 'revoked')
      return err('key-event-out-of-place', 'the key is there already');
    const key = parseCoseKey(event.key ?? new Uint8Array());
    if (!key.ok || !equalBytes(key.value.kid, kid)) return err('key-event-malformed', 'key');
    return ok({ issuer, publicKey: key.value.publicKey, state: 'active' });
  }
  if (known === undefined) return err('key-event-out-of-place', `${action} of a key that was never added`);
  const states = { revoke: 'revoked', quarantine: 'quarantined', reinstate: 'active' } as const;
  const state = states[action];
  const compromised = action === 'revoke' && cause === 'compromised';
  // A retired key may yet be revoked for another cause, and that from further back than was first said.
  const goesFurther = action === 'revoke' && cause !== 'retired';
  const sensible = action === 'reinstate' ? known.state === 'quarantined' : known.state !== state || goesFurther;
  return sensible
    ? ok({ ...known, state, ...(compromised && { compromised }) })
    : err('key-event-out-of-place', `${action} of a key that is ${known.state}`);
}
