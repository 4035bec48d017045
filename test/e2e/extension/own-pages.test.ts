/** Side panel and settings as a reader has them: accessible, usable by keyboard, and at work without a network. */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textOutput } from '#shared/claim/text-output.ts';
import { encodeRecipe, RECIPE_TYPE } from '#shared/evidence/replay/recipe.ts';
import { plainLines } from '#shared/text/passages.ts';
import { encodeTrail } from '#shared/trail/trail.ts';
import { knownAnswer, readKnownModel, recipeFor } from '../../shared/evidence/known-recipe.ts';
import { flipped, TEXT } from '../../shared/verdict/world.ts';
import { axeFaults } from '../../support/axe.ts';
import { World } from '../../support/build-trail.ts';
import { type ExtensionBrowser, startExtension, untilBadges } from '../../support/extension-tab.ts';
import { type FixtureSite, fillPage, paragraphs, startFixtureSite } from '../../support/fixture-site.ts';

const EXACT = 'This text matches its record, word for word.';
const world = new World({ origin: 'main.example/log' });
const entry = world.issue(TEXT);
const elsewhere = new World({ origin: 'elsewhere.example/log' });

let site: FixtureSite;
let extension: ExtensionBrowser;

beforeAll(async () => {
  site = await startFixtureSite();
  site.trails.set('exact', world.trailText(entry));
  site.trails.set('tampered', encodeTrail({ ...world.trail(entry), statement: flipped(entry.statement) }));
  for (const name of ['marked', 'declared', 'unmarked'])
    site.html.set(`/${name}`, fillPage(name, site, { exact: TEXT }));
  site.html.set(
    '/one',
    `<!doctype html><title>One</title><div data-witnessmark="${site.log}/v1/trails/exact">${paragraphs(TEXT)}</div>`,
  );
  extension = await startExtension(world.trustText(), [elsewhere.trustText({ validUntil: 1_900_000_000 })]);
}, 60_000);

afterAll(async () => {
  await extension?.stop();
  await site?.stop();
});

/** The names of what has the focus while Tab is pressed, until it comes round. */
async function focusOrder(page: Page): Promise<string[]> {
  const names: string[] = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!(focused instanceof HTMLElement) || focused === document.body) return '';
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      const ring = outlineStyle === 'none' || Number.parseFloat(outlineWidth) < 2 ? ' (no ring)' : '';
      const label =
        focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement ? focused.labels : null;
      return (label?.[0]?.textContent ?? focused.textContent ?? '').trim() + ring;
    });
    if (name === '') break;
    names.push(name);
  }
  return names;
}

describe.each(['light', 'dark'] as const)('in a %s browser axe finds nothing wrong', (colorScheme) => {
  test.each([
    ['panel of a page with every kind of verdict', 'marked', 7],
    ['panel of declarations', 'declared', 4],
    ['panel of a page without marks', 'unmarked', 0],
  ])('with the %s', async (_, name, items) => {
    const { page, tabId } = await extension.open(`${site.pages}/${name}`, items);
    const panel = await extension.panel(tabId);
    await panel.emulateMedia({ colorScheme });
    await panel.getByRole('heading', { level: 1 }).first().waitFor();
    await panel.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    expect(await axeFaults(panel, colorScheme)).toEqual([]);
    const choices = panel.getByRole('navigation').getByRole('button');
    for (let i = 1; i < Math.min(await choices.count(), 3); i++) {
      await choices.nth(i).click();
      expect(await axeFaults(panel, colorScheme)).toEqual([]);
    }
    await panel.close();
    await page.close();
  });

  test('with the settings, logs to compare included', async () => {
    const settings = await extension.context.newPage();
    await settings.emulateMedia({ colorScheme });
    await settings.goto(`${extension.base}options.html`);
    await settings.locator('[data-trust="added"]').waitFor();
    await settings.getByText('or paste a trust document').click();
    await settings.getByLabel('Trust document').fill(new World({ origin: 'new.example/log' }).trustText());
    await settings.getByRole('button', { name: 'Read it' }).click();
    await settings.locator('[data-part="confirm-trust"]').waitFor();
    expect(await axeFaults(settings, colorScheme)).toEqual([]);
    await settings.close();
  });
});

