import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, it } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { encodeClaim, parseClaim } from '#shared/claim/claim.ts';
import { consistencyProof, treeRoot } from '#shared/log/merkle.ts';
import { badgeOf } from '#shared/verdict/badge.ts';
import { REASONS } from '#shared/verdict/reasons.ts';
import { unprovenBecause } from '#shared/verdict/unproven.ts';
import { keyPair, TIME, World } from '../../support/build-trail.ts';
import { brokenSignature, flipped, TEXT, trustOf, verdictOn } from './world.ts';

const lines = TEXT.split('\n');

function world() {
  const built = new World();
  const entry = built.issue(TEXT);
  for (let i = 0; i < 5; i++) built.issue(`Another output, number ${i}, of the same issuer and of no interest here.`);
  return { built, entry, trail: built.trail(entry) };
}

describe('a genuine trail', () => {
  it('is verified and exact beside the very text', () => {
    const { built, trail } = world();
    const verdict = verdictOn(built, trail, { page: { lines } });
    expect(verdict.verdict).toBe('verified');
    expect(verdict.reasons).toEqual([]);
    expect(verdict.content.match).toBe('exact');
    expect(verdict.standing).toMatchObject({ state: 'active', validWhenLogged: true });
    expect(verdict.facts?.witnesses.length).toBe(3);
    expect(badgeOf(verdict).icon).toBe('verified');
  });

  it('is verified without a page, and says that nothing was compared', () => {
    const { built, trail } = world();
    const verdict = verdictOn(built, trail);
    expect([verdict.verdict, verdict.content.match]).toEqual(['verified', 'not-compared']);
  });

  it('names the one passage in which a word was changed and counts the others', () => {
    const { built, trail } = world();
    const changed = lines.map((line) => line.replace('earlier', 'older'));
    const verdict = verdictOn(built, trail, { page: { lines: changed } });
    expect(verdict.verdict).toBe('verified');
    expect(verdict.content).toMatchObject({ match: 'passages', matched: 2, of: 3, attested: 3, missing: [0] });
    expect(verdict.content.differing).toEqual([{ index: 0, text: changed[0] }]);
    expect(badgeOf(verdict).icon).toBe('partial');
  });

  it('verifies one quoted passage alone', () => {
    const { built, trail } = world();
    const verdict = verdictOn(built, trail, { page: { lines: lines.slice(1, 2) } });
    expect(verdict.content).toMatchObject({ match: 'passages', matched: 1, of: 1, missing: [0, 2] });
  });

  it('proves nothing about the text of another output', () => {
    const { built, trail } = world();
    const other = ['Another output, number 3, of the same issuer and of no interest here.'];
    const verdict = verdictOn(built, trail, { page: { lines: other } });
    expect(verdict).toMatchObject({ verdict: 'unproven', reasons: ['content-none'], content: { match: 'none' } });
    expect(badgeOf(verdict)).toEqual({ icon: 'unproven', tone: 'neutral' });
  });

  it('says that a relayed output was relayed', () => {
    const built = new World();
    const run = { at: TIME, operator: 'gateway.example', by: 'relayed' as const };
    const verdict = verdictOn(built, built.trail(built.issue(TEXT, { claim: { run } })));
    expect(verdict.verdict).toBe('verified');
    expect(verdict.facts?.claim.run.by).toBe('relayed');
  });
});

