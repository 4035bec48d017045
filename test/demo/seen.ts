/**
 * What the extension knows about a page, in the words of the table. Read from the extension's own state, which the
 * toolbar and the side panel show; the page cannot write there.
 */
import type { PageItem, PageState } from '../../extension/verification/page-store.ts';

function itemWords(item: PageItem): string {
  if (item.declared !== undefined) return `declared: ${item.declared.value}`;
  const { report } = item;
  if (report === undefined) return item.problem ?? 'no verdict';
  const { content, standing, facts } = report;
  if (item.found?.picture !== undefined) return `recognised: ${item.found.state}`;
  const words: string[] = [report.verdict];
  if (content.match === 'passages') words.push(`passages ${content.matched} of ${content.of}`);
  else if (content.match !== 'not-compared') words.push(content.match);
  if (content.unread > 0) words.push(`${content.unread} unread`);
  words.push(...report.reasons);
  if (standing.state !== 'active' && standing.state !== 'unknown') {
    const cause = standing.cause === undefined ? '' : ` (${standing.cause})`;
    words.push(`${standing.state}${cause}${standing.validWhenLogged ? ', valid when logged' : ''}`);
  }
  if (facts !== undefined && facts.by !== 'self') words.push(facts.by);
  if (report.savedAt !== undefined) words.push('saved copy');
  return words.join(' · ');
}

/** One line for a whole page. */
export function pageWords(page: PageState | undefined): string {
  if (page === undefined) return 'page not looked at';
  return page.items.length === 0 ? 'nothing found' : page.items.map(itemWords).join(' + ');
}

/** The passages that were named as differing. */
export const differingText = (page: PageState | undefined): string =>
  (page?.items ?? []).flatMap(({ report }) => report?.content.differing.map(({ text }) => text) ?? []).join('\n');