describe('what leaves the device', () => {
  test('is said step by step, a link away from the settings', async () => {
    const settings = await extension.context.newPage();
    await settings.goto(`${extension.base}options.html`);
    await settings.getByRole('link', { name: 'What leaves this device' }).click();
    await settings.getByRole('heading', { name: 'What leaves this device', level: 1 }).waitFor();
    expect(await settings.getByRole('listitem').count()).toBe(8);
    expect(await settings.getByRole('heading', { level: 2 }).count()).toBe(9);
    expect(await axeFaults(settings)).toEqual([]);
    await settings.close();
  });

  test('goes through a relay the reader names, if it is one', async () => {
    const settings = await extension.context.newPage();
    await settings.goto(`${extension.base}options.html`);
    const relay = settings.getByLabel('Address of a relay (optional)');
    await relay.fill('ftp://relay.example');
    await settings.getByRole('button', { name: 'Save these choices' }).click();
    await settings.getByText('This is no https address that lookups could go to.').waitFor();
    await relay.fill('https://relay.example/');
    await settings.getByRole('button', { name: 'Save these choices' }).click();
    await settings.getByText('Saved.').waitFor();
    expect(await extension.ask('discovery/settings', null)).toEqual({
      relay: 'https://relay.example',
      oblivious: false,
    });
    await extension.ask('discovery/choose', { relay: '', oblivious: false });
    await settings.close();
  });
});

describe('with the keyboard alone', () => {
  test('a badge is reached, tells its verdict, and opens the panel', async () => {
    const { page } = await extension.open(`${site.pages}/one`, 1);
    await untilBadges(page, (names) => names.includes(EXACT));
    await page.bringToFront();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('witnessmark-badge');
    const panels = (): Promise<number> => extension.openPanels();
    expect(await panels()).toBe(0);
    await page.keyboard.press('Enter');
    await expect.poll(panels).toBe(1);
    await page.close();
  });

  test('the panel is walked from top to bottom, each stop with a ring and a name', async () => {
    const { page, tabId } = await extension.open(`${site.pages}/one`, 1);
    const panel = await extension.panel(tabId);
    await panel.getByRole('heading', { name: EXACT }).waitFor();
    expect(await focusOrder(panel)).toEqual([
      'Settings',
      'Show on the page',
      expect.stringMatching(/^Every check/),
      'Save the proof',
      'Check again',
      'Check selected text',
      expect.stringMatching(/^Find attested text and pictures on localhost/),
      'Check a saved proof',
    ]);
    await panel.close();
    await page.close();
  });

  test('a page is checked again and a choice is made with Enter', async () => {
    const { page, tabId } = await extension.open(`${site.pages}/marked`, 7);
    const panel = await extension.panel(tabId);
    await panel.getByRole('button', { name: 'Different text' }).focus();
    await panel.keyboard.press('Enter');
    await panel.getByRole('heading', { name: 'The record is genuine, but it is about other text.' }).waitFor();
    site.requests.length = 0;
    await panel.getByRole('button', { name: 'Check again' }).focus();
    await panel.keyboard.press('Enter');
    await expect.poll(() => site.requests.map(({ path }) => path)).toContain('/v1/trails/exact');
    await panel.close();
    await page.close();
  });

  test('a log is added and removed in the settings', async () => {
    const settings = await extension.context.newPage();
    await settings.goto(`${extension.base}options.html`);
    await settings.locator('[data-trust="added"]').waitFor();
    expect(await focusOrder(settings)).toEqual([
      'Remove',
      'Address of the log',
      'Fetch its trust document',
      'or paste a trust document',
      'Address of a relay (optional)',
      'Also look for texts whose issuers keep the index unreadable',
      'Save these choices',
      'What leaves this device',
      'Forget saved proofs',
    ]);
    await settings.getByText('or paste a trust document').focus();
    await settings.keyboard.press('Enter');
    await settings.keyboard.press('Tab');
    await settings.keyboard.insertText(new World({ origin: 'typed.example/log' }).trustText());
    await settings.keyboard.press('Tab');
    await settings.keyboard.press('Enter');
    await settings.getByRole('button', { name: 'The fingerprints match: trust this log' }).focus();
    await settings.keyboard.press('Enter');
    const card = settings.locator('[data-trust="added"]').filter({ hasText: 'typed.example/log' });
    await card.getByRole('button', { name: 'Remove' }).focus();
    await settings.keyboard.press('Enter');
    await card.waitFor({ state: 'detached' });
    await settings.close();
  });
});

