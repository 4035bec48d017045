/**
 * Reads the demo's pages as a reader would, in Chromium with the extension, and reports what was expected and seen.
 * Nothing here decides a verdict: expectations come from the stories, what was seen from the extension.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import type { Answer } from '../../extension/messaging/protocol.ts';
import type { PageState } from '../../extension/verification/page-store.ts';
import type { ReplayProgress } from '../../extension/verification/replay-progress.ts';
import type { Article } from './article.ts';
import { backgroundOf } from './extension.ts';
import { differingText, pageWords } from './seen.ts';

export interface Row {
  readonly page: string;
  readonly shows: string;
  readonly expected: string;
  readonly seen: string;
  readonly seconds: number;
}

declare const chrome: {
  storage: { session: { get(key: string): Promise<Record<string, { value: PageState } | undefined>> } };
  tabs: { query(filter: { url: string }): Promise<{ id?: number }[]> };
  contextMenus: { onClicked: { dispatch(info: object, tab: object): void } };
  runtime: { sendMessage(message: { type: string; body: unknown }): Promise<unknown> };
};

const QUIET_MS = 400;
const PATIENCE_MS = 10_000;
const REPLAY_MS = 45_000;
const PANEL = { width: 420, height: 860 };

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

export class Reader {
  readonly #context: BrowserContext;
  readonly #page: Page;
  readonly #panel: Page;
  readonly #base: string;
  readonly #shots: string;

  private constructor(context: BrowserContext, page: Page, panel: Page, base: string, shots: string) {
    this.#context = context;
    this.#page = page;
    this.#panel = panel;
    this.#base = base;
    this.#shots = shots;
  }

  /** A reader with one tab and, out of sight, one of the extension's own pages to ask. */
  static async start(context: BrowserContext, shots: string): Promise<Reader> {
    const worker = await backgroundOf(context);
    const base = new URL('/', worker.url()).href;
    const panel = await context.newPage();
    await panel.setViewportSize(PANEL);
    await panel.goto(`${base}sidepanel.html`);
    mkdirSync(shots, { recursive: true });
    return new Reader(context, await context.newPage(), panel, base, shots);
  }

  /** Opens a story, does what a reader of it does, and reports. */
  async read(origin: string, story: Article, options: { name?: string; again?: boolean } = {}): Promise<Row> {
    const { name = story.slug, again = false } = options;
    const start = performance.now();
    const isAsked = story.select !== undefined || story.pick !== undefined;
    const quiet = story.expected.seen === 'nothing found' || isAsked;
    await this.#page.bringToFront();
    await this.#page.goto(`${origin}/${story.slug}`);
    const tabId = await this.#tab(`${origin}/${story.slug}`);
    let state = await this.#settled(tabId, quiet ? 0 : 1);
    if (again) {
      // The reader presses "Check again": the network is asked even where a recent copy is at hand.
      await this.#ask('page/check', { tabId });
      state = await this.#settled(tabId, 1);
    }
    let before = '';
    if (story.select !== undefined) {
      if (pageWords(state) !== 'nothing found') before = `${pageWords(state)}, then `;
      state = await this.#verifySelection(tabId, story.select);
    }
    if (story.pick !== undefined) state = await this.#verifyPicture(tabId, story.pick);
    let seen = before + pageWords(state);
    const { differing } = story.expected;
    let expected = story.expected.seen;
    if (differing !== undefined) {
      expected += ` · names “${differing}”`;
      if (differingText(state).includes(differing)) seen += ` · names “${differing}”`;
    }
    await this.#page.bringToFront();
    await this.#page.screenshot({ path: join(this.#shots, `${name}.png`) });
    if (story.replay) seen += ` · ${await this.#replay(tabId, state)}`;
    await this.#shootPanel(tabId, `${name}-panel`);
    return { page: `/${name}`, shows: story.shows, expected, seen, seconds: (performance.now() - start) / 1000 };
  }

  /** A screenshot of any page, as wide as asked and in either colour scheme. */
  async shoot(url: string, name: string, options: { width?: number; dark?: boolean } = {}): Promise<void> {
    await this.#page.bringToFront();
    await this.#page.emulateMedia({ colorScheme: options.dark ? 'dark' : 'light' });
    await this.#page.setViewportSize({ width: options.width ?? 1280, height: 800 });
    await this.#page.goto(url, { waitUntil: 'networkidle' });
    await pause(QUIET_MS);
    await this.#page.screenshot({ path: join(this.#shots, `${name}.png`), fullPage: true });
    await this.#page.emulateMedia({ colorScheme: 'light' });
    await this.#page.setViewportSize({ width: 1280, height: 800 });
  }

  /** Forgets every saved trail, so that the next page has to fetch its own. */
  async forgetTrails(): Promise<void> {
    await this.#ask('cache/clear', null);
  }

  #ask(type: string, body: unknown): Promise<unknown> {
    return this.#panel.evaluate((message) => chrome.runtime.sendMessage(message), { type, body });
  }

  async #tab(url: string): Promise<number> {
    const tabs = await this.#panel.evaluate((address) => chrome.tabs.query({ url: address }), url);
    const id = tabs[0]?.id;
    if (id === undefined) throw new Error(`no tab shows ${url}`);
    return id;
  }

  async #state(tabId: number): Promise<PageState | undefined> {
    const key = `page:${tabId}`;
    return (await this.#panel.evaluate((name) => chrome.storage.session.get(name), key))[key]?.value;
  }

  /**
   * The state of a tab once nothing in it changes any more: as many verdicts as badges on the page. Expecting at least
   * one only lengthens the wait.
   */
  async #settled(tabId: number, atLeast: number): Promise<PageState | undefined> {
    const deadline = performance.now() + PATIENCE_MS;
    let last = '';
    let since = performance.now();
    for (;;) {
      const state = await this.#state(tabId);
      const badges = await this.#page.locator('witnessmark-badge').count();
      const now = JSON.stringify([state, badges]);
      if (now !== last) since = performance.now();
      last = now;
      const complete = state !== undefined && state.items.length === badges && badges >= atLeast;
      const quiet = performance.now() - since > (badges === 0 ? 2 * QUIET_MS : QUIET_MS);
      if ((complete && quiet) || performance.now() > deadline) return state;
      await pause(60);
    }
  }

  async #verifySelection(tabId: number, selector: string): Promise<PageState | undefined> {
    await this.#page.locator(selector).evaluate((element) => {
      const selection = getSelection();
      selection?.removeAllRanges();
      selection?.selectAllChildren(element);
    });
    await this.#ask('selection/check', { tabId });
    return this.#state(tabId);
  }

  /** Chooses "Check this picture" from the picture's menu. */
  async #verifyPicture(tabId: number, selector: string): Promise<PageState | undefined> {
    const address = await this.#page.locator(selector).evaluate((image) => (image as HTMLImageElement).currentSrc);
    const info = { menuItemId: 'check-picture', srcUrl: address, pageUrl: this.#page.url() };
    const worker = await backgroundOf(this.#context);
    await worker.evaluate(([what, id]) => chrome.contextMenus.onClicked.dispatch(what, { id }), [info, tabId] as const);
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const state = await this.#state(tabId);
      const isThere = state?.items.some(({ kind }) => kind === 'selection') === true;
      if (isThere || performance.now() > deadline) return state;
      await pause(60);
    }
  }

  async #replay(tabId: number, state: PageState | undefined): Promise<string> {
    const id = state?.items.find(({ report }) => report?.facts?.replay)?.id;
    if (id === undefined) return 'replay: nothing to run';
    const late = pause(REPLAY_MS).then(() => undefined);
    const answer = (await Promise.race([this.#ask('replay/run', { tabId, id }), late])) as
      | Answer<ReplayProgress>
      | undefined
      | null;
    if (!answer) return 'replay: no answer';
    if (!answer.ok) return `replay: ${answer.reason}`;
    const outcome = answer.value.outcome ?? answer.value.phase;
    // What the run gave has to stand beside the evidence, too.
    const report = (await this.#state(tabId))?.items.find((item) => item.id === id)?.report;
    const row = report?.assurances.find(({ evidence }) => evidence?.kind === 'replay')?.status;
    return (row === 'passed') === (outcome === 'reproduced')
      ? `replay: ${outcome}`
      : `replay: ${outcome}, shown as ${row}`;
  }

  async #shootPanel(tabId: number, name: string): Promise<void> {
    await this.#panel.goto(`${this.#base}sidepanel.html?tab=${tabId}`);
    await this.#panel.bringToFront();
    await pause(250);
    await this.#panel.screenshot({ path: join(this.#shots, `${name}.png`), fullPage: true });
  }

  /** Closes the browser. */
  async stop(): Promise<void> {
    await this.#context.close();
  }
}
