/** A verdict as a page for the terminal: who stands behind the text, every check, and what differs. */

import type { ImageLikeness } from '#shared/image/compare-images.ts';
import type { Reason } from '#shared/verdict/reasons.ts';
import type { Assurance, Check, Facts, Standing, Verdict } from '#shared/verdict/verdict.ts';
import { contentLines } from './content-page.ts';
import { REASON_WORDS } from './reason-words.ts';
import { type Paint, printable, readableTime, type Tint } from './terminal.ts';

interface Heading {
  readonly mark: string;
  readonly tint: Tint;
  readonly says: string;
}

const HEADINGS: Readonly<Record<Verdict['verdict'], Heading>> = {
  verified: { mark: '✔', tint: 'green', says: 'verified: every check that was made has passed' },
  unproven: { mark: '○', tint: 'yellow', says: 'unproven: nothing contradicts, but not everything is established' },
  invalid: { mark: '✖', tint: 'red', says: 'invalid: the proof contradicts itself' },
  unsupported: { mark: '?', tint: 'yellow', says: 'unsupported: a newer format than this program knows' },
};

const UNREADABLE: Heading = { mark: '?', tint: 'yellow', says: 'unreadable: this is neither a trail nor a statement' };

/** The proof is whole, the text is not: never the same sign as a text that is. */
const IN_PART: Heading = {
  mark: '◐',
  tint: 'yellow',
  says: 'verified in part: some passages are attested, others are not',
};

/** What each check is about; the sign before it says how it ended. */
const CHECKS: Readonly<Record<Check['id'], string>> = {
  'trail-format': 'form of the trail',
  'statement-format': 'form of the signed statement',
  'claim-digest': 'the claim is the one that was signed',
  'claim-format': 'form of the claim',
  passages: 'the passages are those of the claim',
  'log-signature': "the log's signature on the checkpoint",
  'witness-quorum': 'enough witnesses saw the checkpoint',
  'policy-current': 'the policy is not out of date',
  inclusion: 'the statement is in the log',
  consistency: 'the log only grew since it was last seen',
  'issuer-key': "the issuer's key is recorded in the log",
  'issuer-signature': "the issuer's signature",
  'issuer-standing': "the issuer's key when this was logged",
  accountability: 'the trail carries what its claim promises',
  evidence: 'evidence about the run',
  content: 'what was given beside what was attested',
};

const RUN_BY = {
  self: 'produced by it (the issuer ran the model)',
  relayed: 'relayed by it (it received the output from the provider)',
  imported: "imported by it (it wrapped someone else's proof)",
} as const;

/** How the verifier marks a check that was not made because of an earlier one. */
const UNREACHED = 'an earlier check failed';

const MARKS: Readonly<Record<Check['status'], { mark: string; tint: Tint }>> = {
  passed: { mark: '✔', tint: 'green' },
  failed: { mark: '✖', tint: 'red' },
  skipped: { mark: '–', tint: 'dim' },
};

/** In an unproven verdict nothing is red: a missing proof is no forgery. */
const markOf = (status: Check['status'], invalid: boolean): { mark: string; tint: Tint } =>
  status === 'failed' && !invalid ? { mark: '○', tint: 'yellow' } : MARKS[status];

const ABOUT_TEXTS = 'A trail shows who said what about a text, and when. It does not show that the text is true.';
const ABOUT_IMAGES =
  'A trail shows who said what about an image, and when. It does not show that anything happened as the image shows it.';

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

function reasonLines(reason: Reason): string[] {
  const { means, advice } = REASON_WORDS[reason];
  return [`  ${reason}: ${means}`, ...(advice === undefined ? [] : [`    → ${advice}`])];
}

function checkLine(check: Check, invalid: boolean, paint: Paint): string {
  const { mark, tint } = markOf(check.status, invalid);
  const why = [check.reason, check.detail].filter((part) => part !== undefined).map((part) => printable(part));
  const shown = why.length === 0 ? '' : paint('dim', `  ${why.join(': ')}`);
  return `  ${paint(tint, mark)} ${CHECKS[check.id]}${shown}`;
}

function assuranceLine(assurance: Assurance, invalid: boolean, paint: Paint): string {
  const { mark, tint } = markOf(assurance.status, invalid);
  return `  ${paint(tint, mark)} ${assurance.kind.padEnd(15)}${printable(assurance.detail)}`.trimEnd();
}

function headingOf({ verdict, reasons, content }: Verdict): Heading {
  if (reasons.includes('trail-malformed') || reasons.includes('trail-too-large')) return UNREADABLE;
  return verdict === 'verified' && content.match === 'passages' ? IN_PART : HEADINGS[verdict];
}

/** What was compared with the attested output, and how an image with other bytes looks beside it. */
export interface ComparedWith {
  readonly what: 'text' | 'image' | 'nothing';
  readonly looks: ImageLikeness | undefined;
}

/** The whole page, ending in a newline. */
export function verdictPage(verdict: Verdict, paint: Paint, { what, looks }: ComparedWith): string {
  const heading = headingOf(verdict);
  const invalid = verdict.verdict === 'invalid';
  const lines = [paint('bold', paint(heading.tint, `${heading.mark} ${heading.says}`))];
  lines.push(...verdict.reasons.flatMap(reasonLines));
  if (verdict.checks.every(({ status }) => status !== 'passed')) return `${lines.join('\n')}\n`;
  lines.push('');
  if (verdict.facts !== undefined) {
    const passed = (wanted: Check['id']) =>
      verdict.checks.some(({ id, status }) => id === wanted && status === 'passed');
    const signed = passed('issuer-key') && passed('issuer-signature');
    if (!signed || invalid) lines.push(paint('bold', 'What it says, not established:'));
    lines.push(...factLines(verdict.facts), standingLine(verdict.standing), '');
  }
  const image = what === 'image' || verdict.facts?.claim.output.type.startsWith('image/') === true;
  const compared = contentLines(verdict.content, paint, image ? { looks } : undefined);
  lines.push(paint('bold', image ? 'Image' : 'Text'), ...compared, '');
  if (verdict.assurances.length > 0) {
    lines.push(
      paint('bold', 'Assurances'),
      ...verdict.assurances.map((each) => assuranceLine(each, invalid, paint)),
      '',
    );
  }
  if (verdict.checks.length > 0) {
    const reached = verdict.checks.filter(({ detail }) => detail !== UNREACHED);
    const unreached = verdict.checks.length - reached.length;
    lines.push(paint('bold', 'Checks'), ...reached.map((check) => checkLine(check, invalid, paint)));
    if (unreached > 0) lines.push(paint('dim', `  – and ${unreached} more that cannot be made after a failed one`));
    lines.push('');
  }
  lines.push(paint('dim', image ? ABOUT_IMAGES : ABOUT_TEXTS));
  return `${lines.join('\n')}\n`;
}