describe('“Check again”', () => {
  test('asks the log, and says so with the date when only a saved copy was left', async () => {
    const { page, tabId } = await extension.open(`${site.pages}/one`, 1);
    const panel = await extension.panel(tabId);
    const again = panel.getByRole('button', { name: 'Check again' });
    await again.waitFor();
    site.down = true;
    site.requests.length = 0;
    await again.click();
    const after = await extension.until(tabId, (state) => state?.items[0]?.report?.savedAt !== undefined);
    site.down = false;
    expect(site.requests.map(({ path }) => path)).toContain('/v1/trails/exact');
    expect(after?.items[0]?.report).toMatchObject({ verdict: 'verified', content: { match: 'exact' } });
    const date = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium' }).format();
    await panel.getByText(`Checked against a copy saved ${date}`).waitFor();
    await again.click();
    await extension.until(tabId, (state) => state?.items[0]?.report !== undefined && !state.items[0].report.savedAt);
    await panel.close();
    await page.close();
  });

  test('believes the log when it says that there is no such proof', async () => {
    const { page, tabId } = await extension.open(`${site.pages}/one`, 1);
    const trail = site.trails.get('exact') ?? '';
    site.trails.delete('exact');
    await extension.ask('page/check', { tabId });
    await extension.until(tabId, (state) => state?.items[0]?.report?.reasons[0] === 'trail-not-found');
    await untilBadges(page, (names) => names.includes('There is no proof at the address the page gives.'));
    site.trails.set('exact', trail);
    await page.close();
  });
});

describe('a run repeated in the panel', () => {
  test('that gives something else takes the verdict down wherever it is shown', async () => {
    const text = 'Ten numbers that this model never printed.';
    const { digest } = textOutput(text, 'text/plain', plainLines(text)).output;
    const answer = knownAnswer('cnn-fp32');
    const made = recipeFor(answer, `${site.log}/models/`);
    const recipe = encodeRecipe({ ...made, decode: 'decimals-1', attested: digest });
    site.files.set(`/models/${answer.file}`, readKnownModel(answer.file));
    const running = new World({ origin: 'running.example/log' });
    await extension.ask('trust/add', { text: running.trustText() });
    const claimed = running.issue(text, {
      claim: { evidence: [{ kind: 'replay', digest: sha256(recipe), binds: 'output' }] },
      evidence: [{ type: RECIPE_TYPE, value: recipe }],
    });
    site.trails.set('run', running.trailText(claimed));
    site.html.set(
      '/run',
      `<!doctype html><title>Run</title><p data-witnessmark="${site.log}/v1/trails/run">${text}</p>`,
    );

    const { page, tabId } = await extension.open(`${site.pages}/run`, 1);
    await untilBadges(page, (names) => names.includes(EXACT));
    const panel = await extension.panel(tabId);
    const row = panel.locator('[data-assurance="evidence"]');
    await row.and(panel.locator('.skipped')).waitFor();
    await panel.getByRole('button', { name: 'Replay this run' }).click();
    await panel.getByText('Mismatch: running it again gave something else.').waitFor();
    await row.and(panel.locator('.failed')).waitFor();
    await panel.getByRole('heading', { name: 'The evidence of the run does not hold.' }).waitFor();
    await panel.locator('[data-check="evidence"].failed').waitFor();
    await untilBadges(page, (names) => names.includes('The evidence of the run does not hold.'));
    expect(await extension.toolbar(tabId)).toContain('Marked, but not proven');
    await panel.close();
    await page.close();
  });
});

