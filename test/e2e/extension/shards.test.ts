/** Yearly shards in the reader's browser: followed from trust in last year's, beside another operator's log. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePolicy } from '#shared/log/policy.ts';
import type { TrustEntry } from '../../../extension/messaging/protocol.ts';
import type { Report } from '../../../extension/verification/report.ts';
import { freePort } from '../../../worker/local/free-port.ts';
import { type LocalLog, startLocalLog } from '../../../worker/local/start-local-log.ts';
import { TEXT } from '../../shared/verdict/world.ts';
import { Shards } from '../../support/build-shards.ts';
import { keyPair } from '../../support/build-trail.ts';
import { type ExtensionBrowser, startExtension } from '../../support/extension-tab.ts';
import { type FixtureSite, paragraphs, startFixtureSite } from '../../support/fixture-site.ts';
import { attestationOf, type IssuerOrigin, postJson, startIssuer, startTestLog } from '../../support/worker-harness.ts';

const SHARDS_PATH = '/.well-known/witnessmark-shards';
const folder = mkdtempSync(join(tmpdir(), 'witnessmark-'));
const ORIGINS = ['localhost/log/2026', 'localhost/log/2027'] as const;

let rotated: LocalLog;
let other: LocalLog;
let issuer: IssuerOrigin;
let extension: ExtensionBrowser;
let pages: FixtureSite;
/** Logs whose documents a test writes: one that lies about its shards, one whose key is used after its end. */
let lying: { site: FixtureSite; shards: Shards };
let ended: { site: FixtureSite; shards: Shards };
const addresses: Record<string, string> = {};

async function attest(log: LocalLog, name: string): Promise<void> {
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  const answer = await postJson(`${log.logUrl}/v1/attestations`, attestationOf(TEXT, issuer.origin, key));
  expect(answer.status).toBe(201);
  addresses[name] = `${log.logUrl}${answer.headers.get('location')}`;
}

/** A log in memory, served from a site of its own. */
async function served(
  host: string,
  signer?: ReturnType<typeof keyPair>,
): Promise<{ site: FixtureSite; shards: Shards }> {
  const site = await startFixtureSite();
  const outputs: [string, ReturnType<Shards['world']>, number][] = [];
  const shards = new Shards(
    [2026, 2027],
    (world, year) => outputs.push([`${host}-${year}`, world, world.issue(TEXT).index]),
    { host, base: site.log, ...(signer && { signer }) },
  );
  for (const [name, world, index] of outputs) {
    const entry = world.entries[index];
    if (entry) site.trails.set(name, world.trailText(entry));
    addresses[name] = `${site.log}/v1/trails/${name}`;
  }
  site.files.set(SHARDS_PATH, new TextEncoder().encode(shards.document()));
  return { site, shards };
}

beforeAll(async () => {
  const port = await freePort();
  [pages, issuer, other] = await Promise.all([
    startFixtureSite(),
    startIssuer(),
    startTestLog({ origin: 'other.example/log/2026', witnesses: 1 }),
  ]);
  rotated = await startLocalLog({ folder, port, origin: ORIGINS[0] });
  const lastYear = rotated.trust;
  for (const log of [rotated, other]) await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
  await attest(rotated, '2026');
  await attest(other, 'other');
  await rotated.stop();
  rotated = await startLocalLog({ folder, port, origin: ORIGINS[1], earlier: [ORIGINS[0]] });
  await attest(rotated, '2027');
  lying = await served('lying.example', keyPair('thief'));
  ended = await served('ended.example');
  extension = await startExtension(lastYear, [
    other.trust,
    lying.shards.world(0).trustText({ url: `${lying.site.log}/log` }),
    ended.shards.world(0).trustText({ url: `${ended.site.log}/log` }),
  ]);
}, 120_000);

