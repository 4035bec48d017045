/** A verdict as a page for the terminal: who stands behind the text, every check, and what differs. */
import type { Assurance, Check, Facts, Standing, Verdict } from '#shared/verdict/verdict.ts';
import { contentLines } from './content-page.ts';
import { type Paint, printable, readableTime, type Tint } from './terminal.ts';

const HEADINGS: Readonly<Record<Verdict['verdict'], { mark: string; tint: Tint; says: string }>> = {
  verified: { mark: '✔', tint: 'green', says: 'verified: every check that was made has passed' },
  unproven: { mark: '○', tint: 'yellow', says: 'unproven: nothing contradicts, but the proof is not complete' },
  invalid: { mark: '✖', tint: 'red', says: 'invalid: the proof contradicts itself or the text' },
  unsupported: { mark: '?', tint: 'yellow', says: 'unsupported: a newer format than this program knows' },
};

/** The proof is whole, the text is not: never the same sign as a text that is. */
const IN_PART = {
  mark: '◐',
  tint: 'yellow',
  says: 'verified in part: some passages are attested, others are not',
} as const;

/** What each check shows when it passes, in the order of the verifier. */
const CHECKS: Readonly<Record<Check['id'], string>> = {
  'trail-format': 'the trail is well-formed',
  'statement-format': 'the signed statement is well-formed',
  'claim-digest': 'the claim is the one that was signed',
  'claim-format': 'the claim is well-formed',
  passages: 'the passages are the ones the claim names',
  'log-signature': 'the log signed the checkpoint',
  'witness-quorum': 'enough witnesses saw the checkpoint',
  'policy-current': 'the policy is current',
  inclusion: 'the statement is in the log',
  consistency: 'the log only grew since the last checkpoint kept',
  'issuer-key': "the issuer's key is recorded in the log",
  'issuer-signature': "the issuer's signature is genuine",
  'issuer-standing': "the issuer's key was valid when this was logged",
  accountability: 'the trail carries what its claim promises',
  evidence: 'the evidence about the run is genuine and bound to it',
  content: 'the text is the one that was attested',
};

const RUN_BY = {
  self: 'produced by it (the issuer ran the model)',
  relayed: 'relayed by it (it received the output from the provider)',
  imported: "imported by it (it wrapped someone else's proof)",
} as const;

const MARKS: Readonly<Record<Check['status'], { mark: string; tint: Tint }>> = {
  passed: { mark: '✔', tint: 'green' },
  failed: { mark: '✖', tint: 'red' },
  skipped: { mark: '–', tint: 'dim' },
};

/** In an unproven verdict nothing is red: a missing proof is no forgery. */
const markOf = (status: Check['status'], invalid: boolean): { mark: string; tint: Tint } =>
  status === 'failed' && !invalid ? { mark: '○', tint: 'yellow' } : MARKS[status];

const row = (name: string, value: string): string => `  ${name.padEnd(11)}${value}`;

function factLines(facts: Facts): string[] {
  const { claim } = facts;
  const version = claim.model.version === undefined ? '' : ` ${printable(claim.model.version)}`;
  const witnesses = facts.witnesses.map(({ name, timestamp }) => `${printable(name)} (${readableTime(timestamp)})`);
  const lines = [
    row('who', `${printable(facts.issuer)}, ${RUN_BY[claim.run.by]}`),
    row('operator', printable(claim.run.operator)),
    row('model', `${printable(`${claim.model.provider}/${claim.model.name}`)}${version}`),
    row('when', `${readableTime(claim.run.at)}, says the issuer`),
    row('log', `${printable(facts.log.origin)}, entry ${facts.log.index} of ${facts.log.size}`),
    ...witnesses.map((witness, i) => row(i === 0 ? 'witnesses' : '', witness)),
    row('promised', `accountability "${claim.accountability.level}"`),
  ];
  if (claim.accountability.contact !== undefined) lines.push(row('contact', printable(claim.accountability.contact)));
  lines.push(row('id', printable(facts.id)));
  return lines;
}

function standingLine(standing: Standing): string {
  const cause = standing.cause === undefined ? '' : ` (${printable(standing.cause)})`;
  const since = standing.sinceIndex === undefined ? '' : ` since entry ${standing.sinceIndex}`;
  const then = standing.validWhenLogged ? ', valid when logged' : '';
  return row('signer', `${standing.state}${cause}${since}${then}`);
}

function checkLine(check: Check, invalid: boolean, paint: Paint): string {
  const { mark, tint } = markOf(check.status, invalid);
  const why = [check.reason, check.detail].filter((part) => part !== undefined).map((part) => printable(part));
  const shown = why.length === 0 ? '' : paint('dim', `  ${why.join(': ')}`);
  return `  ${paint(tint, mark)} ${CHECKS[check.id]}${shown}`;
}

function assuranceLine(assurance: Assurance, invalid: boolean, paint: Paint): string {
  const { mark, tint } = markOf(assurance.status, invalid);
  return `  ${paint(tint, mark)} ${assurance.kind.padEnd(15)}${printable(assurance.detail)}`;
}

/** The whole page, ending in a newline. */
export function verdictPage(verdict: Verdict, paint: Paint): string {
  const heading =
    verdict.content.match === 'passages' && verdict.verdict === 'verified' ? IN_PART : HEADINGS[verdict.verdict];
  const invalid = verdict.verdict === 'invalid';
  const lines = [paint('bold', paint(heading.tint, `${heading.mark} ${heading.says}`))];
  if (verdict.reasons.length > 0) lines.push(row('because', verdict.reasons.join(', ')));
  lines.push('');
  if (verdict.facts !== undefined) lines.push(...factLines(verdict.facts), standingLine(verdict.standing), '');
  lines.push(paint('bold', 'Text'), ...contentLines(verdict.content, paint), '');
  if (verdict.assurances.length > 0) {
    lines.push(
      paint('bold', 'Assurances'),
      ...verdict.assurances.map((each) => assuranceLine(each, invalid, paint)),
      '',
    );
  }
  if (verdict.checks.length > 0) {
    lines.push(paint('bold', 'Checks'), ...verdict.checks.map((check) => checkLine(check, invalid, paint)), '');
  }
  lines.push(
    paint('dim', 'A trail shows who said what about a text, and when. It does not show that the text is true.'),
  );
  return `${lines.join('\n')}\n`;
}
