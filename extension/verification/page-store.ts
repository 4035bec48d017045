/**
 * What the extension knows about each tab, for panel and toolbar. Kept in session storage (memory
 * only, gone with the browser), because the background may be stopped at any moment.
 */
import type { Declaration } from '../messaging/protocol.ts';
import { inOrder, loadStored, removeStored, saveStored } from '../trails/stored.ts';
import type { Report } from './report.ts';
import type { FoundText } from './verify-found.ts';

/** More than the content script ever examines; a page that got hold of it cannot fill the memory. */
const MAX_ITEMS = 80;

/** One thing found on a page and what came of it. */
export interface PageItem {
  readonly id: string;
  readonly kind: 'marked' | 'declared' | 'selection' | 'found';
  readonly detector: string;
  /** The first words of the text, as the page shows it. */
  readonly excerpt: string;
  readonly report?: Report;
  /** What was recognised without a mark; beside the report of the record it was recognised by. */
  readonly found?: FoundText;
  readonly declared?: Declaration;
  readonly overlaps: readonly string[];
  /** Why a selection could not be checked: a message key. */
  readonly problem?: string;
  readonly problemCount?: number;
  /** A picture that the reader asked about: its address, and that of its page. */
  readonly picked?: { readonly address: string; readonly page: string };
  /** Why that picture could not be read. */
  readonly closed?: ClosedHost;
  /** Whether the selection was widened to whole paragraphs. */
  readonly widened?: boolean;
}

/** What discovery has looked up on a page so far. */
export interface Discovered {
  /** Stretches of text that were long enough. */
  readonly texts: number;
  /** Pictures that can be told from others. */
  readonly pictures: number;
  /** Of these, the ones that a log could not be asked about, or not yet. */
  readonly unanswered: number;
  /** Pictures that could not be read, by the host they lie on. */
  readonly closed: readonly ClosedHost[];
  /** The logs, each with the size that its index covered. */
  readonly logs: readonly { readonly origin: string; readonly size: number }[];
  /** Frames of other sites that came into view and were not read. */
  readonly foreignFrames?: number;
}

/** A host whose pictures could not be read. */
export interface ClosedHost {
  readonly host: string;
  readonly pictures: number;
  /** Whether the reader can change that. */
  readonly askable: boolean;
}

/** Everything known about one tab's page. */
export interface PageState {
  readonly host: string;
  /** Which of the pages the tab has shown: the content script's own number. */
  readonly visit: number;
  readonly items: readonly PageItem[];
  /** Present where the reader allowed discovery. */
  readonly discovered?: Discovered;
}

/** Session storage key of a tab, for the panel to watch. */
export function pageKey(tabId: number): string {
  return `page:${tabId}`;
}

/** The state of a tab's page, or nothing when the page was never looked at. */
export function loadPage(tabId: number): Promise<PageState | undefined> {
  return loadStored<PageState>('session', pageKey(tabId));
}

/** Starts over with a tab's page; `again` leaves the page that is known already as it is. */
export function startVisit(tabId: number, host: string, visit: number, again: boolean): Promise<PageState> {
  return inOrder(async () => {
    const known = await loadPage(tabId);
    if (again && known?.visit === visit) return known;
    return save(tabId, { host, visit, items: [] });
  });
}

/**
 * Adds an item or replaces the one with its id, unless the tab has left the page it is about. Items stand in the order in
 * which they were found on the page.
 */
export function putItem(tabId: number, visit: number, item: PageItem): Promise<PageState | undefined> {
  return change(tabId, visit, (items) => {
    const place = ({ id }: PageItem): number => Number(/^[ip](\d+)$/.exec(id)?.[1] ?? Number.MAX_SAFE_INTEGER);
    const others = items.filter(({ id }) => id !== item.id);
    return others.length < MAX_ITEMS ? [...others, item].sort((a, b) => place(a) - place(b)) : items;
  });
}

/** Takes back what was said about an item: its text is another one now. */
export function takeBack(tabId: number, visit: number, id: string): Promise<PageState | undefined> {
  return change(tabId, visit, (items) =>
    items.map((item) => {
      if (item.id !== id || item.report === undefined) return item;
      const { kind, detector, overlaps, report } = item;
      const problem = report.content.picture === undefined ? 'text_changed' : 'picture_changed';
      return { id, kind, detector, overlaps, excerpt: '', problem };
    }),
  );
}

/** Takes an item off a tab's page. */
export function dropItem(tabId: number, visit: number, id: string): Promise<PageState | undefined> {
  return change(tabId, visit, (items) => items.filter((item) => item.id !== id));
}

/** Notes what discovery has looked up, or that it no longer does. */
export function noteDiscovered(
  tabId: number,
  visit: number,
  step: (known: Discovered | undefined) => Discovered | undefined,
): Promise<PageState | undefined> {
  return inOrder(async () => {
    const page = await loadPage(tabId);
    if (page?.visit !== visit) return undefined;
    const { discovered, ...rest } = page;
    const next = step(discovered);
    return save(tabId, next === undefined ? rest : { ...rest, discovered: next });
  });
}

/** Forgets what is known of a tab if it is about the page that was left. */
export function leavePage(tabId: number, isLeft: (page: PageState) => boolean): Promise<void> {
  return inOrder(async () => {
    const page = await loadPage(tabId);
    if (page !== undefined && isLeft(page)) await removeStored('session', [pageKey(tabId)]);
  });
}

type Step = (items: readonly PageItem[]) => readonly PageItem[];

/** Changes the items of a page while it is the one the tab shows. */
function change(tabId: number, visit: number, step: Step): Promise<PageState | undefined> {
  return inOrder(async () => {
    const page = await loadPage(tabId);
    return page?.visit === visit ? save(tabId, { ...page, items: step(page.items) }) : undefined;
  });
}

async function save(tabId: number, page: PageState): Promise<PageState> {
  // What does not fit any more must not leave an earlier verdict standing.
  if (!(await saveStored('session', pageKey(tabId), page))) await removeStored('session', [pageKey(tabId)]);
  return page;
}
