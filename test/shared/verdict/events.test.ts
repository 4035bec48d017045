import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, test } from 'vitest';
import { coseKey, keyThumbprint } from '#shared/attestation/key.ts';
import type { StatementType } from '#shared/attestation/statement.ts';
import { toBase64 } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import type { KeyEvent } from '#shared/claim/key-event.ts';
import { consistencyProof, treeRoot } from '#shared/log/merkle.ts';
import { bindBytes } from '#shared/text/bind.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import { foldStanding } from '#shared/verdict/standing.ts';
import { keyPair, World } from '../../support/build-trail.ts';
import { TEXT, verdictOn } from './world.ts';

const lines = TEXT.split('\n');

describe('while one registrar key replaces another', () => {
  test('events by either count, and by nobody else', () => {
    const built = new World();
    const entry = built.issue(TEXT);
    built.keyEvent({ action: 'quarantine' }, keyPair('next registrar'));
    const document = JSON.parse(built.trustText());
    document.registrars.push({ log: built.origin, key: toBase64(keyPair('next registrar').publicKey) });
    const trust = parseTrust(JSON.stringify(document));
    if (!trust.ok) throw new Error(trust.detail);
    const both = verdictOn(built, built.trail(entry), { trust: [trust.value] });
    expect(both).toMatchObject({ verdict: 'verified', standing: { state: 'quarantined', validWhenLogged: true } });
    expect(verdictOn(built, built.trail(entry)).reasons).toEqual(['event-invalid']);
    built.keyEvent({ action: 'reinstate' }, keyPair('somebody'));
    expect(verdictOn(built, built.trail(entry), { trust: [trust.value] }).reasons).toEqual(['event-invalid']);
  });
});

test('an event of a type that this verifier does not know is newer, not forged', () => {
  const built = new World();
  const entry = built.issue(TEXT);
  const newer = built.append('withdrawal' as StatementType, utf8('x'), 'text/plain');
  const verdict = verdictOn(built, built.trail(entry, { events: [...built.keyEvents, newer] }));
  expect(verdict).toMatchObject({ verdict: 'unsupported', reasons: ['statement-unsupported'] });
});

describe('the standing of a key', () => {
  const issuer = 'https://news.example';
  const kid = keyThumbprint(keyPair('issuer').publicKey);
  const add = { action: 'add', key: coseKey(keyPair('issuer').publicKey) } as const;
  const retired = { action: 'revoke', cause: 'retired' } as const;
  const compromised = { action: 'revoke', cause: 'compromised' } as const;
  const fold = (events: readonly Partial<KeyEvent>[], index = 5) =>
    foldStanding(
      events.map((event, i) => ({ index: i === 0 ? 2 : 9 + i, event: { issuer, kid, ...event } as KeyEvent })),
      index,
    );

  test.each<[string, readonly Partial<KeyEvent>[], string, string, string]>([
    ['compromised later', [add, compromised], 'active', 'revoked', 'compromised'],
    [
      'found compromised earlier than first said',
      [add, compromised, { ...compromised, effective: 4 }],
      'revoked',
      'revoked',
      'compromised',
    ],
    [
      'retired, then found compromised back then',
      [add, retired, { ...compromised, effective: 4 }],
      'revoked',
      'revoked',
      'compromised',
    ],
    ['compromised and then retired', [add, compromised, retired], 'active', 'revoked', 'compromised'],
    [
      'compromised and then quarantined back then',
      [add, compromised, { action: 'quarantine', effective: 4 }],
      'revoked',
      'revoked',
      'compromised',
    ],
    [
      'compromised, quarantined and reinstated',
      [add, { ...compromised, effective: 4 }, { action: 'quarantine', effective: 4 }, { action: 'reinstate' }],
      'revoked',
      'revoked',
      'compromised',
    ],
    ['compromised and added again', [add, { ...compromised, effective: 4 }, add], 'revoked', 'revoked', 'compromised'],
  ])('%s', (_, events, then, state, cause) => {
    expect(fold(events)).toMatchObject({ then, standing: { state, cause, validWhenLogged: then === 'active' } });
  });
});

describe('a trail without its passages', () => {
  const built = new World();
  const entry = built.issue(TEXT);
  const { passages: _, ...bare } = built.trail(entry);

  test('verifies by the exact bytes, and by nothing less', () => {
    const exact = verdictOn(built, bare, { page: { bytes: bindBytes(TEXT) } });
    expect(exact).toMatchObject({ verdict: 'verified', reasons: [], content: { match: 'exact' } });
    for (const page of [{ lines }, { lines, bytes: utf8(`${TEXT}.`) }]) {
      expect(verdictOn(built, bare, { page })).toMatchObject({ verdict: 'unproven', reasons: ['content-none'] });
    }
  });

  test('of a claim that has none must not carry any', () => {
    const none = built.issue('---');
    const verdict = verdictOn(built, { ...built.trail(none), passages: [sha256(utf8('x'))] });
    expect(verdict.reasons).toEqual(['passages-root-mismatch']);
  });
});

describe('a consistency proof that does not hold', () => {
  const built = new World();
  const entry = built.issue(TEXT);
  for (let i = 0; i < 5; i++) built.issue(`Another output, number ${i}.`);
  const leaves = built.leaves();
  const root = (size: number) => treeRoot(leaves.slice(0, size));
  const seen = (size: number, knownRoot: Uint8Array, more: object) =>
    verdictOn(built, built.trail(entry), {
      knownCheckpoint: { checkpoint: { origin: built.origin, size, root: knownRoot }, ...more },
    });

  test('accuses nobody, because anybody can make one', () => {
    for (const size of [3, 4, 5]) {
      const proof = consistencyProof(leaves, size).map(() => new Uint8Array(32));
      expect(seen(size, root(size), { evidence: { prefix: root(size), proof } }).reasons).toEqual([
        'consistency-unproven',
      ]);
    }
  });

  test.each([3, 4])('is a fork where the newer root commits to another beginning of %d entries', (size) => {
    const evidence = { prefix: root(size), proof: consistencyProof(leaves, size) };
    const other = new Uint8Array(32).fill(9);
    expect(seen(size, other, { evidence }).reasons).toEqual(['checkpoint-fork']);
    expect(seen(size, root(size), { evidence }).verdict).toBe('verified');
    const invented = { ...evidence, prefix: new Uint8Array(32).fill(7) };
    expect(seen(size, other, { evidence: invented }).reasons).toEqual(['consistency-unproven']);
  });
});
