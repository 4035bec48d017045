import { describe, expect, test } from 'vitest';
import { coseKey } from '#shared/attestation/key.ts';
import { encodeKeyEvent, type KeyEvent } from '#shared/claim/key-event.ts';
import { createIssuerKey } from '../../sdk/issuer/key.ts';
import { KeyLedger } from '../../sdk/monitor/key-ledger.ts';

const { kid, publicKey } = createIssuerKey(new Uint8Array(32).fill(3));
const event = (action: KeyEvent['action'], more: Partial<KeyEvent> = {}): Uint8Array =>
  encodeKeyEvent({ action, issuer: 'https://example.com', kid, ...more });
const add = event('add', { key: coseKey(publicKey) });
const retired = event('revoke', { cause: 'retired' });
const compromised = event('revoke', { cause: 'compromised' });
const earlier = event('revoke', { cause: 'compromised', effective: 1 });

describe('the ledger of keys', () => {
  test.each<[string, readonly Uint8Array[], string]>([
    ['a retired key that is added again', [add, retired, add], 'active'],
    ['a retired key that turns out to be compromised', [add, retired, earlier], 'revoked'],
    [
      'a retired key that is then revoked for good',
      [add, retired, event('revoke', { cause: 'superseded' })],
      'revoked',
    ],
    ['a compromise that reaches further back', [add, compromised, earlier], 'revoked'],
    ['a key that is quarantined and reinstated', [add, event('quarantine'), event('reinstate')], 'active'],
  ])('takes %s', (_, events, state) => {
    const ledger = new KeyLedger();
    expect(events.map((each, index) => ledger.apply(index, each).ok)).not.toContain(false);
    expect(ledger.key(kid)?.state).toBe(state);
    expect(KeyLedger.resume(ledger.saved())?.saved()).toEqual(ledger.saved());
  });

  test.each<[string, Uint8Array]>([
    ['added again', add],
    ['quarantined', event('quarantine')],
    ['retired', retired],
  ])('takes no compromised key that is %s', (_, next) => {
    const ledger = new KeyLedger();
    ledger.apply(0, add);
    ledger.apply(1, compromised);
    expect(ledger.apply(2, next)).toMatchObject({ ok: false, reason: 'key-event-out-of-place' });
    expect(ledger.key(kid)?.state).toBe('revoked');
  });
});
