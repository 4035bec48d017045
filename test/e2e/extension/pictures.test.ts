/** Attested pictures whose metadata is gone: recognised by how they look, exact only as the same file, and never mixed up. */
import AxeBuilder from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GROUP } from '../../../extension/discovery/choose-buckets.ts';
import type { PageItem } from '../../../extension/verification/page-store.ts';
import { attestPicture, makePicture, servePicture } from '../../support/attested-picture.ts';
import { World } from '../../support/build-trail.ts';
import { found, openBody, recognisedOn } from '../../support/extension-page.ts';
import { badgeNames, type ExtensionBrowser, startExtension, untilBadges } from '../../support/extension-tab.ts';
import { type FixtureSite, startFixtureSite } from '../../support/fixture-site.ts';
import { publishIndex } from '../../support/publish-filters.ts';

declare const chrome: {
  contextMenus: { onClicked: { dispatch(info: object, tab: object): void } };
};

const world = new World({ origin: 'main.example/log' });
const SIMILAR = /^Looks like an image that issuer\.test\.example attested on .+, model sample-1\.$/;
const SAME = /^The same file as an image that issuer\.test\.example attested on .+, model sample-1\.$/;

/** A service worker that draws one picture and hands out another. */
const LIAR = `
  self.addEventListener('install', () => self.skipWaiting());
  self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener('fetch', (event) => {
    if (!event.request.url.endsWith('/lie.png')) return;
    event.respondWith(fetch(event.request.destination === 'image' ? '/human.png' : '/open.png'));
  });`;

let site: FixtureSite;
let extension: ExtensionBrowser;
let trail: string;

beforeAll(async () => {
  site = await startFixtureSite();
  extension = await startExtension(world.trustText().replace(/log (\S+)\\n/, `log $1 ${site.log}/log\\n`));
  const [open, human, shared, gone] = await Promise.all([
    makePicture(1),
    makePicture(2),
    makePicture(3),
    makePicture(4),
  ]);
  const model = (name: string) => ({ model: { provider: 'maker.example', name } });
  const attested = [
    [attestPicture(world, open), open],
    [attestPicture(world, shared, model('m-1')), shared],
    [attestPicture(world, shared, model('m-2')), shared],
    [attestPicture(world, gone), gone],
  ] as const;
  const indexed = attested.map(([entry, picture]) => servePicture(site, world, entry, picture));
  publishIndex(site, world, indexed);
  trail = `${site.log}/v1/trails/${indexed[0]?.id}`;
  site.gone.add(`/v1/trails/${indexed[3]?.id}`);
  for (const [name, { png, jpeg }] of Object.entries({ open, human, shared, gone })) {
    site.files.set(`/${name}.png`, png).set(`/${name}.jpg`, jpeg);
  }
}, 60_000);

afterAll(async () => {
  await extension?.stop();
  await site?.stop();
});

const allow = (on: boolean, tabId = -1): Promise<unknown> =>
  extension.ask('discovery/set', { tabId, host: new URL(site.pages).host, on });

beforeEach(async () => {
  await allow(true);
  site.requests.length = 0;
});

afterEach(async () => {
  const pages = extension.context.pages().filter((page) => page.url().startsWith('http'));
  await Promise.all(pages.map((page) => page.close()));
});

const lookups = (): string[] => site.requests.map(({ path }) => path).filter((path) => path.includes('/lookup/'));

const open = (body: string) => openBody(extension, site, body);
const recognised = (body: string) => recognisedOn(extension, site, body);

