/**
 * The extension in Firefox: it loads, verifies a page, and its own pages work. The sidebar itself cannot be opened here
 * (it needs a person's click on Firefox's own button), so its page is opened in a tab.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPRF_BATCH, oprfKey } from '#shared/oprf/oprf.ts';
import type { PageState } from '../../../extension/verification/page-store.ts';
import { buildExtension } from '../../demo/extension.ts';
import { TEXT } from '../../shared/verdict/world.ts';
import { attestPicture, makePicture, servePicture } from '../../support/attested-picture.ts';
import { browserPath, findBrowser } from '../../support/browser.ts';
import { World } from '../../support/build-trail.ts';
import { type FixtureSite, fillPage, paragraphs, startFixtureSite } from '../../support/fixture-site.ts';
import { indexTexts, ownText } from '../../support/indexed-text.ts';

declare const browser: {
  storage: { session: { get(key: string): Promise<Record<string, { value: PageState } | undefined>> } };
  tabs: { query(filter: object): Promise<{ id?: number; url?: string }[]> };
  permissions: { remove(permissions: { origins: string[] }): Promise<boolean> };
  runtime: { sendMessage(message: { type: string; body: unknown }): Promise<unknown> };
};

const GECKO_ID = 'extension@witnessmark.example';
/** Firefox draws this by lot for each profile; fixed here, so that the extension's own pages can be opened. */
const UUID = '7c1a8f0e-3f5b-4d21-9a43-5d0c6e2b9f10';
const world = new World({ origin: 'main.example/log' });
const entry = world.issue(TEXT);
const COPIED = ownText('copied');
const copied = world.issue(COPIED);
const FRAMED = ownText('framed');
const framed = world.issue(FRAMED);
const HIDDEN = ownText('hidden');
const hidden = world.issue(HIDDEN);
const KEY = oprfKey(new Uint8Array(32).fill(3));

