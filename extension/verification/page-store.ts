/**
 * What the extension knows about each tab, for panel and toolbar. Kept in session storage (memory
 * only, gone with the browser), because the background may be stopped at any moment.
 */
import type { Declaration } from '../messaging/protocol.ts';
import { inOrder, loadStored, removeStored, saveStored } from '../trails/stored.ts';
import type { Report } from './report.ts';

/** One thing found on a page and what came of it. */
export interface PageItem {
  readonly id: string;
  readonly kind: 'marked' | 'declared' | 'selection';
  readonly detector: string;
  /** The first words of the text, as the page shows it. */
  readonly excerpt: string;
  readonly report?: Report;
  readonly declared?: Declaration;
  readonly overlaps: readonly string[];
  /** Why a selection could not be checked: a message key. */
  readonly problem?: string;
  readonly problemCount?: number;
  /** Whether the selection was widened to whole paragraphs. */
  readonly widened?: boolean;
}

/** Everything known about one tab's page. */
export interface PageState {
  readonly host: string;
  /** Which of the pages the tab has shown: the content script's own number. */
  readonly visit?: number;
  readonly items: readonly PageItem[];
}

/** Session storage key of a tab, for the panel to watch. */
export function pageKey(tabId: number): string {
  return `page:${tabId}`;
}

/** The state of a tab's page, or nothing when the page was never looked at. */
export function loadPage(tabId: number): Promise<PageState | undefined> {
  return loadStored<PageState>('session', pageKey(tabId));
}

/** Starts over with a tab's page. */
export function resetPage(tabId: number, host: string, visit: number): Promise<PageState> {
  return change(tabId, () => ({ host, visit, items: [] }));
}

/** Adds an item or replaces the one with its id. Items stand in the order in which they were found on the page. */
export function putItem(tabId: number, item: PageItem): Promise<PageState> {
  return change(tabId, (page) => {
    const place = ({ id }: PageItem): number => Number(/^i(\d+)$/.exec(id)?.[1] ?? Number.MAX_SAFE_INTEGER);
    const items = [...page.items.filter(({ id }) => id !== item.id), item].sort((a, b) => place(a) - place(b));
    return { ...page, items };
  });
}

/** Takes an item off a tab's page. */
export function dropItem(tabId: number, id: string): Promise<PageState> {
  return change(tabId, (page) => ({ ...page, items: page.items.filter((item) => item.id !== id) }));
}

/** Forgets what is known of a tab if it is about the page that was left. */
export function leavePage(tabId: number, isLeft: (page: PageState) => boolean): Promise<void> {
  return inOrder(async () => {
    const page = await loadPage(tabId);
    if (page !== undefined && isLeft(page)) await removeStored('session', [pageKey(tabId)]);
  });
}

function change(tabId: number, step: (page: PageState) => PageState): Promise<PageState> {
  return inOrder(async () => {
    const next = step((await loadPage(tabId)) ?? { host: '', items: [] });
    await saveStored('session', pageKey(tabId), next);
    return next;
  });
}
