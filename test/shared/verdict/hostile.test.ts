import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { encodeTrail } from '#shared/trail/trail.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import { World } from '../../support/build-trail.ts';
import { TEXT, trustOf, verdictOn } from './world.ts';

const built = new World();
const entry = built.issue(TEXT);
built.issue('Some other output of the same issuer, so that the proof has hashes in it.');
const text = encodeTrail(built.trail(entry));
const page = { lines: TEXT.split('\n') };

/** All that a reader is told, without the details of single checks. */
const meaning = ({ facts, standing, content, assurances }: Verdict): string =>
  JSON.stringify({
    facts,
    standing,
    content,
    assurances: assurances.map(({ kind, status, detail }) => [kind, status, detail]),
  });

describe('a trail with one byte changed', () => {
  const genuine = meaning(verdictOn(built, text, { page }));

  it('is never verified with the same meaning, at any place, by any of three changes', () => {
    const opened = new Map();
    const trust = [trustOf(built)];
    const survivors: string[] = [];
    for (let at = 0; at < text.length; at++) {
      for (const change of [1, 2, 32]) {
        const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ change) + text.slice(at + 1);
        const verdict = verifyTrail({
          trail: changed,
          trust,
          page,
          opened,
          evidenceKinds: EVIDENCE_KINDS,
          noteAlgorithms: NOTE_ALGORITHMS,
        });
        if (verdict.verdict === 'verified' && meaning(verdict) === genuine)
          survivors.push(`${at}: ${changed.slice(at - 20, at + 20)}`);
      }
    }
    expect(survivors).toEqual([]);
  }, 240_000);

  it('is never verified with the same meaning after losing or doubling a character', () => {
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.boolean(), (at, lose) => {
        const changed = text.slice(0, at) + (lose ? '' : text.slice(at, at + 1).repeat(2)) + text.slice(at + 1);
        const verdict = verdictOn(built, changed, { page });
        if (verdict.verdict === 'verified' && changed !== text) expect(meaning(verdict)).not.toBe(genuine);
      }),
      { numRuns: 300 },
    );
  });
});

describe('hostile input', () => {
  it('of any kind gives a verdict, never an exception and never verified', () => {
    const json = fc.jsonValue().map((value) => JSON.stringify(value));
    const shaped = fc
      .record({
        trail: fc.constant(1),
        statement: fc.base64String(),
        claim: fc.base64String(),
        proof: fc.string(),
        evidence: fc.array(fc.jsonValue()),
        events: fc.array(fc.jsonValue()),
        asOf: fc.nat(),
      })
      .map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(fc.oneof(fc.string(), json, shaped), (trail) => {
        expect(verdictOn(built, trail, { page }).verdict).not.toBe('verified');
      }),
      { numRuns: 1000 },
    );
  });

  it('of ten megabytes is refused by its size', () => {
    expect(verdictOn(built, 'x'.repeat(10_000_000)).reasons).toEqual(['trail-too-large']);
  });

  it('nested a hundred thousand deep gives a verdict', () => {
    const trail = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(verdictOn(built, trail).reasons).toEqual(['trail-malformed']);
  });
});
