/** The built extension in Chromium, asked as its own pages ask it: through messages and session storage. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import type { PageItem, PageState } from '../../extension/verification/page-store.ts';
import { backgroundOf, launchHeadless } from '../demo/extension.ts';
import { browserPath } from './browser.ts';
import { extensionWith } from './build-extension-once.ts';

declare const chrome: {
  storage: { session: { get(key: string): Promise<Record<string, { value: PageState } | undefined>> } };
  tabs: { query(filter: { url: string }): Promise<{ id?: number }[]> };
  action: { getTitle(of: { tabId: number }): Promise<string> };
  runtime: {
    sendMessage(message: { type: string; body: unknown }): Promise<unknown>;
    getContexts(filter: { contextTypes: string[] }): Promise<unknown[]>;
  };
};

interface FrameTree {
  readonly frame: { readonly id: string };
  readonly childFrames?: FrameTree[];
}

const PATIENCE_MS = 10_000;
const NAMED = 'Witnessmark: ';

export interface ExtensionBrowser {
  readonly context: BrowserContext;
  /** Address of the extension's own pages, with a slash at the end. */
  readonly base: string;
  /** Sends a message as one of the extension's pages. */
  ask<T>(type: string, body: unknown): Promise<T>;
  tabOf(page: Page): Promise<number>;
  /** What is known of a tab, if anything. */
  state(tabId: number): Promise<PageState | undefined>;
  /** Waits until what is known of a tab satisfies a condition; throws with what was known last. */
  until(tabId: number, condition: (state: PageState | undefined) => boolean): Promise<PageState | undefined>;
  /** Opens a page and waits until so many of its items have a verdict. */
  open(url: string, items: number): Promise<{ page: Page; tabId: number; state: PageState }>;
  /** The toolbar button's words for a tab. */
  toolbar(tabId: number): Promise<string>;
  /** How many side panels are open. */
  openPanels(): Promise<number>;
  /** Opens the side panel of a tab as a page. */
  panel(tabId: number): Promise<Page>;
  stop(): Promise<void>;
}

/** Whether an item has what it will have: a verdict or a declaration. */
const done = ({ report, declared, problem }: PageItem): boolean => (report ?? declared ?? problem) !== undefined;

/**
 * Takes the extension with a trust document, starts Chromium with it, and adds others as a reader would. Chromium sends
 * everything through `proxy`, where one is given.
 */
export async function startExtension(
  trust: string,
  added: readonly string[] = [],
  proxy?: string,
): Promise<ExtensionBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'witnessmark-extension-'));
  const built = await extensionWith(trust, join(folder, 'built'));
  // Without the second flag Chromium would go round the proxy to this machine's own addresses.
  const flags = proxy === undefined ? [] : [`--proxy-server=${proxy}`, '--proxy-bypass-list=<-loopback>'];
  const context = await launchHeadless(browserPath('chromium'), built, join(folder, 'profile'), flags);
  const worker = await backgroundOf(context);
  const base = new URL('/', worker.url()).href;
  const own = await context.newPage();
  await own.goto(`${base}sidepanel.html?tab=-1`);

  const state: ExtensionBrowser['state'] = async (tabId) => {
    const key = `page:${tabId}`;
    return (await own.evaluate((name) => chrome.storage.session.get(name), key))[key]?.value;
  };

  const until: ExtensionBrowser['until'] = async (tabId, condition) => {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const now = await state(tabId);
      if (condition(now)) return now;
      if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(now, null, 1)}`);
      await new Promise((next) => setTimeout(next, 50));
    }
  };

  const tabOf: ExtensionBrowser['tabOf'] = async (page) => {
    const url = page.url().replace(/#.*/, '');
    const tabs = await own.evaluate((address) => chrome.tabs.query({ url: address }), url);
    // One that showed the same page may still be closing: the newest is meant.
    const id = Math.max(...tabs.map((tab) => tab.id ?? -1));
    if (id < 0) throw new Error(`no tab shows ${url}`);
    return id;
  };

  const ask = async <T>(type: string, body: unknown): Promise<T> =>
    (await own.evaluate((message) => chrome.runtime.sendMessage(message), { type, body })) as T;
  for (const text of added) {
    const answer = await ask<{ ok: boolean; reason?: string }>('trust/add', { text });
    if (!answer.ok) throw new Error(`adding a log: ${answer.reason}`);
  }

  return {
    context,
    base,
    state,
    until,
    tabOf,
    ask,
    async open(url, items) {
      const page = await context.newPage();
      await page.goto(url);
      const tabId = await tabOf(page);
      const known = await until(tabId, (now) => now !== undefined && now.items.filter(done).length >= items);
      if (known === undefined) throw new Error('nothing is known of the page');
      return { page, tabId, state: known };
    },
    toolbar: (tabId) => own.evaluate((id) => chrome.action.getTitle({ tabId: id }), tabId),
    openPanels: () =>
      own.evaluate(async () => (await chrome.runtime.getContexts({ contextTypes: ['SIDE_PANEL'] })).length),
    async panel(tabId) {
      const page = await context.newPage();
      await page.setViewportSize({ width: 420, height: 860 });
      await page.goto(`${base}sidepanel.html?tab=${tabId}`);
      return page;
    },
    async stop() {
      await context.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** The names a screen reader gives the badges of a page and its frames, in order: the page itself cannot see into them. */
export async function badgeNames(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const names: string[] = [];
    for (const frameId of framesIn((await session.send('Page.getFrameTree')).frameTree)) {
      // A frame of another site is in another process, and has none; one may go meanwhile.
      const tree = await session.send('Accessibility.getFullAXTree', { frameId }).catch(() => undefined);
      for (const { role, name } of tree?.nodes ?? []) {
        const text = String(name?.value);
        if (role?.value === 'button' && text.startsWith(NAMED)) names.push(text.slice(NAMED.length));
      }
    }
    return names;
  } finally {
    await session.detach();
  }
}

function framesIn({ frame, childFrames = [] }: FrameTree): string[] {
  return [frame.id, ...childFrames.flatMap(framesIn)];
}

/** The badges of a page by name, once there are as many as expected. */
export async function untilBadges(page: Page, condition: (names: readonly string[]) => boolean): Promise<string[]> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const names = await badgeNames(page);
    if (condition(names)) return names;
    if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(names)}`);
    await new Promise((next) => setTimeout(next, 100));
  }
}