describe('an attested picture on another site', () => {
  test('compressed again and smaller, its metadata gone, is recognised, and never as the same', async () => {
    const { page, tabId, item } = await recognised('<p>News</p><img src="/open.jpg" alt="Shapes">');
    expect(item).toMatchObject({ excerpt: 'Shapes', found: { state: 'similar', own: false, conflict: false } });
    expect(item.report).toMatchObject({
      icon: 'found',
      tone: 'neutral',
      content: { match: 'none', picture: 'similar' },
    });
    expect(await untilBadges(page, (names) => names.length > 0)).toEqual([expect.stringMatching(SIMILAR)]);
    expect(await extension.toolbar(tabId)).toContain('were recognised on this page');
    expect(lookups()).toHaveLength(GROUP);
  });

  test('byte for byte is the same file', async () => {
    const { page, item } = await recognised('<img src="/open.png">');
    expect(item).toMatchObject({
      found: { state: 'exact', similarity: 1 },
      report: { icon: 'found', content: { match: 'exact' } },
    });
    expect(await untilBadges(page, (names) => names.length > 0)).toEqual([expect.stringMatching(SAME)]);
  });

  test('of which two records name two models is said to be in conflict', async () => {
    const { item } = await recognised('<img src="/shared.jpg">');
    expect(item.found).toMatchObject({ state: 'similar', conflict: true, others: [{ state: 'similar' }] });
  });

  test('whose record was taken back is not marked', async () => {
    const { page, tabId } = await open('<img src="/gone.jpg">');
    await extension.until(tabId, (state) => state?.discovered?.pictures === 1);
    await page.waitForTimeout(500);
    expect(found(await extension.state(tabId))).toEqual([]);
  });

  test('loses its mark when another one takes its place', async () => {
    const { page, tabId } = await recognised('<img src="/open.jpg">');
    await untilBadges(page, (names) => names.length === 1);
    await page.evaluate(() => document.querySelector('img')?.setAttribute('src', '/human.jpg'));
    await untilBadges(page, (names) => names.length === 0);
    await extension.until(tabId, (state) => found(state).length === 0);
  });

  test('loses its mark when a style draws another one there, on a page that ends all timers too', async () => {
    const { page } = await recognised('<img src="/open.jpg">');
    await untilBadges(page, (names) => names.length === 1);
    await page.evaluate(() => {
      for (let id = Number(setTimeout(() => {})); id > 0; id--) clearTimeout(id);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('img { content: url(/human.jpg) }');
      document.adoptedStyleSheets = [sheet];
    });
    await untilBadges(page, (names) => names.length === 0);
  });
});

describe('a picture nobody attested', () => {
  test('sends nothing but the request for the lists', async () => {
    const { page, tabId } = await open('<img src="/human.png"><img src="/human.jpg"><img src="/human.png">');
    await extension.until(tabId, (state) => state?.discovered?.pictures === 2);
    const ours = site.requests.filter(({ host }) => host === new URL(site.log).host).map(({ path }) => path);
    for (const path of ours) expect(path).toMatch(/^\/v1\/filters/);
    const panel = await extension.panel(tabId);
    await panel.getByText('Nothing was recognised in 2 pictures.').waitFor();
    await panel.close();
    expect(await badgeNames(page)).toEqual([]);
  });

  test('is not read at all without the reader’s leave', async () => {
    await allow(false);
    const { page, tabId } = await open('<img src="/open.jpg">');
    await extension.until(tabId, (state) => state !== undefined);
    await page.waitForTimeout(500);
    expect([found(await extension.state(tabId)), lookups(), await badgeNames(page)]).toEqual([[], [], []]);
  });
});

describe('a picture on another host', () => {
  test('that may not be read is counted and said', async () => {
    const host = new URL(site.pages).host.replace('localhost', 'pictures.localhost');
    const { tabId } = await open(`<img src="http://${host}/open.jpg"><img src="http://${host}/human.jpg">`);
    await extension.until(tabId, (state) => state?.discovered?.closed[0]?.pictures === 2);
    const panel = await extension.panel(tabId);
    await panel.getByText(`2 pictures lie on ${host} and could not be read.`).waitFor();
    await panel.close();
    expect(lookups()).toEqual([]);
  });

  test('that the reader allowed is fetched without cookie or referrer, and even the same file is only similar', async () => {
    const { item } = await recognised(`<img src="${site.log}/open.png">`);
    expect(item.found).toMatchObject({ state: 'similar', picture: { refetched: true } });
    const again = site.requests.filter(
      ({ path, headers }) => path === '/open.png' && headers['sec-fetch-dest'] !== 'image',
    );
    expect(again.length).toBeGreaterThan(0);
    for (const { headers } of again) expect([headers.cookie, headers.referer]).toEqual([undefined, undefined]);
  });
});