describe.skipIf(findBrowser('firefox') === undefined)('in Firefox', () => {
  const folder = mkdtempSync(join(tmpdir(), 'witnessmark-firefox-'));
  let site: FixtureSite;
  let firefox: Browser;
  let page: Page;
  let own: Page;

  beforeAll(async () => {
    site = await startFixtureSite();
    const picture = await makePicture(1);
    const { id } = servePicture(site, world, attestPicture(world, picture), picture);
    site.files.set('/picture.png', picture.png);
    const marked = `<img data-witnessmark="${site.log}/v1/trails/${id}" src="/picture.png">`;
    site.html.set('/picture', `<!doctype html><title>Picture</title>${marked}`);
    site.trails.set('exact', world.trailText(entry));
    site.html.set('/.well-known/witnessmark-trust', 'no trust document');
    site.headers.set('/.well-known/witnessmark-trust', { 'access-control-allow-origin': '*' });
    for (const name of ['inline-trail', 'linked']) site.html.set(`/${name}`, fillPage(name, site, { exact: TEXT }));
    const trust = join(folder, 'trust.json');
    const texts = [
      { entry: copied, text: COPIED, published: true },
      { entry: framed, text: FRAMED, published: true },
      { entry: hidden, text: HIDDEN, published: true, oblivious: true as const },
    ];
    indexTexts(site, world, texts, KEY);
    const html = (text: string, more = ''): string =>
      `<!doctype html><title>Copied</title><article>${paragraphs(text)}</article>${more}`;
    site.html.set('/copied', html(COPIED, `<iframe srcdoc="${paragraphs(FRAMED)}" width="600" height="400"></iframe>`));
    site.html.set('/hidden', html(HIDDEN));
    writeFileSync(trust, world.trustText().replace(/log (\S+)\\n/, `log $1 ${site.log}/log\\n`));
    const built = await buildExtension(trust, join(folder, 'built'), 'firefox');
    firefox = await puppeteer.launch({
      browser: 'firefox',
      executablePath: browserPath('firefox'),
      headless: true,
      enableExtensions: true,
      // Without it the extension's own pages may not be opened.
      args: ['--remote-allow-system-access'],
      extraPrefsFirefox: { 'extensions.webextensions.uuids': JSON.stringify({ [GECKO_ID]: UUID }) },
    });
    expect(await firefox.installExtension(built)).toBe(GECKO_ID);
    own = await ownPage('options.html');
    page = await firefox.newPage();
  }, 60_000);

  afterAll(async () => {
    await firefox?.close();
    await site?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  const tabOf = (url: string): Promise<number | undefined> =>
    own.evaluate(async (address) => (await browser.tabs.query({})).find((tab) => tab.url === address)?.id, url);

  const state = async (url: string): Promise<PageState | undefined> =>
    own.evaluate(async (key) => (await browser.storage.session.get(key))[key]?.value, `page:${await tabOf(url)}`);

  /** One of the extension's pages. Its loading is not reported over WebDriver BiDi, so what is in it is waited for. */
  async function ownPage(path: string): Promise<Page> {
    const opened = await firefox.newPage();
    await opened.goto(`moz-extension://${UUID}/${path}`, { waitUntil: [] });
    await opened.waitForSelector('#app main');
    return opened;
  }

  test.each([
    ['a trail inside the page', 'inline-trail'],
    ['a trail named by a link', 'linked'],
  ])('%s is verified, and page and panel say so', async (_, name) => {
    const url = `${site.pages}/${name}`;
    await page.bringToFront();
    await page.goto(url);
    await expect
      .poll(async () => (await state(url))?.items.map(({ report }) => [report?.verdict, report?.content.match]), {
        timeout: 30_000,
      })
      .toEqual([['verified', 'exact']]);
    expect(await page.$$eval('witnessmark-badge', (badges) => badges.length)).toBe(1);
    const opened = await ownPage(`sidepanel.html?tab=${await tabOf(url)}`);
    await opened.waitForSelector('article[data-verdict="verified"] h1');
    expect(await opened.$eval('h1', (heading) => heading.textContent)).toBe(
      'This text matches its record, word for word.',
    );
    await opened.close();
  });

  test('an edited text loses its badge until it was compared again, by a page that ends all timers too', async () => {
    const url = `${site.pages}/linked`;
    await page.bringToFront();
    await page.evaluate(() => {
      const paragraph = document.querySelector('#linked p');
      if (paragraph !== null) paragraph.textContent = 'Other words altogether stand here now.';
      const endTimers = (): void => {
        for (let id = Number(setTimeout(() => {})); id > 0; id--) clearTimeout(id);
        requestAnimationFrame(endTimers);
      };
      endTimers();
    });
    await expect
      .poll(async () => (await state(url))?.items[0]?.report?.content, { timeout: 30_000 })
      .toMatchObject({ match: 'passages', matched: 2, of: 3 });
  });

  test('a copied text is recognised where the reader allowed it, in the page and in its frame, and nowhere else', async () => {
    const url = `${site.pages}/copied`;
    const found = async () => (await state(url))?.items.map(({ found: text, report }) => [text?.state, report?.icon]);
    await page.bringToFront();
    await page.goto(url);
    await expect.poll(found, { timeout: 30_000 }).toEqual([]);
    const body = { tabId: await tabOf(url), host: new URL(url).host, on: true };
    await own.evaluate((choice) => browser.runtime.sendMessage({ type: 'discovery/set', body: choice }), body);
    await expect.poll(found, { timeout: 30_000 }).toEqual([
      ['exact', 'found'],
      ['exact', 'found'],
    ]);
    await expect.poll(() => page.$$eval('witnessmark-badge', (badges) => badges.length)).toBe(1);
  });

  test('a text that can be looked up only obliviously is found by sixteen blinded values', async () => {
    const url = `${site.pages}/hidden`;
    const ask = (oblivious: boolean) => ({ type: 'discovery/choose', body: { relay: '', oblivious } });
    await own.evaluate((choice) => browser.runtime.sendMessage(choice), ask(true));
    await page.bringToFront();
    await page.goto(url);
    await expect
      .poll(async () => (await state(url))?.items.map(({ found: text }) => text?.state), { timeout: 30_000 })
      .toEqual(['exact']);
    await own.evaluate((choice) => browser.runtime.sendMessage(choice), ask(false));
    const [sent, ...more] = site.requests.filter(({ method }) => method === 'POST');
    expect(more).toEqual([]);
    expect(JSON.parse(sent?.body ?? '').blinded).toHaveLength(OPRF_BATCH);
  });

  test('a picture that names its proof is compared by its file', async () => {
    const url = `${site.pages}/picture`;
    await page.bringToFront();
    await page.goto(url);
    await expect
      .poll(async () => (await state(url))?.items.map(({ report }) => [report?.verdict, report?.content.picture]), {
        timeout: 30_000,
      })
      .toEqual([['verified', 'exact']]);
    await expect.poll(() => page.$$eval('witnessmark-badge', (badges) => badges.length)).toBe(1);
  });

  test('no request tells who this reader is: neither cookie nor referrer nor the address of the extension', () => {
    const asked = site.requests.filter(({ path, method }) => path.startsWith('/v1/') || method === 'HEAD');
    expect(asked).not.toEqual([]);
    for (const { headers } of asked) {
      expect(headers.cookie).toBeUndefined();
      expect(headers.referer).toBeUndefined();
      expect(JSON.stringify(headers)).not.toContain(UUID);
    }
  });

  test('a log the reader gave no permission for is asked without the name of this installation', async () => {
    const origins = [`${new URL(site.log).protocol}//127.0.0.1/*`];
    expect(await own.evaluate((all) => browser.permissions.remove({ origins: all }), origins)).toBe(true);
    site.requests.length = 0;
    const answer = await own.evaluate(
      (origin) => browser.runtime.sendMessage({ type: 'trust/preview', body: { origin } }),
      site.log,
    );
    expect(answer).toEqual({ ok: false, reason: 'trust_malformed' });
    expect(site.requests.map(({ path, headers }) => [path, headers.origin])).toEqual([
      ['/.well-known/witnessmark-trust', 'null'],
    ]);
  });

  test('settings list the logs in force', async () => {
    await own.bringToFront();
    await own.waitForSelector('[data-trust="demo"]');
    expect(await own.$eval('[data-trust="demo"] h3', (heading) => heading.textContent)).toBe('main.example/log');
  });
});
