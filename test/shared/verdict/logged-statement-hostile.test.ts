/** A statement without its trail, under attack: never more than its trail shows, whichever byte was changed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bindBytes } from '#shared/text/bind.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { built, entry, idsOf, judged, keys, receipt, receipts, tlogProof } from './logged.ts';
import { flipped, TEXT, verdictOn } from './world.ts';

describe('never more than its trail', () => {
  const trailPasses = idsOf(verdictOn(built, built.trail(entry), { page: { bytes: bindBytes(TEXT) } }), 'passed');

  test('every check that passes here passes there', () => {
    for (const proof of [tlogProof, receipts(receipt)]) {
      const passes = idsOf(judged(proof, { page: { bytes: bindBytes(TEXT) } }), 'passed');
      expect(trailPasses).toEqual(expect.arrayContaining(passes));
    }
  });

  const asGood = (verdict: Verdict, genuine: Verdict) =>
    JSON.stringify(idsOf(verdict, 'passed')) === JSON.stringify(idsOf(genuine, 'passed'));
  function survivors(bytes: Uint8Array, judge: (changed: Uint8Array) => Verdict): number[] {
    const genuine = judge(bytes);
    return [...bytes.keys()].filter((at) => asGood(judge(flipped(bytes, at)), genuine));
  }

  test('no byte of the statement, the claim or the tlog-proof can change unnoticed', () => {
    const encoded = new TextEncoder().encode(tlogProof);
    const asText = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    for (const proof of [tlogProof, receipts(receipt)]) {
      expect(survivors(entry.statement, (statement) => judged(proof, { statement }))).toEqual([]);
      expect(survivors(entry.claim, (claim) => judged(proof, { claim }))).toEqual([]);
    }
    // Which witness's line is broken decides whether two of three remain; that a line is lost is seen in the facts.
    const witnessesIn = (bytes: Uint8Array) => judged(asText(bytes)).facts?.witnesses.length;
    const unnoticed = survivors(encoded, (bytes) => judged(asText(bytes)));
    expect(unnoticed.filter((at) => witnessesIn(flipped(encoded, at)) === 3)).toEqual([]);
  }, 120_000);

  test('of a receipt only what was never signed can change: its index and size, where the path stays possible', () => {
    const changed = survivors(receipt, (bytes) => judged(receipts(bytes)));
    const { log: genuine } = judged(receipts(receipt)).facts ?? {};
    for (const at of changed) {
      const { log } = judged(receipts(flipped(receipt, at))).facts ?? {};
      expect(log).not.toEqual(genuine);
    }
    expect(changed.length).toBeLessThanOrEqual(2);
  });

  test('nothing makes it verified, and nothing throws, whatever the bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const proof = fc.oneof(
      fc.string(),
      fc.array(bytes, { maxLength: 3 }).map((all) => ({ receipts: all, keys })),
    );
    const anyOf = <T>(genuine: T, made: fc.Arbitrary<T>) => fc.oneof(fc.constant(genuine), made);
    fc.assert(
      fc.property(
        anyOf(entry.statement, bytes),
        anyOf(entry.claim, bytes),
        fc.oneof(fc.constant(tlogProof), fc.constant(receipts(receipt)), proof),
        (statement, claim, given) => {
          const { verdict, reasons } = judged(given, { statement, claim });
          expect(verdict).not.toBe('verified');
          expect(reasons).toContain('key-events-absent');
        },
      ),
      { numRuns: 400 },
    );
  });
});
