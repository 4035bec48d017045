import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { axeFaults } from '../../support/axe.ts';
import { World } from '../../support/build-trail.ts';
import { found, openBody, recognisedOn } from '../../support/extension-page.ts';
import { badgeNames, type ExtensionBrowser, startExtension, untilBadges } from '../../support/extension-tab.ts';
import { type FixtureSite, paragraphs, startFixtureSite } from '../../support/fixture-site.ts';
import { indexTexts, ownText, ownWords } from '../../support/indexed-text.ts';

const EXACT = 'Attested text, published here by someone else.';
const world = new World({ origin: 'main.example/log' });
const model = (name: string) => ({ claim: { model: { provider: 'maker.example', name } } });

const TEXTS = { open: ownText('open'), kept: ownText('kept'), shared: ownText('shared'), gone: ownText('gone') };

let site: FixtureSite;
let extension: ExtensionBrowser;

beforeAll(async () => {
  site = await startFixtureSite();
  const texts = [
    { entry: world.issue(TEXTS.open, model('m-1')), text: TEXTS.open, published: true },
    { entry: world.issue(TEXTS.kept), text: TEXTS.kept, published: false },
    { entry: world.issue(TEXTS.shared, model('m-1')), text: TEXTS.shared, published: true },
    { entry: world.issue(TEXTS.shared, model('m-2')), text: TEXTS.shared, published: true },
    { entry: world.issue(TEXTS.gone), text: TEXTS.gone, published: true },
  ];
  const gone = indexTexts(site, world, texts).at(-1);
  site.gone.add(`/v1/trails/${gone}`);
  site.gone.add(`/v1/texts/${gone}`);
  site.html.set('/empty', '<!doctype html><title>Empty</title><body>');
  extension = await startExtension(world.trustText().replace(/log (\S+)\\n/, `log $1 ${site.log}/log\\n`));
}, 60_000);

afterAll(async () => {
  await extension?.stop();
  await site?.stop();
});

beforeEach(async () => {
  await allow(-1, true);
  site.requests.length = 0;
});

afterEach(async () => {
  const pages = extension.context.pages().filter((page) => page.url().startsWith('http'));
  await Promise.all(pages.map((page) => page.close()));
});

const allow = (tabId: number, on: boolean): Promise<unknown> =>
  extension.ask('discovery/set', { tabId, host: new URL(site.pages).host, on });

const open = (body: string) => openBody(extension, site, body);
const recognised = (body: string) => recognisedOn(extension, site, body);

const article = (text: string): string => `<header><h1>News</h1></header><article>${paragraphs(text)}</article>`;
const lookups = (): string[] => site.requests.map(({ path }) => path).filter((path) => path.includes('/lookup/'));

describe('without the reader’s leave', () => {
  test('nothing is read and nothing is asked', async () => {
    await allow(-1, false);
    const { page, tabId } = await open(article(TEXTS.open));
    await extension.until(tabId, (state) => state !== undefined);
    await page.waitForTimeout(1000);
    expect(found(await extension.state(tabId))).toEqual([]);
    expect((await extension.state(tabId))?.discovered).toBeUndefined();
    expect(lookups()).toEqual([]);
    expect(await badgeNames(page)).toEqual([]);
  });

  test('it begins when the reader gives it in the panel and ends when they take it back', async () => {
    await allow(-1, false);
    const { page, tabId } = await open(article(TEXTS.open));
    await extension.until(tabId, (state) => state !== undefined);
    const panel = await extension.panel(tabId);
    await panel.getByRole('button', { name: /^Find attested text and pictures on localhost/ }).click();
    await page.bringToFront();
    await untilBadges(page, (names) => names.includes(EXACT));
    await panel.getByRole('heading', { name: EXACT }).waitFor();
    await panel.getByRole('button', { name: 'Stop looking up' }).click();
    await page.bringToFront();
    await untilBadges(page, (names) => names.length === 0);
    await extension.until(tabId, (state) => found(state).length === 0 && state?.discovered === undefined);
    await panel.close();
  });
});