afterAll(async () => {
  await extension?.stop();
  await Promise.all([rotated?.stop(), other?.stop(), issuer?.stop()]);
  await Promise.all([pages, lying?.site, ended?.site].map((site) => site?.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function read(name: string): Promise<{ page: Page; tabId: number; report: Report | undefined; seen: string }> {
  pages.html.set(
    `/${name}`,
    `<!doctype html><title>${name}</title><div data-witnessmark="${addresses[name]}">${paragraphs(TEXT)}</div>`,
  );
  const { page, tabId, state } = await extension.open(`${pages.pages}/${name}`, 1);
  const report = state.items[0]?.report;
  return { page, tabId, report, seen: [report?.verdict, ...(report?.reasons ?? [])].join(' · ') };
}

const entryOf = async (origin: string): Promise<TrustEntry | undefined> =>
  (await extension.ask<TrustEntry[]>('trust/list', null)).find(({ logs }) => logs.some(({ name }) => name === origin));

describe('with trust in last year’s shard alone', () => {
  test('a trail of last year and one of this year are verified, and so is another operator’s', async () => {
    const text = await (await fetch(`${rotated.logUrl}/.well-known/witnessmark-trust`)).text();
    const now = parsePolicy((JSON.parse(text) as { policy: string }).policy);
    expect(now.ok && [...new Set(now.value.logs.map(({ key }) => key.name))]).toEqual(ORIGINS.toReversed());
    for (const [name, origin] of [
      ['2026', ORIGINS[0]],
      ['2027', ORIGINS[1]],
      ['other', 'other.example/log/2026'],
    ] as const) {
      const { page, report, seen } = await read(name);
      expect(seen, name).toBe('verified');
      expect(report?.facts?.log.origin).toBe(origin);
      await page.close();
    }
    expect((await entryOf(ORIGINS[0]))?.shards).toMatchObject([
      { name: ORIGINS[0], state: 'frozen', url: `${rotated.logUrl}/log` },
      { name: ORIGINS[1], state: 'open', url: `${rotated.logUrl}/log/2027` },
    ]);
    expect((await entryOf('other.example/log/2026'))?.shards).toBeUndefined();
  });

  test('settings show the shards under their log', async () => {
    const page = await extension.context.newPage();
    await page.goto(`${extension.base}options.html`);
    const shards = page.locator('[data-part="shards"]').filter({ hasText: ORIGINS[1] });
    await shards
      .locator('[data-shard="open"]')
      .filter({ hasText: `${ORIGINS[1]} · open` })
      .waitFor();
    await shards.locator('[data-shard="frozen"]').filter({ hasText: 'closed with' }).waitFor();
    await page.close();
  });
});

test.each(['2026', '2027'])('the trail page of an entry of %s audits the shard that has it', async (year) => {
  const page = await extension.context.newPage();
  await page.goto(addresses[year]?.replace('/v1/trails/', '/t/') ?? '');
  await page.getByRole('button', { name: 'Audit the whole log' }).click();
  await page.locator('#audit').getByRole('status').filter({ hasText: 'The whole log holds' }).waitFor();
  await page.close();
});

describe('a log', () => {
  test('whose list its registrar did not sign adds no shard, and the reader is told why', async () => {
    const last = await read('lying.example-2026');
    expect(last.seen).toBe('verified');
    const { page, tabId, report, seen } = await read('lying.example-2027');
    expect(seen).toBe('unproven · log-unknown');
    expect(report?.shardsRefused).toBe('shards-unsigned');
    const panel = await extension.panel(tabId);
    await panel.getByText('not signed by the registrar you trust').first().waitFor();
    await panel.goto(`${extension.base}options.html`);
    await panel.locator('[data-part="shards"]').filter({ hasText: 'not signed by the registrar' }).waitFor();
    const asked = lying.site.requests.filter(({ path }) => path === SHARDS_PATH);
    expect(asked.length).toBe(1);
    expect(asked[0]?.headers).not.toHaveProperty('referer');
    for (const each of [last.page, page, panel]) await each.close();
  });

  test('that goes on after its end has nothing of it verified', async () => {
    const next = await read('ended.example-2027');
    expect(next.seen).toBe('verified');
    const first = ended.shards.world(0);
    const late = first.issue(TEXT);
    ended.site.trails.set('late', first.trailText(late));
    ended.site.tiles = first;
    addresses['late'] = `${ended.site.log}/v1/trails/late`;
    const { page, seen } = await read('late');
    expect(seen).toBe('unproven · consistency-unproven');
    const before = await read('ended.example-2026');
    expect(before.seen).toBe('verified');
    for (const each of [next.page, page, before.page]) await each.close();
  });
});
