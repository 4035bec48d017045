/** "Verify this selection": what is found, and above all what leaves the browser on the way. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { statementId } from '#shared/attestation/statement.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { type FilterEntry, signManifest } from '#shared/filter/manifest.ts';
import { plainLines } from '#shared/text/passages.ts';
import { GROUP, MAX_REAL } from '../../../extension/discovery/choose-buckets.ts';
import { fingerprintsOf } from '../../../extension/discovery/fingerprints.ts';
import { TEXT } from '../../shared/verdict/world.ts';
import { World } from '../../support/build-trail.ts';
import { type ExtensionBrowser, startExtension } from '../../support/extension-tab.ts';
import { type FixtureSite, fillPage, startFixtureSite } from '../../support/fixture-site.ts';
import { publishIndex } from '../../support/publish-filters.ts';

const world = new World({ origin: 'main.example/log' });
const entry = world.issue(TEXT);
const id = statementId(entry.statement);
const fingerprints = fingerprintsOf(plainLines(TEXT));
/** The buckets that hold something of the text. */
const own = Object.entries(fingerprints).flatMap(([alg, list]) => list.map((hex) => `${alg}/${hex.slice(0, 4)}`));

let site: FixtureSite;
let extension: ExtensionBrowser;
let page: Page;
let tabId: number;
let filters: readonly FilterEntry[];

beforeAll(async () => {
  site = await startFixtureSite();
  site.trails.set(id, world.trailText(entry));
  filters = publishIndex(site, world, [{ id, fingerprints }]);
  site.html.set('/unmarked', fillPage('unmarked', site, { exact: TEXT }));
  extension = await startExtension(world.trustText().replace(/log (\S+)\\n/, `log $1 ${site.log}/log\\n`));
  await extension.context.addCookies([
    { name: 'session', value: 'reader-42', url: site.log },
    { name: 'session', value: 'reader-42', url: site.pages },
  ]);
  ({ page, tabId } = await extension.open(`${site.pages}/unmarked`, 0));
}, 60_000);

afterAll(async () => {
  await extension?.stop();
  await site?.stop();
});

beforeEach(async () => {
  await extension.ask('cache/clear', null);
  site.requests.length = 0;
});

/** Selects from one element's start to another's end, or so many characters into them, and has it verified. */
async function verify(selector: string, cut = 0) {
  await page.bringToFront();
  await page.evaluate(
    ({ selector, cut }) => {
      const paragraphs = document.querySelectorAll(selector);
      const range = document.createRange();
      range.setStart(paragraphs[0]?.firstChild as Node, cut);
      const last = paragraphs[paragraphs.length - 1]?.firstChild as Text;
      range.setEnd(last, last.length - cut);
      getSelection()?.removeAllRanges();
      getSelection()?.addRange(range);
      document.title = '';
      document.onselectionchange = () => {
        document.title = 'disturbed';
      };
    },
    { selector, cut },
  );
  // The change made here is reported later than it is made.
  await page.evaluate(() => new Promise(requestAnimationFrame));
  const selected = await page.evaluate(() => {
    document.title = '';
    return String(getSelection());
  });
  await extension.ask('selection/check', { tabId });
  expect(await page.evaluate(() => [document.title, String(getSelection())])).toEqual(['', selected]);
  const item = (await extension.state(tabId))?.items.find((each) => each.kind === 'selection');
  return { item, seen: item?.problem ?? `${item?.report?.verdict} ${item?.report?.content.match}` };
}

const asked = (): string[] => site.requests.map(({ method, path }) => `${method} ${path}`);
const lookups = (): string[] => asked().flatMap((each) => /^GET \/v1\/lookup\/(.*)$/.exec(each)?.[1] ?? []);
const LIST = 'GET /v1/filters';
const filterFiles = (): string[] => filters.map(({ digest }) => `GET /v1/filters/${toBase64Url(digest)}`);

