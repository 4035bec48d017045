/** A log that shows two histories: caught by the checkpoint the browser kept, frozen, and provable to others. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseForkProof, verifyForkProof } from '#shared/log/fork-proof.ts';
import type { Fork } from '../../../extension/messaging/protocol.ts';
import { TEXT } from '../../shared/verdict/world.ts';
import { World } from '../../support/build-trail.ts';
import { type ExtensionBrowser, startExtension } from '../../support/extension-tab.ts';
import { type FixtureSite, paragraphs, startFixtureSite } from '../../support/fixture-site.ts';

/** One log's keys, and as many other texts before the one in question as asked. */
function world(before: readonly string[] = []): World {
  const built = new World({ origin: 'main.example/log' });
  for (const text of before) built.issue(`${text}, an output of no interest here.`);
  return built;
}

let site: FixtureSite;
let extension: ExtensionBrowser;

beforeAll(async () => {
  site = await startFixtureSite();
  extension = await startExtension(world().trustText());
}, 60_000);

afterAll(async () => {
  await extension?.stop();
  await site?.stop();
});

beforeEach(async () => {
  await extension.ask('forks/clear', { origin: 'main.example/log' });
});

/** Serves a page whose text has its trail in a history, and reads it. */
async function read(history: World, name: string, tiles?: World): Promise<{ page: Page; tabId: number; seen: string }> {
  site.trails.set(name, history.trailText(history.issue(TEXT)));
  site.tiles = tiles;
  site.html.set(
    `/${name}`,
    `<!doctype html><title>${name}</title><div data-witnessmark="${site.log}/v1/trails/${name}">${paragraphs(TEXT)}</div>`,
  );
  const { page, tabId, state } = await extension.open(`${site.pages}/${name}`, 1);
  const report = state.items[0]?.report;
  return { page, tabId, seen: [report?.verdict, ...(report?.reasons ?? [])].join(' · ') };
}

describe('a log that', () => {
  test('grew is verified by its tiles', async () => {
    const small = world();
    const first = await read(small, 'grew-1');
    const second = await read(small, 'grew-2', small);
    expect([first.seen, second.seen]).toEqual(['verified', 'verified']);
    await first.page.close();
    await second.page.close();
  });

  test('grew and does not show how is unproven', async () => {
    const small = world();
    const first = await read(small, 'silent-1');
    const second = await read(small, 'silent-2');
    expect([first.seen, second.seen]).toEqual(['verified', 'unproven · consistency-unproven']);
    await first.page.close();
    await second.page.close();
  });

  test.each([
    ['of the same size', ['X'], ['Y']],
    ['that is larger', ['X'], ['Y', 'Z']],
    ['that is smaller', ['X', 'Y'], ['Z']],
  ])('shows another tree %s is a contradiction, frozen, and proved', async (_, kept, offered) => {
    const [mine, other] = [world(kept), world(offered)];
    const name = `fork-${kept.join('')}-${offered.join('')}`;
    const first = await read(mine, `${name}-1`);
    const larger = kept.length > offered.length ? mine : other;
    const second = await read(other, `${name}-2`, larger);
    expect([first.seen, second.seen]).toEqual(['verified', 'invalid · checkpoint-fork']);
    expect(await extension.toolbar(second.tabId)).toContain('contradicts itself');

    const [fork] = await extension.ask<Fork[]>('forks/list', null);
    if (fork === undefined) throw new Error('nothing was frozen');
    const proof = parseForkProof(fork.file);
    if (!proof.ok) throw new Error(proof.reason);
    const kind = kept.length === offered.length ? 'same-size' : 'other-prefix';
    expect(verifyForkProof(proof.value, [mine.logKey])).toMatchObject({ ok: true, value: { kind } });
    await first.page.close();
    await second.page.close();
  });

  test('is frozen has nothing verified any more, not even what it signed before', async () => {
    const [mine, other] = [world(['X']), world(['Y'])];
    await (await read(mine, 'frozen-1')).page.close();
    await (await read(other, 'frozen-2')).page.close();
    const again = await extension.open(`${site.pages}/frozen-1`, 1);
    expect(again.state.items[0]?.report).toMatchObject({
      verdict: 'invalid',
      icon: 'invalid',
      tone: 'alert',
      fork: true,
    });
    const later = await read(mine, 'frozen-3', mine);
    expect(later.seen).toBe('unproven · consistency-unproven');
    expect(await extension.toolbar(later.tabId)).toContain('contradicts itself');

    const panel = await extension.panel(later.tabId);
    await panel.getByRole('heading', { name: 'This log has shown two different histories.' }).waitFor();
    const [download] = await Promise.all([
      panel.waitForEvent('download'),
      panel.getByRole('button', { name: 'Save both signed histories' }).click(),
    ]);
    const [frozen] = await extension.ask<Fork[]>('forks/list', null);
    expect(readFileSync(await download.path(), 'utf8')).toBe(frozen?.file);
    await panel.goto(`${extension.base}options.html`);
    await panel.locator('[data-fork="main.example/log"]').waitFor();
    await panel.getByRole('button', { name: 'Start over with this log' }).click();
    await panel.locator('[data-fork]').waitFor({ state: 'detached' });
    for (const { page } of [again, later]) await page.close();
    const fresh = await read(mine, 'frozen-4', mine);
    expect(fresh.seen).toBe('verified');
    await fresh.page.close();
    await panel.close();
  });
});