describe('a picture that names its proof', () => {
  test.each<[image: string, verdict: string, picture: string, words: string]>([
    ['src="/open.png"', 'verified', 'exact', 'This picture is the recorded one, byte for byte.'],
    [
      'src="/open.jpg"',
      'unproven',
      'similar',
      'It looks like the recorded picture, but it is not proven to be that one.',
    ],
    ['src="/human.png"', 'unproven', 'other', 'The record is genuine, but it is about another picture.'],
    [
      'src="/open.png" style="width: 300px; height: 70px; object-fit: cover"',
      'unproven',
      'similar',
      'It looks like the recorded picture, but it is not proven to be that one.',
    ],
    [
      'src="/open.png" style="object-view-box: inset(0 50% 0 0)"',
      'unproven',
      'similar',
      'It looks like the recorded picture, but it is not proven to be that one.',
    ],
    [
      'src="/open.png" style="object-position: 90px 0"',
      'unproven',
      'similar',
      'It looks like the recorded picture, but it is not proven to be that one.',
    ],
  ])('with %s is %s: %s', async (image, verdict, picture, words) => {
    const { page, tabId } = await open(
      `<figure data-witnessmark="${trail}"><img ${image}><figcaption>A</figcaption></figure>`,
    );
    const state = await extension.until(tabId, (now) => now?.items[0]?.report !== undefined);
    expect(state?.items).toMatchObject([{ kind: 'marked', report: { verdict, content: { picture } } }]);
    expect(await untilBadges(page, (names) => !names.includes('Checking') && names.length > 0)).toEqual([words]);
  });

  test('by a header, opened by itself, is the one that the header speaks of', async () => {
    site.files.set('/alone.png', site.files.get('/open.png') ?? new Uint8Array());
    site.headers.set('/alone.png', { 'content-type': 'image/png', link: `<${trail}>; rel="witnessmark"` });
    const { state } = await extension.open(`${site.pages}/alone.png`, 1);
    expect(state.items).toMatchObject([
      { kind: 'marked', report: { verdict: 'verified', content: { picture: 'exact' } } },
    ]);
  });

  test('and lies where it cannot be read is not said to match', async () => {
    const { tabId } = await open(`<img data-witnessmark="${trail}" src="${site.log}/open.png">`);
    const state = await extension.until(tabId, (now) => now?.items[0]?.report !== undefined);
    expect(state?.items[0]?.report).toMatchObject({
      icon: 'partial',
      content: { match: 'not-compared', picture: 'unread' },
    });
  });

  test('and whose server gives another one to whoever asks again is what is drawn', async () => {
    site.html.set('/worker.js', LIAR);
    site.headers.set('/worker.js', { 'content-type': 'text/javascript' });
    site.files.set('/lie.png', site.files.get('/open.png') ?? new Uint8Array());
    const { page, tabId } = await open('');
    await page.evaluate(async (marker) => {
      await navigator.serviceWorker.register('/worker.js');
      await new Promise((controlled) => navigator.serviceWorker.addEventListener('controllerchange', controlled));
      document.body.innerHTML = `<img data-witnessmark="${marker}" src="/lie.png">`;
    }, trail);
    const state = await extension.until(tabId, (now) => now?.items[0]?.report !== undefined);
    expect(state?.items[0]?.report).toMatchObject({ verdict: 'unproven', content: { picture: 'other' } });
    await page.evaluate(async () => (await navigator.serviceWorker.ready).unregister());
  });

  test('is checked again when it is another one', async () => {
    const { page, tabId } = await open(`<img data-witnessmark="${trail}" src="/open.png">`);
    await extension.until(tabId, (now) => now?.items[0]?.report?.content.picture === 'exact');
    await page.evaluate(() => document.querySelector('img')?.setAttribute('src', '/human.png'));
    await extension.until(tabId, (now) => now?.items[0]?.report?.content.picture === 'other');
  });
});

describe('“Check this picture”', () => {
  /** Chooses it from the menu of the page's picture. */
  async function check(file: string): Promise<PageItem | undefined> {
    await allow(false);
    const { page, tabId } = await open(`<img src="${file}">`);
    const [worker] = extension.context.serviceWorkers();
    const info = { menuItemId: 'check-picture', srcUrl: new URL(file, site.pages).href, pageUrl: page.url() };
    await worker?.evaluate(([what, id]) => chrome.contextMenus.onClicked.dispatch(what, { id }), [
      info,
      tabId,
    ] as const);
    const isAsked = ({ kind }: PageItem): boolean => kind === 'selection';
    return (await extension.until(tabId, (state) => state?.items.some(isAsked) ?? false))?.items.find(isAsked);
  }

  test('finds the record of a copy', async () => {
    expect((await check('/open.jpg'))?.found).toMatchObject({ state: 'similar' });
  });

  test.each([
    ['/human.jpg', 'picture_unknown'],
    ['/gone.jpg', 'picture_withdrawn'],
  ])('says of %s: %s', async (file, problem) => {
    expect(await check(file)).toMatchObject({ problem });
  });
});

test('the panel of a recognised picture has nothing that axe finds wrong, in light and dark', async () => {
  const { tabId } = await recognised('<img src="/shared.jpg" alt="Shapes">');
  const panel = await extension.panel(tabId);
  await panel.getByRole('heading', { name: 'Looks like an image that issuer.test.example attested' }).waitFor();
  await panel.getByText('which can be imitated').waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await panel.emulateMedia({ colorScheme });
    const { violations, passes } = await new AxeBuilder({ page: panel }).analyze();
    expect(passes.length).toBeGreaterThan(10);
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))])).toEqual([]);
  }
  await panel.close();
});
