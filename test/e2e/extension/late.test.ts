/** Answers that come late: what a check finds counts only for the page and the text it was about. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { PageState } from '../../../extension/verification/page-store.ts';
import { TEXT } from '../../shared/verdict/world.ts';
import { World } from '../../support/build-trail.ts';
import { type ExtensionBrowser, startExtension, untilBadges } from '../../support/extension-tab.ts';
import { type FixtureSite, paragraphs, startFixtureSite } from '../../support/fixture-site.ts';

declare const chrome: { runtime: { reload(): void } };

const EXACT = 'This text matches its record, word for word.';
const TRAIL = '/v1/trails/exact';
/** Long enough for an answer that was let go to go all the way. */
const SETTLED_MS = 1500;
const world = new World({ origin: 'main.example/log' });
const entry = world.issue(TEXT);

let site: FixtureSite;
let extension: ExtensionBrowser;

beforeAll(async () => {
  site = await startFixtureSite();
  site.trails.set('exact', world.trailText(entry));
  site.html.set('/elsewhere', '<!doctype html><title>Elsewhere</title><p>Nobody signed this.</p>');
  const marked = `<div id="marked" data-witnessmark="${site.log}${TRAIL}">${paragraphs(TEXT)}</div>`;
  site.html.set('/marked', `<!doctype html><title>Marked</title><body>${marked}`);
  extension = await startExtension(world.trustText());
}, 60_000);

afterAll(async () => {
  await extension?.stop();
  await site?.stop();
});

afterEach(async () => {
  site.held.clear();
  const pages = extension.context.pages().filter((page) => page.url().startsWith('http'));
  await Promise.all(pages.map((page) => page.close()));
});

/** Holds the trail back; the answer lets it go. */
function hold(): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  site.held.set(TRAIL, promise);
  return async () => {
    resolve();
    await new Promise((done) => setTimeout(done, SETTLED_MS));
  };
}

const asked = (): number => site.requests.filter(({ path }) => path === TRAIL).length;

async function untilAsked(before: number): Promise<void> {
  await expect.poll(asked, { timeout: 10_000 }).toBeGreaterThan(before);
}

/** Opens the marked page while its trail is held back. */
async function openHeld(): Promise<{ page: Page; tabId: number; release: () => Promise<void> }> {
  await extension.ask('cache/clear', null);
  const release = hold();
  const before = asked();
  const page = await extension.context.newPage();
  await page.goto(`${site.pages}/marked`);
  await untilAsked(before);
  return { page, tabId: await extension.tabOf(page), release };
}

const swap = (page: Page): Promise<void> =>
  page.evaluate(() => {
    for (const paragraph of document.querySelectorAll('#marked p')) paragraph.textContent = 'Other words stand here.';
  });

const verdicts = (state: PageState | undefined): (string | undefined)[] =>
  (state?.items ?? []).map(({ report, problem }) => report?.verdict ?? problem);

test('a check that ends after a later one of the same text’s place changes nothing', async () => {
  const { page, tabId } = await extension.open(`${site.pages}/marked`, 1);
  await untilBadges(page, (names) => names.includes(EXACT));
  const before = asked();
  const release = hold();
  await extension.ask('page/check', { tabId });
  await untilAsked(before);
  await swap(page);
  await extension.until(tabId, (state) => verdicts(state).includes('unproven'));
  await release();
  expect(verdicts(await extension.state(tabId))).toEqual(['unproven']);
  expect(await extension.toolbar(tabId)).toContain('not proven');
});

test('a text that changed is not called verified until the new one was compared', async () => {
  const { page, tabId } = await extension.open(`${site.pages}/marked`, 1);
  await extension.ask('cache/clear', null);
  const before = asked();
  const release = hold();
  await swap(page);
  await untilAsked(before);
  expect(verdicts(await extension.state(tabId))).toEqual(['text_changed']);
  expect(await extension.toolbar(tabId)).not.toContain('matches its record');
  const panel = await extension.panel(tabId);
  await panel.getByRole('heading', { name: 'This text has changed and is being checked again.' }).waitFor();
  await panel.close();
  await release();
  expect(verdicts(await extension.state(tabId))).toEqual(['unproven']);
});

test('a check that ends after the tab moved on says nothing about the page it shows now', async () => {
  const { page, tabId, release } = await openHeld();
  await page.goto(`${site.pages}/elsewhere`);
  await extension.until(tabId, (state) => state !== undefined && state.items.length === 0);
  await release();
  expect(verdicts(await extension.state(tabId))).toEqual([]);
  expect(await extension.ask('proof/raw', { tabId, id: 'i1' })).toEqual({ ok: false, reason: 'raw_forgotten' });
});

test('a check that ends after the tab left for a page nobody may read says nothing', async () => {
  const { page, tabId, release } = await openHeld();
  await page.goto(`${site.pages.replace('//localhost', '//elsewhere.localhost')}/elsewhere`);
  await extension.until(tabId, (state) => state === undefined);
  await release();
  expect(await extension.state(tabId)).toBeUndefined();
});

test('a check of something that was taken away leaves nothing behind', async () => {
  const { page, tabId, release } = await openHeld();
  await page.evaluate(() => document.querySelector('#marked')?.remove());
  await expect.poll(() => page.locator('witnessmark-badge').count()).toBe(0);
  await release();
  expect(verdicts(await extension.state(tabId))).toEqual([]);
});

test('the proof of an earlier page is not the proof of what stands on this one', async () => {
  const { page, tabId } = await extension.open(`${site.pages}/marked`, 1);
  const dead = `<p data-witnessmark="${site.log}/v1/trails/none">Text.</p>`;
  site.html.set('/dead', `<!doctype html><title>Dead</title>${dead}`);
  await page.goto(`${site.pages}/dead`);
  await extension.until(tabId, (state) => verdicts(state).includes('unproven'));
  expect(await extension.ask('proof/raw', { tabId, id: 'i1' })).toEqual({ ok: false, reason: 'raw_forgotten' });
});

test('of many texts on a page each loses its mark when its words change, even if the extension was reloaded meanwhile', async () => {
  const marked = `<div class="marked" data-witnessmark="${site.log}${TRAIL}">${paragraphs(TEXT)}</div>`;
  site.html.set('/four', `<!doctype html><title>Four</title><body>${marked.repeat(4)}`);
  const gone = await startExtension(world.trustText());
  try {
    const { page } = await gone.open(`${site.pages}/four`, 4);
    await untilBadges(page, (names) => names.filter((name) => name === EXACT).length === 4);
    const [worker] = gone.context.serviceWorkers();
    // Its answer goes with it.
    await worker?.evaluate(() => chrome.runtime.reload()).catch(() => null);
    await expect.poll(() => gone.context.pages().some((each) => each.url().startsWith(gone.base))).toBe(false);
    await page.evaluate(() => {
      for (const each of document.querySelectorAll('.marked')) each.textContent = 'Other words stand here.';
    });
    await untilBadges(page, (names) => names.length === 0);
  } finally {
    await gone.stop();
  }
});