describe('a key', () => {
  it('retired later leaves the attestation valid when logged, and says so', () => {
    const { built, entry } = world();
    const { index } = built.keyEvent({ action: 'revoke', cause: 'retired' });
    const verdict = verdictOn(built, built.trail(entry), { page: { lines: TEXT.split('\n') } });
    expect(verdict.verdict).toBe('verified');
    expect(verdict.standing).toEqual({ state: 'revoked', cause: 'retired', sinceIndex: index, validWhenLogged: true });
    expect(badgeOf(verdict).icon).toBe('verified');
  });

  it('found to be compromised later is still valid when logged, but never a whole badge', () => {
    const { built, entry } = world();
    built.keyEvent({ action: 'revoke', cause: 'compromised' });
    const verdict = verdictOn(built, built.trail(entry), { page: { lines: TEXT.split('\n') } });
    expect(verdict).toMatchObject({
      verdict: 'verified',
      content: { match: 'exact' },
      standing: { validWhenLogged: true },
    });
    expect(badgeOf(verdict).icon).toBe('partial');
  });

  it('revoked back to before the attestation proves nothing any more', () => {
    const { built, entry } = world();
    built.keyEvent({ action: 'revoke', cause: 'compromised', effective: entry.index });
    const verdict = verdictOn(built, built.trail(entry));
    expect(verdict).toMatchObject({ verdict: 'unproven', reasons: ['issuer-key-revoked'] });
    expect(verdict.standing).toMatchObject({ state: 'revoked', cause: 'compromised', validWhenLogged: false });
  });

  it('quarantined over the attestation is unproven until it is reinstated', () => {
    const { built, entry } = world();
    built.keyEvent({ action: 'quarantine', effective: entry.index });
    expect(verdictOn(built, built.trail(entry)).reasons).toEqual(['issuer-key-quarantined']);
    built.keyEvent({ action: 'reinstate' });
    expect(verdictOn(built, built.trail(entry))).toMatchObject({ verdict: 'verified', standing: { state: 'active' } });
  });

  it('that was logged after the attestation does not count', () => {
    const built = new World({ addKey: false });
    const entry = built.issue(TEXT);
    built.keyEvent({ action: 'add', key: new World().keyEvent({ action: 'quarantine' }).claim.slice(0, 0) });
    expect(verdictOn(built, built.trail(entry)).verdict).not.toBe('verified');
  });

  it('that nobody logged is unproven', () => {
    const { built, entry } = world();
    expect(verdictOn(built, built.trail(entry, { events: [] })).reasons).toEqual(['issuer-key-unlogged']);
  });

  it('event signed by anybody but the registrar is a contradiction', () => {
    const { built, entry } = world();
    built.keyEvent({ action: 'reinstate' }, keyPair('somebody'));
    expect(verdictOn(built, built.trail(entry)).reasons).toEqual(['event-invalid']);
  });

  it('events out of order or repeated are refused', () => {
    const { built, entry, trail } = world();
    built.keyEvent({ action: 'quarantine', effective: 99 });
    const [add, quarantine] = built.trail(entry).events;
    if (!add || !quarantine) throw new Error('no events');
    for (const events of [
      [quarantine, add],
      [add, add],
    ]) {
      expect(verdictOn(built, { ...built.trail(entry), events }).reasons).toEqual(['event-invalid']);
    }
    expect(trail.events.length).toBe(1);
  });
});

describe('what does not fit', () => {
  const { built, entry, trail } = world();
  const checkpoint = built.checkpoint();
  const withCheckpoint = (text: string) => built.trail(entry, { checkpoint: text });

  it('a statement signed by another key than the issuer published', () => {
    const other = new World();
    const forged = other.issue(TEXT, { signer: keyPair('forger') });
    expect(verdictOn(other, other.trail(forged)).reasons).toEqual(['event-invalid']);
  });

  it('a broken issuer signature is outside the tree and unsigned', () => {
    const verdict = verdictOn(built, { ...built.trail(entry), statement: flipped(entry.statement) });
    expect(verdict.verdict).toBe('invalid');
    expect(verdict.reasons).toEqual(['inclusion-mismatch', 'statement-signature-invalid']);
  });

  it('another claim', () => {
    const claim = parseClaim(entry.claim);
    if (!claim.ok) throw new Error(claim.reason);
    const other = encodeClaim({ ...claim.value, model: { provider: 'other.example', name: 'other' } });
    expect(verdictOn(built, { ...built.trail(entry), claim: other }).reasons).toEqual(['claim-digest-mismatch']);
  });

  it('other passages', () => {
    const passages = [sha256(utf8('x')), ...(trail.passages ?? []).slice(1)];
    expect(verdictOn(built, { ...built.trail(entry), passages }).reasons).toContain('passages-root-mismatch');
  });

  it('another root under the same signature', () => {
    const other = checkpoint.replace(/\n\d+\n/, '\n7\n');
    expect(verdictOn(built, withCheckpoint(other)).reasons[0]).toBe('log-signature-invalid');
  });

  it('a log nobody here trusts', () => {
    const verdict = verdictOn(built, built.trail(entry), { trust: [] });
    expect(verdict).toMatchObject({ verdict: 'unproven', reasons: ['log-unknown'] });
  });

  it('too few witnesses', () => {
    const verdict = verdictOn(built, withCheckpoint(built.checkpoint({ cosigners: ['w2'] })));
    expect(verdict.verdict).toBe('unproven');
    expect(verdict.reasons).toContain('quorum-unmet');
  });

  it('one witness repeated is one witness; order makes no difference', () => {
    const repeated = verdictOn(built, withCheckpoint(built.checkpoint({ cosigners: ['w1', 'w1', 'w1'] })));
    expect(repeated.reasons).toContain('quorum-unmet');
    const reordered = verdictOn(built, withCheckpoint(built.checkpoint({ cosigners: ['w3', 'w1', 'w3'] })));
    expect([reordered.verdict, reordered.facts?.witnesses.length]).toEqual(['verified', 2]);
  });

  it('a forged cosignature of a known witness', () => {
    const forged = brokenSignature(checkpoint, 'w2.test.example');
    expect(verdictOn(built, withCheckpoint(forged)).reasons[0]).toBe('cosignature-invalid');
  });

  it('a trust document past its day', () => {
    const trust = [trustOf(built, { validUntil: TIME })];
    expect(verdictOn(built, built.trail(entry), { trust, now: TIME + 1 })).toMatchObject({
      verdict: 'unproven',
      reasons: ['policy-expired'],
    });
    expect(verdictOn(built, built.trail(entry), { trust, now: TIME }).verdict).toBe('verified');
  });

  it('a proof cut short', () => {
    const [head = '', ...hashes] = built.trail(entry).proof.split('\n\n')[0]?.split('\nindex ') ?? [];
    const path = hashes.join('').split('\n');
    const proof = `${head}\nindex ${path.slice(0, -1).join('\n')}\n\n${checkpoint}`;
    expect(verdictOn(built, { ...built.trail(entry), proof }).reasons).toContain('inclusion-malformed');
    expect(verdictOn(built, { ...built.trail(entry), proof: proof.slice(0, 30) }).reasons).toContain('proof-malformed');
  });

  it('events collected from another tree than the proof', () => {
    const verdict = verdictOn(built, { ...built.trail(entry), asOf: trail.asOf + 3 });
    expect(verdict.reasons[0]).toBe('as-of-mismatch');
  });

  it('a statement of another type', () => {
    const [event] = built.keyEvents;
    if (!event) throw new Error('no event');
    expect(verdictOn(built, built.trail(event)).reasons[0]).toBe('statement-not-output');
  });
});

