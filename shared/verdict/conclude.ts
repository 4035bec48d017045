/** From checks to a verdict: the worst failed reason decides, and nothing that was skipped helps. */

import { statementId } from '../attestation/statement.ts';
import type { EvidenceFinding } from '../evidence/evidence.ts';
import type { ContentMatch } from '../text/content.ts';
import type { Established } from './established.ts';
import { REASONS, type Reason, type VerdictState } from './reasons.ts';
import { foldStanding } from './standing.ts';
import type { Assurance, Check, CheckId, Facts, Standing, Verdict } from './verdict.ts';

/** Without each of these passed, nothing is verified. */
const REQUIRED: readonly CheckId[] = [
  'trail-format',
  'statement-format',
  'claim-digest',
  'claim-format',
  'log-signature',
  'witness-quorum',
  'inclusion',
  'issuer-key',
  'issuer-signature',
  'issuer-standing',
  'accountability',
];

const NOT_COMPARED: ContentMatch = {
  match: 'not-compared',
  matched: 0,
  of: 0,
  attested: 0,
  differing: [],
  missing: [],
  reordered: false,
};

const UNKNOWN_STANDING: Standing = { state: 'unknown', validWhenLogged: false };

/** Sums up what was established; holds no check of its own. @internal */
export function conclude(known: Established, checks: readonly Check[]): Verdict {
  const reasons = checks.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
  const complete = REQUIRED.every((id) => checks.some((check) => check.id === id && check.status === 'passed'));
  const attested = known.passages?.length ?? 0;
  const facts = factsOf(known);
  return {
    verdict: worst(reasons) ?? (complete ? 'verified' : 'unproven'),
    reasons,
    standing: standingOf(known),
    content: known.content ?? { ...NOT_COMPARED, attested },
    assurances: assurancesOf(known, checks),
    checks,
    ...(facts && { facts }),
  };
}

function worst(reasons: readonly Reason[]): Exclude<VerdictState, 'verified'> | undefined {
  const states = reasons.map((reason) => REASONS[reason]);
  return (['invalid', 'unsupported', 'unproven'] as const).find((state) => states.some((each) => each === state));
}

function standingOf({ events, proof }: Established): Standing {
  if (!events || !proof) return UNKNOWN_STANDING;
  const { standing } = foldStanding(events.keyEvents, proof.index);
  const [dispute] = events.disputes;
  if (standing.state !== 'active' || dispute === undefined) return standing;
  return { state: 'disputed', sinceIndex: dispute, validWhenLogged: standing.validWhenLogged };
}

function assurancesOf({ statement, log, claim, findings }: Established, checks: readonly Check[]): Assurance[] {
  const statusOf = (id: CheckId) => checks.find((check) => check.id === id)?.status ?? 'skipped';
  const cosigned = log?.cosignatures.ok ? log.cosignatures.value : [];
  const quorum = statusOf('witness-quorum');
  return [
    { kind: 'signed', status: statusOf('issuer-signature'), detail: statement?.issuer ?? '' },
    { kind: 'logged', status: statusOf('inclusion'), detail: log?.checkpoint.origin ?? '' },
    {
      kind: 'witnessed',
      status: quorum === 'passed' && cosigned.length === 0 ? 'skipped' : quorum,
      detail: cosigned.map(({ witness }) => witness.name).join(', '),
    },
    { kind: 'accountability', status: statusOf('accountability'), detail: claim?.accountability.level ?? '' },
    ...(findings ?? []).map(evidenceAssurance),
  ];
}

function evidenceAssurance(finding: EvidenceFinding): Assurance {
  const answers = [finding.genuine, finding.recognised, finding.bound];
  const status = answers.includes('failed')
    ? 'failed'
    : answers.every((answer) => answer === 'passed')
      ? 'passed'
      : 'skipped';
  return { kind: 'evidence', status, detail: finding.kind, evidence: finding };
}

function factsOf({ trail, statement, claim, proof, log }: Established): Facts | undefined {
  if (!trail || !statement || !claim || !proof || !log) return undefined;
  const witnesses = log.cosignatures.ok
    ? log.cosignatures.value.map(({ witness, timestamp }) => ({ name: witness.name, timestamp }))
    : [];
  return {
    id: statementId(trail.statement),
    issuer: statement.issuer,
    issuedAt: statement.issuedAt,
    claim,
    log: { origin: log.checkpoint.origin, index: proof.index, size: log.checkpoint.size },
    witnesses,
    ...(witnesses.length > 0 && { loggedBefore: Math.max(...witnesses.map(({ timestamp }) => timestamp)) }),
    asOf: trail.asOf ?? log.checkpoint.size,
  };
}