describe('a copied text', () => {
  test('is recognised, and never shown as one that brought its proof', async () => {
    const { page, tabId, item } = await recognised(article(TEXTS.open));
    expect(item).toMatchObject({ found: { state: 'exact', similarity: 1, own: false, conflict: false } });
    expect(item.report).toMatchObject({ verdict: 'verified', icon: 'found', tone: 'neutral' });
    expect(await untilBadges(page, (names) => names.length > 0)).toEqual([EXACT]);
    expect(await extension.toolbar(tabId)).toContain('Attested text or pictures were recognised on this page');
    expect(await extension.toolbar(tabId)).not.toContain('matches');
  });

  test('quoted in part says what was left out before and after', async () => {
    const [, second = '', third = ''] = TEXTS.open.split('\n');
    const { item } = await recognised(article(`${ownWords('intro')}\n${second}\n${third}\n${ownWords('outro')}`));
    const difference = item.found?.difference;
    expect(item.found?.state).toBe('quoted');
    expect([difference?.before?.words, difference?.after?.words]).toEqual([60, 60]);
    expect(difference?.rows).toHaveLength(2);
    expect(item.excerpt).toMatch(/^openb0 openb1/);
  });

  test('with changes says which words', async () => {
    const changed = TEXTS.open.replace('opena7 ', 'else ').replace('openc3 ', '');
    const { item } = await recognised(article(changed));
    expect(item.found).toMatchObject({ state: 'edited' });
    const own = item.found?.difference?.rows.flatMap((row) =>
      'leftOut' in row
        ? []
        : [row.attested, row.here].map((side) => side.filter(({ kind }) => kind === 'own').map(({ text }) => text)),
    );
    expect(own?.flat()).toEqual(['opena7', 'else', 'openc3']);
  });

  test('whose text is not published is compared passage by passage', async () => {
    const { item } = await recognised(article(TEXTS.kept));
    expect(item.found).toMatchObject({ state: 'exact' });
    expect(item.found?.difference).toBeUndefined();
  });

  test('changed after it was recognised loses its mark', async () => {
    const { page, tabId } = await recognised(article(TEXTS.open));
    await untilBadges(page, (names) => names.includes(EXACT));
    await page.evaluate(() => {
      for (const each of document.querySelectorAll('article p'))
        each.textContent = 'Nobody attested any of these words.';
    });
    await untilBadges(page, (names) => names.length === 0);
    await extension.until(tabId, (state) => found(state).length === 0);
  });

  test('of which two records name two models is said to be in conflict', async () => {
    const { tabId, item } = await recognised(article(TEXTS.shared));
    expect(item.found).toMatchObject({ state: 'exact', conflict: true });
    expect(item.found?.others).toHaveLength(1);
    const panel = await extension.panel(tabId);
    await panel.getByText('The records disagree').waitFor();
    await panel.getByText('issuer.test.example, with m-').waitFor();
    await panel.close();
  });

  test('that was taken back is not marked; a reader who asks is told', async () => {
    const { page, tabId } = await open(article(TEXTS.gone));
    await extension.until(tabId, (state) => (state?.discovered?.texts ?? 0) > 0);
    expect(found(await extension.state(tabId))).toEqual([]);
    await page.evaluate(() => getSelection()?.selectAllChildren(document.querySelector('article') as Element));
    await extension.ask('selection/check', { tabId });
    expect((await extension.state(tabId))?.items.map(({ problem }) => problem)).toEqual(['found_withdrawn']);
  });
});

describe('the panel of a recognised text', () => {
  test.each(['light', 'dark'] as const)('has nothing that axe finds wrong in a %s browser', async (colorScheme) => {
    const [, second = ''] = TEXTS.open.split('\n');
    const { tabId } = await recognised(article(second.replace('openb7 ', 'else ')));
    const panel = await extension.panel(tabId);
    await panel.emulateMedia({ colorScheme });
    await panel.getByRole('heading', { name: 'Attested text with changes' }).waitFor();
    await panel.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    expect(await axeFaults(panel, colorScheme)).toEqual([]);
    await panel.close();
  });

  test('says each difference in words, and opens what was left out with the keyboard', async () => {
    const [, second = ''] = TEXTS.open.split('\n');
    const { tabId } = await recognised(article(second.replace('openb7 ', 'else ')));
    const panel = await extension.panel(tabId);
    const table = panel.getByRole('table');
    await table.waitFor();
    expect(await table.locator('del').textContent()).toBe('Only attested: openb7');
    expect(await table.locator('ins').textContent()).toBe('Only here: else');
    await table.getByText('60 words before it are left out').focus();
    await panel.keyboard.press('Enter');
    await panel.getByText(TEXTS.open.split('\n')[0] ?? '').waitFor();
    await panel.close();
  });
});

describe('a text nobody attested', () => {
  test('is said to be unknown to the logs as of their size', async () => {
    await recognised(article(TEXTS.open));
    const { page, tabId } = await open(article(ownText('human')));
    await extension.until(tabId, (state) => (state?.discovered?.texts ?? 0) > 0);
    const panel = await extension.panel(tabId);
    await panel.getByText('Nothing was recognised in the one stretch of text that was looked up.').waitFor();
    await panel.getByText(`Nothing found in main.example/log as of size ${world.entries.length}.`).waitFor();
    await panel.close();
    expect(await badgeNames(page)).toEqual([]);
  });

  test('that is short is not looked up', async () => {
    const { page } = await open(article(ownWords('short', 20)));
    await page.waitForTimeout(1000);
    expect(lookups()).toEqual([]);
  });
});
