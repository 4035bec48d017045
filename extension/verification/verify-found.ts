/**
 * From candidates to what was recognised: each candidate's trail is verified and its text compared here, and the closest
 * one is shown. Rung B: whatever comes of it never looks like a text that brought its own proof.
 */
import {
  closestFirst,
  contradicts,
  type RecoveredRecord,
  type RecoveredText,
  recovered,
  recoveredBadge,
} from '#shared/verdict/recovered.ts';
import type { Candidate } from '../discovery/climb.ts';
import { fetchAttestedLines } from '../trails/fetch-text.ts';
import { type Compared, compareLines, type Difference } from './difference.ts';
import type { Report, ReportFacts } from './report.ts';
import { type Standing, verifyItem } from './verify-item.ts';
import { hostOf, sayModel } from './words.ts';

/** Candidates looked at for one text. */
const MAX_CANDIDATES = 8;
/** Other records named beside the one that is shown. */
const MAX_OTHERS = 6;

/** Another record of the same words. */
export interface OtherRecord {
  readonly id: string;
  readonly issuer: string;
  readonly model: string;
  readonly state: 'exact' | 'quoted' | 'edited';
  readonly loggedBefore?: number;
}

/** What was recognised on a page. */
export interface FoundText {
  readonly state: 'exact' | 'quoted' | 'edited';
  readonly similarity: number;
  /** The page is the issuer's own site. */
  readonly own: boolean;
  /** Absent where the attested text is not published: then whole passages were compared by their digests. */
  readonly difference?: Difference;
  readonly others: readonly OtherRecord[];
  /** Another record is as close and names another issuer or model. */
  readonly conflict: boolean;
}

/** What came of the candidates of a text. */
export interface FoundOutcome {
  readonly report?: Report;
  readonly trail?: string;
  readonly found?: FoundText;
  /** First and last line in which something was recognised. */
  readonly lines?: { readonly from: number; readonly to: number };
  /** Records whose claims were taken back. */
  readonly withdrawn: number;
}

interface Checked extends RecoveredRecord {
  readonly recovered: RecoveredText;
  readonly candidate: Candidate;
  readonly report: Report;
  readonly trail: string | undefined;
  readonly facts: ReportFacts | undefined;
  readonly compared: Compared | undefined;
}

/**
 * Verifies candidates against the text that stands on a page.
 *
 * @param options - `now` in milliseconds; `host` of the page; `force` asks the network even where a copy is at hand
 */
export async function verifyFound(
  candidates: readonly Candidate[],
  text: Standing,
  options: { now: number; host: string; force?: boolean },
): Promise<FoundOutcome> {
  let withdrawn = 0;
  const checked: Checked[] = [];
  for (const candidate of candidates.slice(0, MAX_CANDIDATES)) {
    const record = await check(candidate, text, options);
    if (record === 'withdrawn') withdrawn++;
    else checked.push(record);
  }
  const [shown, ...others] = closestFirst(checked);
  if (shown === undefined) return { withdrawn };
  const { report, trail, facts, compared } = shown;
  const outcome = { withdrawn, ...(trail !== undefined && { trail }) };
  const { state, similarity } = shown.recovered;
  if (facts === undefined || state === 'unrelated' || state === 'unproven') return { ...outcome, report };
  const { own, lines } = {
    own: hostOf(facts.issuer) === options.host,
    lines: compared?.lines ?? linesOf(report, text),
  };
  return {
    ...outcome,
    report: { ...report, icon: recoveredBadge(shown.recovered, report.standing) },
    ...(lines && { lines }),
    found: {
      state,
      similarity,
      own,
      ...(compared && { difference: compared.difference }),
      others: others.flatMap(named).slice(0, MAX_OTHERS),
      conflict: others.some((other) => contradicts(shown, other)),
    },
  };
}

async function check(
  candidate: Candidate,
  text: Standing,
  { now, force }: { now: number; force?: boolean },
): Promise<Checked | 'withdrawn'> {
  const source = { url: `${candidate.log}/v1/trails/${candidate.id}` };
  const { report, trail, withdrawn } = await verifyItem(source, text, { now, ...(force && { force }) });
  if (withdrawn) return 'withdrawn';
  const facts = report.facts;
  // A log may answer with another record than the one that was asked for.
  const asked = facts?.id === candidate.id;
  const attested = trail === undefined || !asked ? undefined : await fetchAttestedLines(candidate, trail);
  const compared = attested && text.lines && compareLines(attested, text.lines);
  return {
    candidate,
    report,
    trail,
    facts: asked ? facts : undefined,
    compared,
    recovered: recovered(report, compared?.comparison),
    issuer: facts?.issuer ?? '',
    model: facts === undefined ? '' : sayModel(facts),
    provider: facts?.provider ?? '',
    ...(facts?.loggedBefore !== undefined && { loggedBefore: facts.loggedBefore }),
  };
}

function named({ candidate, facts, recovered: { state }, model, loggedBefore }: Checked): OtherRecord[] {
  if (facts === undefined || state === 'unrelated' || state === 'unproven') return [];
  const { id } = candidate;
  return [{ id, issuer: facts.issuer, model, state, ...(loggedBefore !== undefined && { loggedBefore }) }];
}

/** Where only digests were compared: between the first and the last line that was not found to differ. */
function linesOf({ content }: Report, { lines = [] }: Standing): FoundOutcome['lines'] {
  // A report names only the first lines that differ.
  if (content.differing.length + content.matched < content.of) return undefined;
  const differing = new Set(content.differing.map(({ index }) => index));
  const same = lines.flatMap((_, index) => (differing.has(index) ? [] : [index]));
  const [from, to] = [same[0], same.at(-1)];
  return from === undefined || to === undefined ? undefined : { from, to };
}
