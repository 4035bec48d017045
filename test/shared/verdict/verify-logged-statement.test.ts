/** A statement without its trail: what a tlog-proof shows, what a receipt shows, and what neither does. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { statementId } from '#shared/attestation/statement.ts';
import { CborTag, type CborValue, decodeCbor, encodeCbor } from '#shared/bytes/cbor.ts';
import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { signReceipt } from '#shared/receipt/receipt.ts';
import { bindBytes } from '#shared/text/bind.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { type LoggedStatementInput, verifyLoggedStatement } from '#shared/verdict/verify-logged-statement.ts';
import { keyPair, World } from '../../support/build-trail.ts';
import {
  built,
  detailOf,
  entry,
  idsOf,
  judged,
  named,
  other,
  receipt,
  receiptOf,
  receiptPair,
  receipts,
  tlogProof,
} from './logged.ts';
import { flipped, TEXT, trustOf, verdictOn } from './world.ts';

const bare = (proof: LoggedStatementInput['proof']): Verdict =>
  verifyLoggedStatement({
    statement: entry.statement,
    proof,
    trust: [trustOf(built)],
    evidenceKinds: EVIDENCE_KINDS,
    noteAlgorithms: NOTE_ALGORITHMS,
  });

describe('a statement with a tlog-proof', () => {
  test('shows signature, inclusion, quorum and text; only that its key was registered, it does not', () => {
    const verdict = judged(tlogProof, { page: { bytes: bindBytes(TEXT) } });
    expect(verdict).toMatchObject({
      verdict: 'unproven',
      reasons: ['key-events-absent'],
      standing: { state: 'unknown', validWhenLogged: false },
      content: { match: 'exact' },
      facts: { id: statementId(entry.statement), log: { index: entry.index, size: built.entries.length } },
    });
    expect(idsOf(verdict, 'skipped')).toEqual([
      'trail-format',
      'passages',
      'consistency',
      'issuer-standing',
      'evidence',
    ]);
    expect(verdict.facts).toEqual(verdictOn(built, built.trail(entry)).facts);
  });

  test('looks the same where the key had been revoked before, which its trail tells', () => {
    const later = new World();
    later.keyEvent({ action: 'revoke', cause: 'compromised' });
    const forged = later.issue(TEXT);
    const { statement, claim, index } = forged;
    const trust = [trustOf(later)];
    expect(judged(later.proof(index), { statement, claim, trust }).reasons).toEqual(['key-events-absent']);
    expect(verdictOn(later, later.trail(forged)).reasons).toEqual(['issuer-key-revoked']);
  });

  test('below the quorum says so, and does not blame the issuer for it', () => {
    const verdict = judged(built.proof(entry.index, built.checkpoint({ cosigners: ['w1'] })));
    expect(verdict.reasons).toEqual(['quorum-unmet', 'key-events-absent']);
    expect(detailOf(verdict, 'accountability')).toBe('only a trail carries what was promised');
  });
});

describe('a statement with a receipt', () => {
  test('shows signature and inclusion, and that witnesses sign no receipt', () => {
    const verdict = judged(receipts(receipt));
    expect([verdict.verdict, verdict.reasons]).toEqual(['unproven', ['quorum-unmet', 'key-events-absent']]);
    expect(idsOf(verdict, 'passed')).toEqual([
      'statement-format',
      'claim-digest',
      'claim-format',
      'log-signature',
      'policy-current',
      'inclusion',
      'issuer-signature',
    ]);
    expect(detailOf(verdict, 'inclusion')).toBe(`${entry.index}, says the receipt`);
    expect(verdict.facts?.witnesses).toEqual([]);
  });

  test('accuses nobody of a fork: the size beside the root is not signed', () => {
    const checkpoint = { origin: built.origin, size: built.entries.length, root: new Uint8Array(32) };
    const knownCheckpoint = { checkpoint };
    expect(judged(receipts(receipt), { knownCheckpoint }).reasons).not.toContain('checkpoint-fork');
    expect(judged(tlogProof, { knownCheckpoint }).reasons).toContain('checkpoint-fork');
  });

  test('under a policy that asks for no witness lacks only the key events', () => {
    const trust = [trustOf(built, { quorum: 'none' })];
    const verdict = judged(receipts(receipt), { trust });
    expect([verdict.verdict, verdict.reasons]).toEqual(['unproven', ['key-events-absent']]);
  });
});

describe('a receipt whose reader gives no key', () => {
  /** The world's trust document with a receipt key for that log. */
  const naming = (log: string, key = receiptPair.publicKey) => {
    const trust = trustOf(built);
    const more = { log, publicKey: built.registrar.publicKey, receiptKey: key };
    return { trust: [{ ...trust, registrars: [...trust.registrars, more] }] };
  };
  const keyless = { receipts: [receipt], keys: [] };

  test('holds by the key that the trust document names for its log', () => {
    expect(judged(keyless, naming(built.origin))).toEqual(judged(receipts(receipt), naming(built.origin)));
    expect(idsOf(judged(keyless, naming(built.origin)), 'passed')).toContain('log-signature');
  });

  test.each([
    ['names none', {}, 'receipt-key-unknown'],
    ['names one for another log', naming('other.example'), 'receipt-key-unknown'],
    ['names another key', naming(built.origin, built.registrar.publicKey), 'receipt-key-unknown'],
  ])('is unproven where the trust document %s', (_, more, reason) => {
    const verdict = judged(keyless, more);
    expect([verdict.verdict, verdict.reasons[0]]).toEqual(['unproven', reason]);
  });

  test('is invalid where the named key did not sign it', () => {
    const foreign = receiptOf(entry, { root: new Uint8Array(32) });
    const verdict = judged({ receipts: [foreign], keys: [] }, naming(built.origin));
    expect([verdict.verdict, verdict.reasons[0]]).toEqual(['invalid', 'receipt-invalid']);
  });

  test('gives way to the keys that the reader gives', () => {
    const given = { receipts: [receipt], keys: [named(keyPair('somebody'))] };
    expect(judged(given, naming(built.origin)).reasons[0]).toBe('receipt-key-unknown');
  });
});

