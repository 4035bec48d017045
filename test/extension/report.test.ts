import { describe, expect, it } from 'vitest';
import type { EvidenceFinding } from '#shared/evidence/evidence.ts';
import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import { type Report, reportOf, withFinding } from '../../extension/verification/report.ts';
import { TEXT } from '../shared/verdict/world.ts';
import { World } from '../support/build-trail.ts';

const world = new World();
const names = ['one', 'two'].map((name, i) => ({
  kind: `kind-${name}`,
  digest: new Uint8Array(32).fill(i),
  binds: 'output' as const,
}));
const entry = world.issue(TEXT, { claim: { evidence: names } });
const trust = parseTrust(world.trustText());
const verdict = verifyTrail({
  trail: world.trailText(entry),
  trust: trust.ok ? [trust.value] : [],
  evidenceKinds: EVIDENCE_KINDS,
  noteAlgorithms: NOTE_ALGORITHMS,
  page: { lines: TEXT.split('\n') },
});

const unrun = (): Report => reportOf(verdict);
const finding = (genuine: EvidenceFinding['genuine']): EvidenceFinding => ({
  kind: 'replay',
  genuine,
  recognised: 'passed',
  bound: 'passed',
});
const statuses = ({ assurances }: Report): string[] =>
  assurances.filter(({ kind }) => kind === 'evidence').map(({ status }) => status);
const evidenceCheck = ({ checks }: Report) => checks.find(({ id }) => id === 'evidence');

describe('what a replay found', () => {
  it('is shown at the evidence that was run and at no other', () => {
    expect(statuses(unrun())).toEqual(['skipped', 'skipped']);
    expect(statuses(withFinding(unrun(), 1, finding('passed')))).toEqual(['skipped', 'passed']);
    expect(statuses(withFinding(unrun(), 0, finding('failed')))).toEqual(['failed', 'skipped']);
    expect(statuses(withFinding(unrun(), 0, finding('skipped')))).toEqual(['skipped', 'skipped']);
  });

  it('passes the check of the evidence only when every piece of it passed', () => {
    const one = withFinding(unrun(), 0, finding('passed'));
    expect(evidenceCheck(one)).toMatchObject({ status: 'skipped', detail: 'not yet established here' });
    expect(evidenceCheck(withFinding(one, 1, finding('passed')))).toEqual({ id: 'evidence', status: 'passed' });
  });

  it('that contradicts the record takes the verdict down, once, and never up again', () => {
    const failed = withFinding(unrun(), 0, finding('failed'));
    expect(unrun()).toMatchObject({ verdict: 'verified', icon: 'verified' });
    expect(failed).toMatchObject({ verdict: 'unproven', icon: 'unproven', reasons: ['evidence-failed'] });
    expect(evidenceCheck(failed)).toEqual({ id: 'evidence', status: 'failed', reason: 'evidence-failed' });
    const later = withFinding(failed, 0, finding('passed'));
    expect([later.verdict, later.reasons]).toEqual(['unproven', ['evidence-failed']]);
  });
});

describe('words on the page that could not be read', () => {
  it('keep a text from being shown as whole', () => {
    expect(reportOf(verdict, { unread: 0 })).toMatchObject({
      icon: 'verified',
      content: { match: 'exact', unread: 0 },
    });
    expect(reportOf(verdict, { unread: 1 })).toMatchObject({ icon: 'partial', content: { match: 'exact', unread: 1 } });
  });
});

describe('a log with two histories', () => {
  it('is shown as a contradiction whatever else holds', () => {
    expect(reportOf(verdict, { fork: true })).toMatchObject({ icon: 'invalid', tone: 'alert' });
  });
});