describe('the remembered checkpoint', () => {
  const { built, entry } = world();
  const leaves = built.leaves();
  const known = (size: number, root = treeRoot(leaves.slice(0, size))) => ({ origin: built.origin, size, root });
  const seen = (knownCheckpoint: NonNullable<Parameters<typeof verdictOn>[2]>['knownCheckpoint']) =>
    verdictOn(built, built.trail(entry), knownCheckpoint ? { knownCheckpoint } : {});

  it('must be proved to lie in the same history', () => {
    const evidence = { prefix: known(3).root, proof: consistencyProof(leaves, 3) };
    expect(seen({ checkpoint: known(3), evidence }).verdict).toBe('verified');
    expect(seen({ checkpoint: known(leaves.length) }).verdict).toBe('verified');
    expect(seen({ checkpoint: known(3) })).toMatchObject({ verdict: 'unproven', reasons: ['consistency-unproven'] });
  });

  it('of another history is a fork', () => {
    const other = new Uint8Array(32).fill(9);
    const evidence = { prefix: known(3).root, proof: consistencyProof(leaves, 3) };
    for (const remembered of [{ checkpoint: known(3, other), evidence }, { checkpoint: known(leaves.length, other) }]) {
      expect(seen(remembered)).toMatchObject({ verdict: 'invalid', reasons: ['checkpoint-fork'] });
    }
  });
});

describe('accountability', () => {
  it('below what the claim promises is a named downgrade', () => {
    for (const level of ['replayable', 'attested'] as const) {
      const built = new World();
      const entry = built.issue(TEXT, { claim: { accountability: { level } } });
      const verdict = verdictOn(built, built.trail(entry));
      expect(verdict).toMatchObject({ verdict: 'unproven', reasons: ['accountability-downgraded'] });
      expect(badgeOf(verdict).icon).toBe('unproven');
    }
  });

  it('of a log without witnesses does not reach witnessed', () => {
    const { built, entry } = world();
    const trust = [trustOf(built, { quorum: 'none' })];
    const trail = built.trail(entry, { checkpoint: built.checkpoint({ cosigners: [] }) });
    expect(verdictOn(built, trail, { trust }).reasons).toEqual(['accountability-downgraded']);
  });
});

describe('a trail that could not be had', () => {
  it('is unproven, grey, and lists every check as not made', () => {
    const verdict = unprovenBecause('trail-unreachable');
    expect(verdict).toMatchObject({ verdict: 'unproven', reasons: ['trail-unreachable'] });
    expect(verdict.checks.filter(({ status }) => status === 'passed')).toEqual([]);
    expect(badgeOf(verdict)).toEqual({ icon: 'unproven', tone: 'neutral' });
  });

  it('of a newer format is unsupported', () => {
    const verdict = verdictOn(new World(), '{"trail":2}');
    expect([verdict.verdict, badgeOf(verdict).icon]).toEqual(['unsupported', 'unsupported']);
  });

  it('has reasons of which none makes a verdict better', () => {
    expect(Object.values(REASONS)).not.toContain('verified');
  });
});
