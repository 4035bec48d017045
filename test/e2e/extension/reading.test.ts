/**
 * What leaves the browser while pages are read, all of it: Chromium sends everything through a proxy that writes it down.
 * Each test says what the privacy page says, request for request.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { statementId } from '#shared/attestation/statement.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import type { FilterEntry } from '#shared/filter/manifest.ts';
import { OPRF_BATCH, oprfKey, oprfName } from '#shared/oprf/oprf.ts';
import { plainLines } from '#shared/text/passages.ts';
import { GROUP } from '../../../extension/discovery/choose-buckets.ts';
import { fingerprintsOf } from '../../../extension/discovery/fingerprints.ts';
import { TEXT } from '../../shared/verdict/world.ts';
import { attestPicture, makePicture, servePicture } from '../../support/attested-picture.ts';
import { World } from '../../support/build-trail.ts';
import { type ExtensionBrowser, startExtension } from '../../support/extension-tab.ts';
import { type FixtureSite, fillPage, paragraphs, startFixtureSite } from '../../support/fixture-site.ts';
import { publishIndex } from '../../support/publish-filters.ts';
import { type RecordingProxy, startRecordingProxy } from '../../support/recording-proxy.ts';

const world = new World({ origin: 'main.example/log' });
const open = world.issue(TEXT);
/** Kept under names that only the log's key can make, and under nothing else. */
const HIDDEN = Array.from({ length: 90 }, (_, n) => `hidden${n * 7}`).join(' ');
const hidden = world.issue(HIDDEN);
const HUMAN = Array.from({ length: 90 }, (_, n) => `own${n * 3}`).join(' ');
const key = oprfKey(new Uint8Array(32).fill(3));
const names = (fingerprintsOf(plainLines(HIDDEN))['wm-winnow-1'] ?? []).map((hex) => oprfName('wm-winnow-1', hex, key));
const [OPEN, CLOSED] = [statementId(open.statement), statementId(hidden.statement)];
const [attested, unattested] = [await makePicture(1), await makePicture(2)];
const pictured = attestPicture(world, attested);
const PICTURE = statementId(pictured.statement);

let site: FixtureSite;
let proxy: RecordingProxy;
let extension: ExtensionBrowser;
let filters: readonly FilterEntry[];

beforeAll(async () => {
  site = await startFixtureSite();
  for (const [id, entry] of [
    [OPEN, open],
    [CLOSED, hidden],
  ] as const) {
    site.trails.set(id, world.trailText(entry));
  }
  site.oprf = key;
  const items = [
    { id: OPEN, fingerprints: fingerprintsOf(plainLines(TEXT)) },
    { id: CLOSED, fingerprints: { 'wm-oprf-1': names } },
    servePicture(site, world, pictured, attested),
  ];
  filters = publishIndex(site, world, items, key.publicKey);
  site.html.set('/unmarked', fillPage('unmarked', site, { exact: TEXT }));
  site.html.set('/hidden', `<!doctype html><title>Hidden</title><div id="quote">${paragraphs(HIDDEN)}</div>`);
  site.html.set('/copied', `<!doctype html><title>Copied</title><article>${paragraphs(TEXT)}</article>`);
  site.files.set('/attested.png', attested.png).set('/unattested.jpg', unattested.jpeg);
  site.html.set(
    '/pictured',
    '<!doctype html><title>Pictured</title><img src="/attested.png"><img src="/unattested.jpg">',
  );
  site.html.set('/human', `<!doctype html><title>Human</title><article>${paragraphs(HUMAN)}</article>`);
  site.html.set(
    '/marked',
    `<!doctype html><title>Marked</title><div data-witnessmark="${site.log}/v1/trails/${OPEN}">${paragraphs(TEXT)}</div>`,
  );
  proxy = await startRecordingProxy([new URL(site.log).port]);
  extension = await startExtension(
    world.trustText().replace(/log (\S+)\\n/, `log $1 ${site.log}/log\\n`),
    [],
    proxy.url,
  );
}, 60_000);

afterAll(async () => {
  await extension?.stop();
  await Promise.all([proxy?.stop(), site?.stop()]);
});

beforeEach(async () => {
  await extension.ask('discovery/choose', { relay: '', oblivious: false });
  await extension.ask('cache/clear', null);
  proxy.seen.length = 0;
  site.requests.length = 0;
});

