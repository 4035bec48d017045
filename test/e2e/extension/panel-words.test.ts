/** What the panel tells a reader, in words: who stands behind a text, what the signer only says, and what nobody checked. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Claim } from '#shared/claim/claim.ts';
import { TEXT } from '../../shared/verdict/world.ts';
import { TIME, World } from '../../support/build-trail.ts';
import { type ExtensionBrowser, startExtension } from '../../support/extension-tab.ts';
import { type FixtureSite, paragraphs, startFixtureSite } from '../../support/fixture-site.ts';

const SIGNER = 'issuer.test.example';
const world = new World({ origin: 'main.example/log' });

const run = (operator: string, by: Claim['run']['by']): Partial<Claim> => ({ run: { at: TIME, operator, by } });
const model = { provider: 'maker.example', name: '<img src=x onerror=alert(1)>' };

const CLAIMS: Readonly<Record<string, Partial<Claim>>> = {
  own: { ...run(SIGNER, 'self'), model },
  others: run('famous.example', 'self'),
  relayed: { ...run('gateway.example', 'relayed'), model },
  imported: { ...run('gateway.example', 'imported'), model },
};

let site: FixtureSite;
let extension: ExtensionBrowser;

beforeAll(async () => {
  site = await startFixtureSite();
  const entries = Object.entries(CLAIMS).map(([name, claim]) => [name, world.issue(TEXT, { claim })] as const);
  for (const [name, entry] of entries) site.trails.set(name, world.trailText(entry));
  extension = await startExtension(world.trustText());
}, 60_000);

afterAll(async () => {
  await extension?.stop();
  await site?.stop();
});

/** What the panel says of a text under a trail, with its headings; the element is there to look for others. */
async function told(trail: string, text = TEXT) {
  const marker = `data-witnessmark="${site.log}/v1/trails/${trail}"`;
  site.html.set(`/${trail}`, `<!doctype html><title>Page</title><div ${marker}>${paragraphs(text)}</div>`);
  const { page, tabId } = await extension.open(`${site.pages}/${trail}`, 1);
  const panel = await extension.panel(tabId);
  const article = panel.locator('article');
  await article.waitFor();
  const words = await article.innerText();
  const images = await panel.locator('img').count();
  await panel.close();
  await page.close();
  return { words, images };
}

test.each([
  ['own', `Produced by ${SIGNER}`],
  ['others', `Produced by famous.example, says ${SIGNER}`],
  ['relayed', 'Relayed by gateway.example, which says it came from maker.example'],
  ['imported', 'Imported by gateway.example, which says it came from maker.example'],
])('a text whose claim is %s names the signer apart from whom the signer names', async (trail, made) => {
  const { words } = await told(trail);
  expect(words).toContain(`${SIGNER} stands behind it.`);
  const [, said = ''] = words.split('What the signer says');
  expect(said).toContain(made);
});

test('the model is shown with its maker, as text whatever it is called', async () => {
  const { words, images } = await told('own');
  expect(words).toMatch(/Model\s+<img src=x onerror=alert\(1\)>\s+Model’s maker\s+maker\.example/);
  expect(images).toBe(0);
});

test('the signer’s clock and the witnesses’ are told apart, and so is what nobody gave evidence of', async () => {
  const { words } = await told('own');
  expect(words).toMatch(/Witnessed\s+existed by .+, by the clocks of w1\.test\.example/);
  expect(words).toMatch(/Claimed time\s+.+, by the signer’s own clock/);
  expect(words).toMatch(/Evidence of the run\s+none given/);
  expect(words).toContain('That this model really made it');
});

test('where there is no proof nothing is called checked, and there is none to save', async () => {
  const { words } = await told('none');
  expect(words).toContain('Nothing was checked: there is no proof here.');
  expect(words).not.toMatch(/passed|failed|Save the proof/);
});

test('of a text that matches in part, the signer is said to stand behind those passages alone', async () => {
  const { words } = await told('own', TEXT.replace('earlier', 'older'));
  expect(words).toContain('2 of 3 passages match the record.');
  expect(words).toContain(`${SIGNER} stands behind those passages.`);
  expect(words).not.toContain('stands behind it.');
});

test('one quoted passage is said to be in the record, not one of one', async () => {
  const [first = ''] = TEXT.split('\n');
  const { words } = await told('relayed', first);
  expect(words).toContain('The passage here is in the record, word for word.');
});
