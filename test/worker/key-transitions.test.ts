/** Which key events the log takes, and that everybody who reads them comes to the state in which the log holds the key. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coseKey, keyThumbprint } from '#shared/attestation/key.ts';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { encodeKeyEvent, type KeyEvent } from '#shared/claim/key-event.ts';
import { foldStanding, type LoggedKeyEvent } from '#shared/verdict/standing.ts';
import { KeyLedger } from '../../sdk/monitor/key-ledger.ts';
import { Admission, type AdmissionRefusal, type KeyChange, type KeyState } from '../../worker/sequencer/admission.ts';

const publicKey = ed25519PublicKey(new Uint8Array(32).fill(5));
const kid = keyThumbprint(publicKey);
const issuer = 'https://news.example';
const submission = (change: KeyChange, from = issuer) => ({
  entry: new Uint8Array(),
  kid,
  issuer: from,
  change: { ...change, publicKey },
  digest: new Uint8Array(32),
});
const keyIn = (state: KeyState['state']): KeyState => ({ kid, issuer, publicKey, state });

const EVENTS = {
  add: { action: 'add' },
  retire: { action: 'revoke', cause: 'retired' },
  'retire from an index': { action: 'revoke', cause: 'retired', effective: 1 },
  revoke: { action: 'revoke' },
  'revoke as compromised': { action: 'revoke', cause: 'compromised' },
  'revoke as compromised from an index': { action: 'revoke', cause: 'compromised', effective: 1 },
  'revoke as superseded from an index': { action: 'revoke', cause: 'superseded', effective: 1 },
  quarantine: { action: 'quarantine' },
  reinstate: { action: 'reinstate' },
} as const satisfies Record<string, KeyChange>;

const SAME = 'key-unchanged';
const NONE = 'key-unknown';

test.each<[keyof typeof EVENTS, Record<KeyState['state'] | 'unknown', KeyState['state'] | AdmissionRefusal>]>([
  ['add', { unknown: 'active', active: SAME, retired: 'active', quarantined: SAME, revoked: SAME }],
  ['retire', { unknown: NONE, active: 'retired', retired: SAME, quarantined: SAME, revoked: SAME }],
  ['retire from an index', { unknown: NONE, active: 'retired', retired: SAME, quarantined: SAME, revoked: SAME }],
  ['revoke', { unknown: NONE, active: 'revoked', retired: 'revoked', quarantined: 'revoked', revoked: SAME }],
  [
    'revoke as compromised',
    { unknown: NONE, active: 'revoked', retired: 'revoked', quarantined: 'revoked', revoked: SAME },
  ],
  [
    'revoke as compromised from an index',
    { unknown: NONE, active: 'revoked', retired: 'revoked', quarantined: 'revoked', revoked: 'revoked' },
  ],
  [
    'revoke as superseded from an index',
    { unknown: NONE, active: 'revoked', retired: 'revoked', quarantined: 'revoked', revoked: 'revoked' },
  ],
  ['quarantine', { unknown: NONE, active: 'quarantined', retired: SAME, quarantined: SAME, revoked: SAME }],
  ['reinstate', { unknown: NONE, active: SAME, retired: SAME, quarantined: 'active', revoked: SAME }],
])('%s leads where the table says, and nowhere else', (name, expected) => {
  const states = ['unknown', 'active', 'retired', 'quarantined', 'revoked'] as const;
  const led = states.map((state) => {
    const admission = new Admission(() => (state === 'unknown' ? undefined : keyIn(state)));
    return [state, admission.refuse(submission(EVENTS[name])) ?? admission.changes[0]?.state];
  });
  expect(Object.fromEntries(led)).toEqual(expected);
});

test('a retired key is not another issuer’s to add', () => {
  const admission = new Admission(() => keyIn('retired'));
  expect(admission.refuse(submission(EVENTS.add, 'https://other.example'))).toBe(SAME);
});

/** A reader's words for the log's: a retired key is one that was revoked with that cause. */
const STANDING = { active: 'active', quarantined: 'quarantined', retired: 'revoked', revoked: 'revoked' } as const;

test('readers and monitors come to the state that the log holds, whatever is asked of it in whatever order', () => {
  const changes = fc.array(fc.constantFrom(...Object.values(EVENTS)), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(changes, (asked) => {
      const admission = new Admission(() => undefined);
      const ledger = new KeyLedger();
      const logged: LoggedKeyEvent[] = [];
      for (const change of asked) {
        if (admission.refuse(submission(change))) continue;
        const added = change.action === 'add' && { key: coseKey(publicKey) };
        const event: KeyEvent = { issuer, kid, ...change, ...added };
        logged.push({ index: logged.length + 2, event });
        expect(ledger.apply(logged.length + 1, encodeKeyEvent(event)).ok).toBe(true);
        const state = admission.changes[0]?.state ?? 'revoked';
        const { standing } = foldStanding(logged, logged.length + 2);
        expect(standing.state).toBe(STANDING[state]);
        expect(standing.validWhenLogged).toBe(state === 'active');
        expect(standing.cause === 'retired').toBe(state === 'retired');
        expect(ledger.key(kid)?.state).toBe(STANDING[state]);
      }
    }),
  );
});