/** Opens a page, selects what is asked for and has it verified; gives what the panel says. */
async function read(path: string, select?: string): Promise<string | undefined> {
  const { page, tabId } = await extension.open(site.pages + path, 0);
  await page.bringToFront();
  if (select === undefined) {
    await page.waitForLoadState('networkidle');
    await page.close();
    return undefined;
  }
  await selectAll(page, select);
  await extension.ask('selection/check', { tabId });
  const item = (await extension.state(tabId))?.items.find((each) => each.kind === 'selection');
  await page.close();
  return item?.problem ?? `${item?.report?.verdict} ${item?.report?.content.match}`;
}

async function selectAll(page: Page, selector: string): Promise<void> {
  await page.evaluate((of) => {
    const range = document.createRange();
    range.selectNodeContents(document.querySelector(of) as Element);
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
  }, selector);
  await page.evaluate(() => new Promise(requestAnimationFrame));
}

/** What a browser asks before a POST to another origin, unless it remembers the answer. */
const PREFLIGHT = 'OPTIONS /v1/lookup/oprf';
/** Chromium asks its maker whether somebody is signed in; no page and no extension has it do so. */
const CHROMIUMS_OWN = 'CONNECT accounts.google.com:443';

/** What left besides the page's own requests: its document, its icon, and the question for its Link header. */
function sent(): string[] {
  const pages = ['unmarked', 'hidden', 'marked', 'copied', 'human', 'pictured'];
  const own = [...pages, 'favicon.ico', 'attested.png', 'unattested.jpg'].flatMap((path) =>
    ['GET', 'HEAD'].map((method) => `${method} ${site.pages}/${path}`),
  );
  return without(proxy.seen, [...own, CHROMIUMS_OWN]).map((each) => each.replace(site.log, ''));
}
const LIST = (): string[] => [
  'GET /v1/filters',
  ...filters.map(({ digest }) => `GET /v1/filters/${toBase64Url(digest)}`),
];
/** A candidate's proof, and its text if that is published. */
const RECORD = [`GET /v1/trails/${OPEN}`, `GET /v1/texts/${OPEN}`];
const bucketsIn = (list: readonly string[]): string[] =>
  list.filter((each) => /^GET \/v1\/lookup\/[\w-]+\/\w{4}$/.test(each));
const without = (list: readonly string[], taken: readonly string[]): string[] =>
  list.filter((each) => !taken.includes(each));

describe('reading', () => {
  test.each(['/unmarked', '/hidden'])('a page without a marker (%s) sends nothing', async (path) => {
    await read(path);
    expect(sent()).toEqual([]);
  });

  test('a page that names its proof sends the request for that proof', async () => {
    const { page } = await extension.open(`${site.pages}/marked`, 1);
    await page.close();
    expect(sent()).toEqual([`GET /v1/trails/${OPEN}`]);
  });
});

describe('verifying a selection', () => {
  test('of fewer than forty words sends nothing', async () => {
    expect(await read('/unmarked', '#short')).toBe('selection_short');
    expect(sent()).toEqual([]);
  });

  test('that nobody attested fetches the lists everybody fetches, and asks obliviously', async () => {
    expect(await read('/unmarked', '#human')).toBe('selection_unknown');
    expect(without(sent(), [PREFLIGHT, 'POST /v1/lookup/oprf']).sort()).toEqual(LIST().sort());
    const asked = site.requests.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body));
    expect(asked).toEqual([{ blinded: expect.any(Array) }]);
    expect(new Set(asked[0].blinded).size).toBe(OPRF_BATCH);
  });

  test('that is attested sends eight buckets and the request for the proof', async () => {
    expect(await read('/unmarked', '#quote')).toBe('verified exact');
    expect(bucketsIn(sent())).toHaveLength(GROUP);
    expect(without(sent(), bucketsIn(sent())).sort()).toEqual([...LIST(), ...RECORD].sort());
  });

  test('whose issuer keeps the index unreadable finds it by names the log could not connect with it', async () => {
    expect(await read('/hidden', '#quote')).toBe('verified exact');
    const buckets = bucketsIn(sent());
    expect(buckets).toHaveLength(GROUP);
    for (const bucket of buckets) expect(bucket).toContain('/wm-oprf-1/');
    const bodies = site.requests
      .map(({ path, body, headers }) => `${path} ${body} ${JSON.stringify(headers)}`)
      .join('\n');
    for (const hex of fingerprintsOf(plainLines(HIDDEN))['wm-winnow-1'] ?? [])
      expect(bodies).not.toContain(hex.slice(0, 7));
    for (const name of names) expect(bodies).not.toContain(name.slice(0, 7));
  });

  test('through a relay sends no lookup to the log', async () => {
    await extension.ask('discovery/choose', { relay: `${site.pages}/relay`, oblivious: false });
    expect(await read('/unmarked', '#quote')).toBe('verified exact');
    const through = sent().filter((each) => each.includes('/lookup/'));
    expect(through).toHaveLength(GROUP);
    const host = new URL(site.log).host;
    for (const each of through) expect(each).toContain(`GET ${site.pages}/relay/${host}/v1/lookup/`);
    expect(without(sent(), through).sort()).toEqual([...LIST(), ...RECORD].sort());
  });
});

