/**
 * From candidates to what was recognised: each candidate's trail is verified and its text compared here, and the closest
 * one is shown. Rung B: whatever comes of it never looks like a text that brought its own proof.
 */
import {
  closestFirst,
  contradicts,
  type Recovered,
  type RecoveredRecord,
  recovered,
  recoveredBadge,
  recoveredImage,
} from '#shared/verdict/recovered.ts';
import type { Candidate } from '../discovery/climb.ts';
import { fetchAttestedLines } from '../trails/fetch-text.ts';
import { type ComparedPicture, comparePicture, withPicture } from './compare-picture.ts';
import { type Compared, compareLines, type Difference } from './difference.ts';
import type { Report, ReportFacts } from './report.ts';
import type { SeenPicture } from './see-picture.ts';
import { type Standing, verifyItem } from './verify-item.ts';
import { hostOf, sayModel } from './words.ts';

/** Candidates looked at for one text. */
const MAX_CANDIDATES = 8;
/** Other records named beside the one that is shown. */
const MAX_OTHERS = 6;
const HASH_BITS = 256;

/** What stands on the page: a text, or a picture. */
export interface Sight extends Standing {
  readonly picture?: SeenPicture;
}

/** How close something recognised is. */
export type FoundState = Exclude<Recovered['state'], 'unrelated' | 'unproven'>;

/** Another record of the same words or picture. */
export interface OtherRecord {
  readonly id: string;
  readonly issuer: string;
  readonly model: string;
  readonly state: FoundState;
  readonly loggedBefore?: number;
}

/** What was recognised on a page. */
export interface FoundText {
  readonly state: FoundState;
  readonly similarity: number;
  /** The page is the issuer's own site. */
  readonly own: boolean;
  /** Of a picture: the features of its look, of 256, that are the recorded one's, and whether it had to be fetched again. */
  readonly picture?: { readonly same?: number; readonly refetched?: true };
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
  readonly candidate: Candidate;
  readonly report: Report;
  readonly trail: string | undefined;
  readonly facts: ReportFacts | undefined;
  readonly compared: Compared | undefined;
  readonly looks: ComparedPicture['looks'];
}

/**
 * Verifies candidates against the text or picture that stands on a page.
 *
 * @param options - `now` in milliseconds; `host` of the page; `force` asks the network even where a copy is at hand
 */
export async function verifyFound(
  candidates: readonly Candidate[],
  sight: Sight,
  options: { now: number; host: string; force?: boolean },
): Promise<FoundOutcome> {
  let withdrawn = 0;
  const checked: Checked[] = [];
  for (const candidate of candidates.slice(0, MAX_CANDIDATES)) {
    const record = await check(candidate, sight, options);
    if (record === 'withdrawn') withdrawn++;
    else checked.push(record);
  }
  const [shown, ...others] = closestFirst(checked);
  if (shown === undefined) return { withdrawn };
  const { report, trail, facts, compared, looks } = shown;
  const outcome = { withdrawn, ...(trail !== undefined && { trail }) };
  const { state, similarity } = shown.recovered;
  if (facts === undefined || state === 'unrelated' || state === 'unproven') return { ...outcome, report };
  const { own, lines } = {
    own: hostOf(facts.issuer) === options.host,
    lines: compared?.lines ?? linesOf(report, sight),
  };
  return {
    ...outcome,
    report: { ...report, icon: recoveredBadge(shown.recovered, report.standing) },
    ...(lines && { lines }),
    found: {
      state,
      similarity,
      own,
      ...(sight.picture && { picture: pictureOf(sight.picture, looks) }),
      ...(compared && { difference: compared.difference }),
      others: others.flatMap(named).slice(0, MAX_OTHERS),
      conflict: others.some((other) => contradicts(shown, other)),
    },
  };
}

const pictureOf = ({ refetched }: SeenPicture, looks: ComparedPicture['looks']): NonNullable<FoundText['picture']> => ({
  ...(looks && { same: HASH_BITS - looks.distance }),
  ...(refetched && { refetched }),
});

async function check(
  candidate: Candidate,
  sight: Sight,
  { now, force }: { now: number; force?: boolean },
): Promise<Checked | 'withdrawn'> {
  const source = { url: `${candidate.log}/v1/trails/${candidate.id}` };
  const { report: judged, trail, withdrawn } = await verifyItem(source, sight, { now, ...(force && { force }) });
  if (withdrawn) return 'withdrawn';
  const facts = judged.facts;
  // A log may answer with another record than the one that was asked for.
  const asked = facts?.id === candidate.id;
  const { lines, picture } = sight;
  const attested = trail !== undefined && asked && lines ? await fetchAttestedLines(candidate, trail) : undefined;
  const compared = attested && lines && compareLines(attested, lines);
  const looked = trail !== undefined && asked && picture ? comparePicture(trail, picture) : undefined;
  const report = picture ? withPicture(judged, looked) : judged;
  return {
    candidate,
    report,
    trail,
    facts: asked ? facts : undefined,
    compared,
    looks: looked?.looks,
    recovered: picture ? recoveredImage(report, looked?.looks) : recovered(report, compared?.comparison),
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
