import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toBase64 } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import type { Article, Issued } from '../demo/article.ts';
import { articles } from '../demo/articles.ts';
import { type Publisher, startPublisher } from '../demo/publisher.ts';
import { type SourceText, sampleTexts } from '../demo/texts.ts';
import { works } from '../demo/works.ts';
import { axeFaults } from '../support/axe.ts';
import { browserPath } from '../support/browser.ts';

/** A trail nobody made: enough to lay out pages, never enough to verify. */
function unmade(text: SourceText): Issued {
  const trail = JSON.stringify({ trail: 1, claim: toBase64(utf8('none (sample text written for the demo)')) });
  return { text, id: 'x', url: 'http://127.0.0.1:9/v1/trails/x', page: 'http://127.0.0.1:9/t/x', trail };
}

const samples = sampleTexts();
const issued = new Map(works(samples, new Map()).map(({ text }) => [text.id, unmade(text)]));
const stories: readonly Article[] = articles({ samples, real: new Map(), issued, deadUrl: 'http://127.0.0.1:9/' });

let browser: Browser;
let publisher: Publisher;

beforeAll(async () => {
  publisher = await startPublisher(0, stories);
  browser = await chromium.launch({
    executablePath: browserPath('chromium'),
    args: ['--no-sandbox', '--disable-gpu'],
  });
});

afterAll(async () => {
  await browser.close();
  await publisher.server.stop();
});

describe('the magazine of the demonstration', () => {
  test.each([
    ['the front page', '/', 'light'],
    ['the front page in the dark', '/', 'dark'],
    ['a story', '/tide-clock', 'light'],
    ['a story in the dark', '/lighthouse', 'dark'],
  ] as const)('%s has no accessibility fault that axe finds', async (_, path, colorScheme) => {
    const context = await browser.newContext({ colorScheme, bypassCSP: true });
    const page = await context.newPage();
    await page.goto(`${publisher.origin}${path}`);
    expect(await axeFaults(page, colorScheme)).toEqual([]);
    await context.close();
  });

  test('no page is wider than a narrow phone', async () => {
    const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
    for (const path of ['/', ...stories.map(({ slug }) => `/${slug}`)]) {
      await page.goto(`${publisher.origin}${path}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect([path, width]).toEqual([path, 320]);
    }
    await page.close();
  });

  test('every sample says that it was written for the demo and that no model was run', () => {
    const own = [...samples.values()].filter(({ id }) => id !== 'walden');
    expect(own.length).toBeGreaterThanOrEqual(8);
    for (const { origin, model, text } of own) {
      expect(origin).toContain('no model was run');
      expect(model.name).toContain('written for the demo');
      expect(text.split(/\s+/).length).toBeGreaterThanOrEqual(140);
    }
  });

  test('a text by a person is never attested', () => {
    expect(works(samples, new Map()).map(({ text }) => text.id)).not.toContain('walden');
  });
});