describe('for a reader who', () => {
  test('sets their own colours, shape alone tells what is chosen', async () => {
    const { page, tabId } = await extension.open(`${site.pages}/marked`, 7);
    const panel = await extension.panel(tabId);
    await panel.emulateMedia({ forcedColors: 'active' });
    const chosen = panel.getByRole('navigation').locator('[aria-current="true"]');
    expect(await chosen.evaluate((button) => getComputedStyle(button).borderInlineStartWidth)).toBe('4px');
    await panel.close();
    await page.close();
  });

  test('wants no motion, nothing moves', async () => {
    const { page, tabId } = await extension.open(`${site.pages}/marked`, 7);
    const panel = await extension.panel(tabId);
    for (const each of [page, panel]) {
      await each.emulateMedia({ reducedMotion: 'reduce' });
      expect(await each.evaluate(() => document.getAnimations().length)).toBe(0);
    }
    await page.evaluate(() => scrollTo(0, 0));
    await panel.getByRole('navigation').getByRole('button').nth(4).click();
    await panel.getByRole('button', { name: 'Show on the page' }).click();
    await page.bringToFront();
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
    await panel.close();
    await page.close();
  });
});

describe('a saved proof, with the network cut', () => {
  let panel: Page;
  const file = join(tmpdir(), `witnessmark-${process.pid}.json`);
  const sent = join(tmpdir(), `witnessmark-${process.pid}-sent.json`);

  beforeAll(async () => {
    const { page, tabId } = await extension.open(`${site.pages}/one`, 1);
    panel = await extension.panel(tabId);
    const [download] = await Promise.all([
      panel.waitForEvent('download'),
      panel.getByRole('button', { name: 'Save the proof' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^[\w-]{43}\.witnessmark\.json$/);
    writeFileSync(file, readFileSync(await download.path()));
    expect(readFileSync(file, 'utf8')).toBe(site.trails.get('exact'));
    // Somebody sends a proof under a checkpoint that this browser never saw, and a larger one is kept by now.
    world.issue('Another output of no interest here.');
    writeFileSync(sent, world.trailText(entry));
    world.issue('And one more.');
    site.tiles = world;
    site.trails.set('later', world.trailText(entry));
    site.html.set('/later', site.html.get('/one')?.replace('/exact', '/later') ?? '');
    const later = await extension.open(`${site.pages}/later`, 1);
    expect(later.state.items[0]?.report?.verdict).toBe('verified');
    await later.page.close();
    await page.close();
    await extension.context.setOffline(true);
    site.down = true;
    site.requests.length = 0;
    await panel.getByText('Check a saved proof').click();
  });

  afterAll(async () => {
    await extension.context.setOffline(false);
    site.down = false;
    await panel.close();
  });

  const check = async (path: string, text: string) => {
    const part = panel.locator('[data-part="saved-proof"]');
    await part.getByLabel('Proof file').setInputFiles(path);
    await part.getByLabel('Text to compare (optional)').fill(text);
    await part.getByRole('button', { name: 'Check', exact: true }).click();
    return part;
  };

  test.each([
    ['beside its text', TEXT, EXACT],
    ['without a text', '', 'The record is genuine. No text was compared with it.'],
    ['beside an edited text', TEXT.replace('earlier', 'older'), '2 of 3 passages match the record.'],
    ['beside another text', 'Nothing of this was ever attested.', 'The record is genuine, but it is about other text.'],
  ])('is checked %s', async (_, text, headline) => {
    const part = await check(file, text);
    await part.getByRole('heading', { name: headline }).waitFor();
  });

  test('of a state of the log never seen here says that the log was not asked', async () => {
    const part = await check(sent, TEXT);
    await part.getByRole('heading', { name: EXACT }).waitFor();
    await part.getByText('This check uses no network, so the log was not asked.').waitFor({ state: 'attached' });
    await part.locator('[data-check="consistency"].skipped').waitFor({ state: 'attached' });
  });

  test('that was tampered with contradicts itself', async () => {
    const tampered = join(tmpdir(), `witnessmark-${process.pid}-tampered.json`);
    writeFileSync(tampered, site.trails.get('tampered') ?? '');
    const part = await check(tampered, TEXT);
    await part.getByRole('heading', { name: 'The proof contradicts itself.' }).waitFor();
  });

  test('sends nothing', () => {
    expect(site.requests).toEqual([]);
  });
});
