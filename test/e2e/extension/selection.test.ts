/** "Verify this selection": what is found, and above all what leaves the browser on the way. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { statementId } from '#shared/attestation/statement.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { passageDigest, passagesOf, plainLines } from '#shared/text/passages.ts';
import { TEXT } from '../../shared/verdict/world.ts';
import { World } from '../../support/build-trail.ts';
import { type ExtensionBrowser, startExtension } from '../../support/extension-tab.ts';
import { type FixtureSite, fillPage, startFixtureSite } from '../../support/fixture-site.ts';

const world = new World({ origin: 'main.example/log' });
const entry = world.issue(TEXT);
const id = statementId(entry.statement);
const digests = passagesOf(plainLines(TEXT)).map((passage) => toHex(passageDigest(passage)));
const prefixes = digests.map((digest) => digest.slice(0, 4)).sort();

let site: FixtureSite;
let extension: ExtensionBrowser;
let page: Page;
let tabId: number;

beforeAll(async () => {
  site = await startFixtureSite();
  site.trails.set(id, world.trailText(entry));
  for (const digest of digests) {
    const padding = { suffix: '0'.repeat(60), id: 'A'.repeat(43) };
    site.buckets.set(digest.slice(0, 4), [padding, { suffix: digest.slice(4), id }]);
  }
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

describe('a selection', () => {
  test('that is attested is found by the prefixes of its passages alone', async () => {
    expect((await verify('#quote p')).seen).toBe('verified exact');
    const lookups = asked().filter((each) => each.includes('/lookup/'));
    expect(lookups.sort()).toEqual(prefixes.map((prefix) => `GET /v1/lookup/wm-match-1/${prefix}`));
    expect(asked().filter((each) => !each.includes('/lookup/'))).toEqual([`GET /v1/trails/${id}`]);
  });

  test('sends no cookie, no referrer, nothing that tells who reads, and not a word of the text', async () => {
    await verify('#quote p');
    expect(site.requests.length).toBeGreaterThan(3);
    for (const { host, path, headers } of site.requests) {
      expect(host).toBe(new URL(site.log).host);
      expect(Object.keys(headers).filter((name) => /cookie|authorization|referer|origin/.test(name))).toEqual([]);
      const sent = `${path} ${JSON.stringify(headers)}`;
      for (const digest of digests) expect(sent).not.toContain(digest.slice(0, 5));
      for (const word of ['reader-42', 'unmarked', 'craftsman', new URL(extension.base).host]) {
        expect(sent).not.toContain(word);
      }
    }
  });

  test('made roughly is widened to the paragraphs it touches', async () => {
    const { item, seen } = await verify('#quote p', 7);
    expect([item?.widened, seen]).toEqual([true, 'verified exact']);
  });

  test('that nobody attested sends one prefix and learns nothing', async () => {
    const { seen } = await verify('#human');
    expect(seen).toBe('selection_unknown');
    expect(asked()).toEqual([expect.stringMatching(/^GET \/v1\/lookup\/wm-match-1\/[0-9a-f]{4}$/)]);
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