test('without a claim nothing is known of the output, and nothing that rests on it is checked', () => {
  for (const proof of [tlogProof, receipts(receipt)]) {
    const verdict = bare(proof);
    expect(verdict.verdict).toBe('unproven');
    expect(verdict.reasons.at(-1)).toBe('key-events-absent');
    expect(verdict.checks.filter(({ detail }) => detail === 'no claim was given').map(({ id }) => id)).toEqual([
      'claim-digest',
      'claim-format',
      'passages',
      'accountability',
      'evidence',
      'content',
    ]);
    expect(verdict.facts).toBeUndefined();
    expect(detailOf(verdict, 'issuer-signature')).toBe('no issuer key was given');
  }
});

const whole = decodeCbor(receipt);
const parts = whole.ok && whole.value instanceof CborTag ? (whole.value.value as readonly CborValue[]) : [];
const withProofs = (proofs: CborValue) =>
  encodeCbor(new CborTag(18, [parts[0] ?? null, new Map([[396, proofs]]), null, parts[3] ?? null]));
const consistencyReceipt = withProofs(new Map([[-2, [new Uint8Array(32)]]]));
const stranger = signReceipt(
  { log: 'other.example', subject: 'x', size: 2, index: 0, path: [new Uint8Array(32)], root: new Uint8Array(32) },
  receiptPair,
);
const unreadable = Uint8Array.of(0xd2, 0x80);
const wrongSignature = flipped(receipt);

