/**
 * A verdict as plain JSON values, so that it can be sent to the panel and kept for the session.
 * In scope: copying and bounding. Not here: judging (that is `shared/verdict`) or wording.
 */
import type { EvidenceFinding } from '#shared/evidence/evidence.ts';
import type { ContentMatch } from '#shared/text/content.ts';
import { badgeOf } from '#shared/verdict/badge.ts';
import type { Facts, Verdict } from '#shared/verdict/verdict.ts';

/** What the mark shows. */
export type BadgeIcon = 'verified' | 'partial' | 'unproven' | 'invalid' | 'unsupported' | 'found' | 'declared';

/** Alert is kept for contradictions; everything else is one neutral colour. */
export type BadgeTone = 'neutral' | 'alert';

/** One named step and how it went. */
export interface ReportCheck {
  readonly id: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly reason?: string;
  readonly detail?: string;
}

/** One assurance; never blended with another. */
export interface ReportAssurance {
  readonly kind: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly detail: string;
  readonly evidence?: { kind: string; genuine: string; recognised: string; bound: string; reason?: string };
}

/** What a genuine claim says, in strings and numbers. */
export interface ReportFacts {
  readonly id: string;
  readonly issuer: string;
  readonly provider: string;
  readonly model: string;
  readonly version?: string;
  readonly operator: string;
  readonly by: 'self' | 'relayed' | 'imported';
  readonly claimedAt: number;
  readonly loggedBefore?: number;
  readonly outputType: string;
  readonly level: string;
  readonly policyUri?: string;
  readonly contact?: string;
  readonly disputesUntil?: number;
  readonly log: { readonly origin: string; readonly index: number; readonly size: number };
  readonly witnesses: readonly { name: string; timestamp: number }[];
  readonly parents: number;
  readonly replay: boolean;
}

/** How the page's text compares with the record. */
export interface ReportContent {
  readonly match: ContentMatch['match'];
  readonly matched: number;
  readonly of: number;
  readonly attested: number;
  readonly missing: number;
  readonly reordered: boolean;
  readonly differing: readonly { index: number; text: string }[];
  /** Words a reader sees there that could not be read as text, and so were compared with nothing. */
  readonly unread: number;
  /** Where a picture stands there: the recorded file, one that looks like it, another one, or one that could not be read. */
  readonly picture?: 'exact' | 'similar' | 'other' | 'unread';
}

/** A verdict and what is known about how it came about. */
export interface Report {
  readonly verdict: Verdict['verdict'];
  readonly icon: BadgeIcon;
  readonly tone: BadgeTone;
  readonly reasons: readonly string[];
  readonly standing: { state: string; cause?: string; sinceIndex?: number; validWhenLogged: boolean };
  readonly content: ReportContent;
  readonly assurances: readonly ReportAssurance[];
  readonly checks: readonly ReportCheck[];
  readonly facts?: ReportFacts;
  /** Where the trail came from, and when the copy was saved if the network had none. */
  readonly trailUrl?: string;
  readonly savedAt?: number;
  /** A page for people about this trail. */
  readonly pageUrl?: string;
  /** The log showed two histories; the proof can be downloaded in settings. */
  readonly fork?: true;
  /** Why the log's word that this is one of its shards is not accepted. */
  readonly shardsRefused?: string;
}

const MAX_DIFFERING = 40;
const MAX_DIFFERING_TEXT = 600;

