/**
 * A report in words: the one place where verdicts become sentences, used by badge, toolbar and
 * panel alike. Words come from `_locales`; nothing here judges.
 */
import { inQuestion } from '#shared/verdict/badge.ts';
import type { BadgeView, BadgeWords, Declaration } from '../messaging/protocol.ts';
import { browser } from '../platform.ts';
import type { PageItem } from './page-store.ts';
import type { Report, ReportFacts } from './report.ts';
import type { FoundText } from './verify-found.ts';

/** A message in the reader's language; an unknown key gives the key, so that a gap is seen. */
export function say(key: string, ...values: (string | number)[]): string {
  const name = key.replaceAll('-', '_');
  return browser.i18n.getMessage(name, values.map(String)) || name;
}

/** What every badge says beside its verdict. */
export const wordsForBadges = (): BadgeWords => ({
  name: say('name'),
  checking: say('badge_checking'),
  open: say('badge_open'),
  where: say('badge_where'),
});

/** A message that exists, or nothing. */
export function sayIfKnown(key: string): string | undefined {
  return browser.i18n.getMessage(key.replaceAll('-', '_')) || undefined;
}

/** An https origin as people say it: its host. */
export function hostOf(origin: string): string {
  return URL.parse(origin)?.host || origin;
}

/** Time in the reader's own language and zone, to the minute. */
export function sayTime(unixSeconds: number): string {
  if (!Number.isFinite(unixSeconds) || Math.abs(unixSeconds) > 8e12) return String(unixSeconds);
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(unixSeconds * 1000);
}

/** Whether a record is of a picture. */
export const isOfPicture = ({ facts }: Report): boolean => facts?.outputType.startsWith('image/') ?? false;

/** The day of it. */
function sayDate(unixSeconds: number): string {
  if (!Number.isFinite(unixSeconds) || Math.abs(unixSeconds) > 8e12) return String(unixSeconds);
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(unixSeconds * 1000);
}

/** The one sentence a reader takes away. */
export function headlineOf(report: Report): string {
  const { matched, of, match, unread } = report.content;
  if (report.fork) return say('headline_fork');
  const picture = sayMarkedPicture(report);
  if (picture !== undefined) return picture;
  if (report.verdict === 'invalid') return say('headline_invalid');
  if (report.verdict === 'unsupported') return say('headline_unsupported');
  if (report.verdict === 'verified') {
    if (match === 'exact') return unread > 0 ? sayUnread(unread, 'headline_unread') : say('headline_exact');
    if (match === 'not-compared')
      return say(isOfPicture(report) ? 'headline_picture_not_compared' : 'headline_not_compared');
    return sayPassages(matched, of, 'headline');
  }
  const [reason] = report.reasons;
  return (reason === undefined ? undefined : sayIfKnown(`headline_${reason}`)) ?? say('headline_unproven');
}

/** The sentence about a picture that names its proof, where one about a text would be wrong. */
function sayMarkedPicture({ verdict, reasons, content: { picture } }: Report): string | undefined {
  if (picture === undefined || verdict === 'invalid' || verdict === 'unsupported') return undefined;
  const [reason] = reasons;
  if (verdict === 'verified' || reason === 'content-none') return say(`picture_marked_${picture}`);
  return (reason === undefined ? undefined : sayIfKnown(`headline_${reason}`)) ?? say('headline_picture_unproven');
}

/** How many of the page's passages are in the record. */
export function sayPassages(matched: number, of: number, key: 'headline' | 'passages'): string {
  if (matched < of) return say(key === 'headline' ? 'headline_passages' : 'passages_some', matched, of);
  if (key === 'headline') return of === 1 ? say('headline_passage_one') : say('headline_passages_all', of);
  return of === 1 ? say('passages_one') : say('passages_all', of);
}

/** Words on the page that could not be read, and so were compared with nothing. */
export function sayUnread(unread: number, key: 'headline_unread' | 'passages_unread'): string {
  return unread === 1 ? say(`${key}_one`) : say(key, unread);
}

/** What stands behind the headline: the reason in plain words, when there is one. */
export function explanationOf(report: Report): string | undefined {
  if (report.shardsRefused !== undefined) return sayShardsRefused(report.shardsRefused);
  const reason = report.fork ? 'checkpoint-fork' : report.reasons[0];
  const { picture } = report.content;
  if (picture !== undefined && reason === 'content-none') return say(`picture_why_${picture}`);
  return reason === undefined ? undefined : sayIfKnown(`reason_${reason}`);
}

/** Why a log's list of its shards is not accepted. */
export function sayShardsRefused(reason: string): string {
  return say('shards_refused', sayIfKnown(`refused_${reason}`) ?? reason);
}

/** Why a check was not made: the verifier's note on it, in the reader's language. */
export function saySkipped(detail: string): string | undefined {
  return sayIfKnown(`skipped_${detail.replaceAll(/\W+/g, '_')}`);
}