describe('a selection', () => {
  test('that is attested is found by eight buckets, of which three at most are its own', async () => {
    expect((await verify('#quote p')).seen).toBe('verified exact');
    expect(lookups()).toHaveLength(GROUP);
    const real = lookups().filter((bucket) => own.includes(bucket));
    expect(real.length).toBeGreaterThan(0);
    expect(real.length).toBeLessThanOrEqual(MAX_REAL);
    for (const bucket of lookups()) expect(bucket).toMatch(/^wm-(match|winnow|minhash)-1\/[0-9a-f]{4}$/);
    const others = asked().filter((each) => !each.includes('/lookup/'));
    expect(others.sort()).toEqual([LIST, ...filterFiles(), `GET /v1/texts/${id}`, `GET /v1/trails/${id}`].sort());
  });

  test('sends no cookie, no referrer, nothing that tells who reads, and not a word of the text', async () => {
    await verify('#quote p');
    expect(site.requests.length).toBeGreaterThan(GROUP);
    for (const { host, path, headers } of site.requests) {
      expect(host).toBe(new URL(site.log).host);
      expect(Object.keys(headers).filter((name) => /cookie|authorization|referer|origin/.test(name))).toEqual([]);
      const sent = `${path} ${JSON.stringify(headers)}`;
      for (const hex of Object.values(fingerprints).flat()) expect(sent).not.toContain(hex.slice(0, 6));
      for (const word of ['reader-42', 'unmarked', 'craftsman', new URL(extension.base).host]) {
        expect(sent).not.toContain(word);
      }
    }
  });

  test('made roughly is widened to the paragraphs it touches', async () => {
    const { item, seen } = await verify('#quote p', 7);
    expect([item?.widened, seen]).toEqual([true, 'verified exact']);
  });

  test('asked for again asks for nothing but the trail', async () => {
    await verify('#quote p');
    site.requests.length = 0;
    expect((await verify('#quote p')).seen).toBe('verified exact');
    expect(lookups()).toEqual([]);
  });

  test('that nobody attested fetches the filters and sends nothing', async () => {
    expect((await verify('#human')).seen).toBe('selection_unknown');
    expect(asked().sort()).toEqual([LIST, ...filterFiles()].sort());
    site.requests.length = 0;
    expect((await verify('#human')).seen).toBe('selection_unknown');
    expect(asked()).toEqual([]);
  });

  test('too short to be looked up sends nothing', async () => {
    expect((await verify('#short')).seen).toBe('selection_short');
    expect(asked()).toEqual([]);
  });

  test('whose log is down is said to be unanswered, not unknown', async () => {
    site.down = true;
    expect((await verify('#quote p')).seen).toBe('selection_unreachable');
    site.down = false;
  });
});

describe('where the filters cannot be had,', () => {
  let list: Uint8Array;
  beforeAll(() => {
    list = site.files.get('/v1/filters') ?? new Uint8Array();
  });
  afterEach(() => site.files.set('/v1/filters', list));

  test.each([
    ['there are none', undefined],
    [
      'another registrar signed them',
      utf8(signManifest({ log: world.origin, asOf: 9, at: 9, filters: [] }, world.log)),
    ],
    [
      'they are for another log',
      utf8(signManifest({ log: 'o.example/1', asOf: 9, at: 9, filters: [] }, world.registrar)),
    ],
  ])('because %s, a selection asks for buckets all the same', async (_, offered) => {
    if (offered) site.files.set('/v1/filters', offered);
    else site.files.delete('/v1/filters');
    expect((await verify('#quote p')).seen).toBe('verified exact');
    expect(lookups()).toHaveLength(GROUP);
    expect(asked().filter((each) => !each.includes('/lookup/'))).toEqual([
      LIST,
      `GET /v1/trails/${id}`,
      `GET /v1/texts/${id}`,
    ]);
  });

  test('because one of them is another file, it is not kept', async () => {
    const [first] = filterFiles().map((each) => each.slice(4));
    const kept = site.files.get(first ?? '') ?? new Uint8Array();
    site.files.set(
      first ?? '',
      kept.map((byte, at) => (at === kept.length - 1 ? byte ^ 1 : byte)),
    );
    expect((await verify('#human')).seen).toBe('selection_unknown');
    expect(lookups()).toHaveLength(GROUP);
    site.files.set(first ?? '', kept);
  });
});