/** Copies a verdict into a report. `unread` counts the words seen on the page that could not be read as text. */
export function reportOf(
  verdict: Verdict,
  context: { trailUrl?: string; fork?: true; unread?: number; shardsRefused?: string } = {},
): Report {
  const { unread = 0, ...origin } = context;
  const { content } = verdict;
  return {
    verdict: verdict.verdict,
    ...shownAs(verdict, unread > 0, origin.fork === true),
    reasons: [...verdict.reasons],
    standing: { ...verdict.standing },
    content: {
      match: content.match,
      matched: content.matched,
      of: content.of,
      attested: content.attested,
      missing: content.missing.length,
      reordered: content.reordered,
      differing: content.differing
        .slice(0, MAX_DIFFERING)
        .map(({ index, text }) => ({ index, text: text.slice(0, MAX_DIFFERING_TEXT) })),
      unread,
    },
    assurances: verdict.assurances.map(({ kind, status, detail, evidence }) => ({
      kind,
      status,
      detail,
      ...(evidence === undefined ? {} : { evidence: { ...evidence } }),
    })),
    checks: verdict.checks.map((check) => ({ ...check })),
    ...(verdict.facts === undefined ? {} : { facts: factsOf(verdict.facts) }),
    ...origin,
  };
}

/** How a verdict looks: whole only if every visible word was read, and a log with two histories is a contradiction. */
function shownAs(verdict: Verdict, unread: boolean, fork: boolean) {
  const { icon, tone }: Pick<Report, 'icon' | 'tone'> = badgeOf(verdict);
  if (fork) return { icon: 'invalid', tone: 'alert' } as const;
  return { icon: unread && icon === 'verified' ? ('partial' as const) : icon, tone };
}

/**
 * The report after the reader's machine ran what the claim's evidence item names: everything that said "not checked"
 * about it now says what was found, and evidence that failed proves nothing any more.
 *
 * @param item - which of the claim's evidence items, from 0
 */
export function withFinding(report: Report, item: number, finding: EvidenceFinding): Report {
  const answers = (each: ReportAssurance['evidence'] | undefined): string[] =>
    each === undefined ? [] : [each.genuine, each.recognised, each.bound];
  const sum = (all: readonly string[]): ReportCheck['status'] =>
    all.includes('failed') ? 'failed' : all.every((answer) => answer === 'passed') ? 'passed' : 'skipped';
  let seen = -1;
  const assurances = report.assurances.map((each): ReportAssurance => {
    if (each.kind !== 'evidence' || ++seen !== item) return each;
    return { ...each, status: sum(answers(finding)), evidence: { ...finding } };
  });
  const status = sum(assurances.flatMap(({ evidence }) => answers(evidence)));
  const checks = report.checks.map((check): ReportCheck => {
    if (check.id !== 'evidence') return check;
    const reason = status === 'failed' ? { reason: 'evidence-failed' } : {};
    return { id: check.id, status, ...reason, ...(status === 'skipped' && check.detail && { detail: check.detail }) };
  });
  const lost = status === 'failed' && report.verdict === 'verified';
  if (!lost) return { ...report, assurances, checks };
  return {
    ...report,
    verdict: 'unproven',
    icon: 'unproven',
    reasons: [...report.reasons, 'evidence-failed'],
    assurances,
    checks,
  };
}

/** The report of a check that was to go without a network: whether the log only grew was then not asked. */
export function withoutConsistency(report: Report): Report {
  const checks = report.checks.map((check) =>
    check.id === 'consistency' ? { ...check, detail: 'the log was not asked' } : check,
  );
  return { ...report, checks };
}

function factsOf(facts: Facts): ReportFacts {
  const { claim } = facts;
  const { policy, contact, disputesUntil, level } = claim.accountability;
  return {
    id: facts.id,
    issuer: facts.issuer,
    provider: claim.model.provider,
    model: claim.model.name,
    operator: claim.run.operator,
    by: claim.run.by,
    claimedAt: claim.run.at,
    outputType: claim.output.type,
    level,
    log: { ...facts.log },
    witnesses: facts.witnesses.map(({ name, timestamp }) => ({ name, timestamp })),
    parents: claim.parents.length,
    replay: claim.evidence.some(({ kind }) => kind === 'replay'),
    ...(claim.model.version === undefined ? {} : { version: claim.model.version }),
    ...(facts.loggedBefore === undefined ? {} : { loggedBefore: facts.loggedBefore }),
    ...(policy === undefined ? {} : { policyUri: policy.uri }),
    ...(contact === undefined ? {} : { contact }),
    ...(disputesUntil === undefined ? {} : { disputesUntil }),
  };
}