describe('what contradicts itself or cannot be read has its reason', () => {
  const noKeys = (bytes: Uint8Array) => ({ receipts: [bytes], keys: [] });
  const forgedSignature = flipped(entry.statement);
  test.each<
    readonly [string, LoggedStatementInput['proof'], Partial<LoggedStatementInput>, Verdict['verdict'], string]
  >([
    ['bytes that are no statement', tlogProof, { statement: unreadable }, 'invalid', 'statement-malformed'],
    [
      'a statement about a key',
      tlogProof,
      { statement: built.keyEvents[0]?.statement ?? unreadable },
      'invalid',
      'statement-not-output',
    ],
    ['another statement', tlogProof, { statement: other.statement }, 'invalid', 'inclusion-mismatch'],
    ['another claim', tlogProof, { claim: other.claim }, 'invalid', 'claim-digest-mismatch'],
    [
      'a signature that the given key did not make',
      tlogProof,
      { statement: forgedSignature },
      'invalid',
      'statement-signature-invalid',
    ],
    ['no proof', '', {}, 'invalid', 'proof-malformed'],
    ['a log outside the policy', tlogProof, { trust: [] }, 'unproven', 'log-unknown'],
    [
      'a policy out of date',
      tlogProof,
      { trust: [trustOf(built, { validUntil: 5 })], now: 6 },
      'unproven',
      'policy-expired',
    ],
    ['a text that is another', tlogProof, { page: { bytes: bindBytes('Another.') } }, 'unproven', 'content-none'],
    ['no receipt', receipts(), {}, 'unproven', 'receipt-malformed'],
    ['a receipt that cannot be read', receipts(unreadable), {}, 'unproven', 'receipt-malformed'],
    ['a receipt of another kind', receipts(consistencyReceipt), {}, 'unsupported', 'receipt-unsupported'],
    ['a receipt of another log', receipts(stranger), {}, 'unproven', 'log-unknown'],
    ['a receipt and no policy', receipts(receipt), { trust: [] }, 'unproven', 'log-unknown'],
    ['a receipt whose key was not given', noKeys(receipt), {}, 'unproven', 'receipt-key-unknown'],
    ['the receipt of another entry', receipts(receiptOf(other)), {}, 'invalid', 'receipt-invalid'],
    [
      'a receipt that says another entry',
      receipts(receiptOf(entry, { subject: 'x' })),
      {},
      'invalid',
      'receipt-invalid',
    ],
    [
      'a receipt of another root',
      receipts(receiptOf(entry, { root: new Uint8Array(32) })),
      {},
      'invalid',
      'receipt-invalid',
    ],
    ['a receipt with a broken signature', receipts(wrongSignature), {}, 'invalid', 'receipt-invalid'],
  ])('%s', (_, proof, more, verdict, reason) => {
    const found = judged(proof, more);
    expect(found.verdict).toBe(verdict);
    expect(found.reasons).toContain(reason);
    expect(found.reasons).toContain('key-events-absent');
  });

  test('a key that the statement does not name says nothing about its signature', () => {
    const verdict = judged(tlogProof, { issuerKeys: [named(keyPair('somebody'))] });
    expect(verdict.reasons).toEqual(['key-events-absent']);
    expect(detailOf(verdict, 'issuer-signature')).toBe('none of the keys given is the one it names');
  });
});

describe('several receipts', () => {
  const strange = [unreadable, consistencyReceipt, stranger, wrongSignature];

  test('are alternatives: one that holds is enough, wherever it stands', () => {
    for (let at = 0; at <= strange.length; at++) {
      const verdict = judged(receipts(...strange.slice(0, at), receipt, ...strange.slice(at)));
      expect(verdict.reasons).toEqual(['quorum-unmet', 'key-events-absent']);
    }
  });

  test('of which none holds give the reason of the nearest, in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(strange, { minLength: 1 }), (some) => {
        const reasons = ['receipt-malformed', 'receipt-unsupported', 'log-unknown', 'receipt-invalid'];
        const nearest = Math.max(...some.map((each) => strange.indexOf(each)));
        expect(judged(receipts(...some)).reasons).toEqual([reasons[nearest], 'key-events-absent']);
      }),
    );
  });
});