describe('discovery, where the reader allowed it,', () => {
  const allow = (on: boolean): Promise<unknown> =>
    extension.ask('discovery/set', { tabId: -1, host: new URL(site.pages).host, on });
  beforeAll(() => allow(true));
  afterAll(() => allow(false));

  /** Opens a page and waits until so many of its texts, or pictures, have been looked up, and some were recognised. */
  async function discover(path: string, texts: number, pictures = 0, items = 0): Promise<void> {
    const page = await extension.context.newPage();
    await page.goto(site.pages + path);
    const tabId = await extension.tabOf(page);
    await extension.until(tabId, (state) => {
      const { discovered } = state ?? {};
      const isRead = (discovered?.texts ?? -1) >= texts && (discovered?.pictures ?? -1) >= pictures;
      return isRead && (state?.items.length ?? 0) >= items;
    });
    await page.close();
  }

  test('fetches the lists everybody fetches for a page with nothing on them, and then nothing', async () => {
    await discover('/human', 1);
    expect(sent().sort()).toEqual(LIST().sort());
    proxy.seen.length = 0;
    await discover('/human', 1);
    await discover('/hidden', 1);
    expect(sent()).toEqual([]);
  });

  test('asks for eight buckets where something is on them, once', async () => {
    await discover('/copied', 1);
    expect(bucketsIn(sent())).toHaveLength(GROUP);
    proxy.seen.length = 0;
    await discover('/copied', 1);
    expect(bucketsIn(sent())).toEqual([]);
  });

  test('asks for eight buckets where a picture is on them, for none where it is not, and for no picture again', async () => {
    await discover('/pictured', 0, 2, 1);
    expect(bucketsIn(sent())).toHaveLength(GROUP);
    for (const bucket of bucketsIn(sent())) expect(bucket).toContain('/wm-image-1/');
    const file = `GET ${site.pages}/attested.png`;
    expect(without(sent(), bucketsIn(sent())).sort()).toEqual([...LIST(), `GET /v1/trails/${PICTURE}`].sort());
    expect(proxy.seen.filter((each) => each === file)).toEqual([file]);
  });

  test('sends sixteen blinded values for a page, if the reader wants that', async () => {
    await extension.ask('discovery/choose', { relay: '', oblivious: true });
    await discover('/human', 1);
    expect(without(sent(), [...LIST(), PREFLIGHT])).toEqual(['POST /v1/lookup/oprf']);
  });
});

test('no request of any of these carried a cookie, a referrer, or words of a page', async () => {
  await read('/unmarked', '#quote');
  await read('/hidden', '#quote');
  const ours = site.requests.filter(({ host }) => host === new URL(site.log).host);
  expect(ours.length).toBeGreaterThan(2 * GROUP);
  for (const { path, headers, body } of ours) {
    expect(Object.keys(headers).filter((name) => /cookie|authorization|referer/.test(name))).toEqual([]);
    // A POST says that an extension asks: the same for everybody who has it.
    expect([undefined, extension.base.slice(0, -1)]).toContain(headers.origin);
    for (const word of ['craftsman', 'hidden7', 'unmarked']) expect(`${path} ${body}`).not.toContain(word);
  }
});