/** Who made the text, as the claim says it. */
export function sayProduction(facts: ReportFacts): string {
  if (facts.by === 'relayed') return say('by_relayed', facts.operator, facts.provider);
  if (facts.by === 'imported') return say('by_imported', facts.operator, facts.provider);
  const signer = hostOf(facts.issuer);
  return facts.operator === signer ? say('by_self', signer) : say('by_self_other', facts.operator, signer);
}

/** The model with its version. */
export function sayModel(facts: ReportFacts): string {
  return facts.version === undefined ? facts.model : `${facts.model} ${facts.version}`;
}

/** The signer's standing, when there is more to say than "active". */
export function sayStanding(report: Report): string | undefined {
  const { state, cause, validWhenLogged } = report.standing;
  if (state === 'active' || state === 'unknown') return undefined;
  if (state === 'revoked' && validWhenLogged) {
    return cause === 'retired' || cause === 'superseded' ? say('standing_retired') : say('standing_revoked_later');
  }
  return say(`standing_${state}`);
}

/** What a page declares without signing it. */
export function sayDeclaration(declared: Declaration): string {
  const value = say(`declared_${declared.value}`);
  return say(declared.scope === 'page' ? 'declared_page' : 'declared_element', value);
}

/** The model and provider a declaration names, if it does. */
export function sayDeclaredModel({ model, provider }: Declaration): string | undefined {
  if (model === undefined) return provider === undefined ? undefined : say('declared_provider', provider);
  return provider === undefined ? say('declared_model', model) : say('declared_model_provider', model, provider);
}

/** The few words on the badge. */
export function labelOf(report: Report): string {
  const host = report.facts === undefined ? '' : hostOf(report.facts.issuer);
  if (report.fork || report.verdict === 'invalid') return say('label_invalid');
  if (report.verdict === 'unsupported') return say('label_unsupported');
  if (report.verdict === 'verified') {
    if (inQuestion(report.standing)) return say('label_in_question', host);
    if (report.content.picture === 'unread') return say('label_picture_unread', host);
    if (report.content.match === 'exact' && report.content.unread > 0) return say('label_unread', host);
    return report.icon === 'partial' ? say('label_partial', report.content.matched, report.content.of, host) : host;
  }
  if (!report.reasons.includes('content-none')) return say('label_unproven');
  const { picture } = report.content;
  return picture === undefined ? say('label_other_text') : say(`label_picture_${picture}`);
}

/** The one sentence about something that was recognised without a mark. */
export function sayFound({ state, own, picture }: FoundText, { facts }: Report): string {
  if (picture === undefined || facts === undefined) return say(own ? `found_own_${state}` : `found_${state}`);
  const when = sayDate(facts.loggedBefore ?? facts.claimedAt);
  const who = own ? say('picture_this_site') : hostOf(facts.issuer);
  return say(`found_picture_${state}`, who, when, sayModel(facts));
}

/** The few words on an item's badge and in the panel's list. */
export function labelOfItem({ report, found }: PageItem & { report: Report }): string {
  if (found === undefined) return labelOf(report);
  return say(`label_found_${found.state}`, report.facts === undefined ? '' : hostOf(report.facts.issuer));
}

/** The finished words of an item's badge. */
export function badgeView(item: PageItem): BadgeView | null {
  if (item.declared !== undefined) {
    return {
      icon: 'declared',
      tone: 'neutral',
      label: say(`declared_${item.declared.value}`),
      headline: sayDeclaration(item.declared),
      lines: [say('declared_unsigned')],
    };
  }
  const { report } = item;
  if (report === undefined) return null;
  const { icon, tone } = report;
  const label = labelOfItem({ ...item, report });
  if (item.found !== undefined) {
    return { icon, tone, label, headline: sayFound(item.found, report), lines: foundLines(item.found, report) };
  }
  return { icon, tone, label, headline: headlineOf(report), lines: badgeLines(report) };
}

function foundLines({ conflict, picture }: FoundText, { facts }: Report): string[] {
  const model = facts && `${say('fact_model')}: ${sayModel(facts)} (${facts.provider})`;
  return [
    ...(facts ? [say('badge_signed_by', hostOf(facts.issuer))] : []),
    ...(model ? [model] : []),
    ...(conflict ? [say('found_conflict')] : []),
    say(picture === undefined ? 'found_rung' : 'picture_rung'),
  ];
}

function badgeLines(report: Report): string[] {
  const { facts } = report;
  if (facts === undefined || report.verdict !== 'verified' || report.fork) {
    const explanation = explanationOf(report);
    return explanation === undefined ? [] : [explanation];
  }
  const model = `${say('fact_model')}: ${sayModel(facts)} (${facts.provider})`;
  const lines = [say('badge_signed_by', hostOf(facts.issuer)), sayProduction(facts), model];
  const standing = sayStanding(report);
  if (standing !== undefined) lines.push(standing);
  if (report.content.unread > 0 && report.content.match !== 'exact') {
    lines.push(sayUnread(report.content.unread, 'passages_unread'));
  }
  return lines;
}
