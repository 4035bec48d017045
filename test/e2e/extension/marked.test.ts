/** What the extension says about marked pages: the right verdict for the right reason, and nothing for what it is not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeTrail } from '#shared/trail/trail.ts';
import type { PageItem } from '../../../extension/verification/page-store.ts';
import { flipped, TEXT } from '../../shared/verdict/world.ts';
import { keyPair, TIME, World } from '../../support/build-trail.ts';
import { badgeNames, type ExtensionBrowser, startExtension } from '../../support/extension-tab.ts';
import { type FixtureSite, fillPage, paragraphs, startFixtureSite } from '../../support/fixture-site.ts';

const RELAYED = TEXT.replaceAll('mark', 'sign');
const RETIRED = TEXT.replaceAll('mark', 'trace');
const texts = { exact: TEXT, relayed: RELAYED, retired: RETIRED };

let site: FixtureSite;
let extension: ExtensionBrowser;

const main = new World({ origin: 'main.example/log' });
const exact = main.issue(TEXT);
const relayed = main.issue(RELAYED, {
  claim: { run: { at: TIME, operator: 'gateway.example', by: 'relayed' } },
});
const downgraded = main.issue(TEXT, { claim: { accountability: { level: 'attested' } } });
const retiring = new World({ origin: 'retiring.example/log' });
const retired = retiring.issue(RETIRED);
retiring.keyEvent({ action: 'revoke', cause: 'retired' });
const leaking = new World({ origin: 'leaking.example/log' });
const leaked = leaking.issue(TEXT);
leaking.keyEvent({ action: 'revoke', cause: 'compromised' });
const stolen = new World({ origin: 'stolen.example/log' });
const stolenEntry = stolen.issue(TEXT);
stolen.keyEvent({ action: 'revoke', cause: 'compromised', effective: stolenEntry.index });
const forging = new World({ origin: 'forging.example/log' });
const forged = forging.issue(TEXT, { signer: keyPair('forger') });
const unknown = new World({ origin: 'unknown.example/log' });
const stale = new World({ origin: 'stale.example/log' });

/** Trails by name, with what a reader must be told about each beside the genuine text. */
const CASES: Readonly<Record<string, { trail: () => string; seen: string }>> = {
  exact: { trail: () => main.trailText(exact), seen: 'verified' },
  relayed: { trail: () => main.trailText(relayed), seen: 'verified · relayed' },
  retired: { trail: () => retiring.trailText(retired), seen: 'verified · revoked (retired), valid when logged' },
  'revoked-later': {
    trail: () => leaking.trailText(leaked),
    seen: 'verified · revoked (compromised), valid when logged',
  },
  'revoked-before': {
    trail: () => stolen.trailText(stolenEntry),
    seen: 'unproven · issuer-key-revoked · revoked (compromised)',
  },
  downgraded: { trail: () => main.trailText(downgraded), seen: 'unproven · accountability-downgraded' },
  'wrong-issuer-signature': {
    trail: () => forging.trailText(forged),
    seen: 'invalid · event-invalid',
  },
  tampered: {
    trail: () => encodeTrail({ ...main.trail(exact), statement: flipped(exact.statement) }),
    seen: 'invalid · inclusion-mismatch · statement-signature-invalid',
  },
  'other-root': {
    trail: () => main.trailText(exact, { checkpoint: main.checkpoint().replace(/\n(\d+)\n.{8}/, '\n$1\nAAAAAAAA') }),
    seen: 'invalid · log-signature-invalid',
  },
  'too-few-witnesses': {
    trail: () => main.trailText(exact, { checkpoint: main.checkpoint({ cosigners: ['w2'] }) }),
    seen: 'unproven · quorum-unmet · accountability-downgraded',
  },
  truncated: {
    trail: () => encodeTrail({ ...main.trail(exact), proof: main.trail(exact).proof.slice(0, 40) }),
    seen: 'invalid · proof-malformed',
  },
  'stale-policy': { trail: () => stale.trailText(stale.issue(TEXT)), seen: 'unproven · policy-expired' },
  'unknown-log': { trail: () => unknown.trailText(unknown.issue(TEXT)), seen: 'unproven · log-unknown' },
  newer: { trail: () => '{"trail":2}', seen: 'unsupported · trail-unsupported' },
  nonsense: { trail: () => '<html>', seen: 'unproven · trail-malformed' },
};

function words({ report }: PageItem): string {
  if (report === undefined) return 'nothing';
  const { standing, facts } = report;
  const by = facts === undefined || facts.by === 'self' ? [] : [facts.by];
  const signer =
    standing.state === 'active' || standing.state === 'unknown'
      ? []
      : [`${standing.state} (${standing.cause})${standing.validWhenLogged ? ', valid when logged' : ''}`];
  return [report.verdict, ...report.reasons, ...by, ...signer].join(' · ');
}

beforeAll(async () => {
  site = await startFixtureSite();
  for (const [name, { trail }] of Object.entries(CASES)) site.trails.set(name, trail());
  site.tiles = main;
  for (const name of ['marked', 'inline-trail', 'linked', 'header', 'declared', 'unmarked']) {
    site.html.set(`/${name}`, fillPage(name, site, texts));
  }
  site.headers.set('/header', { link: `<${site.log}/v1/trails/exact>; rel="witnessmark"` });
  extension = await startExtension(main.trustText(), [
    ...[retiring, leaking, stolen, forging].map((world) => world.trustText()),
    stale.trustText({ validUntil: TIME }),
  ]);
}, 60_000);

afterAll(async () => {
  await extension?.stop();
  await site?.stop();
});

describe('a trail beside its own text', () => {
  const items: PageItem[] = [];
  beforeAll(async () => {
    const marked = Object.keys(CASES).map(
      (name) =>
        `<div data-witnessmark="${site.log}/v1/trails/${name}">${paragraphs(texts[name as 'exact'] ?? TEXT)}</div>`,
    );
    site.html.set('/cases', `<!doctype html><title>Cases</title><body>${marked.join('\n')}`);
    const { page, state } = await extension.open(`${site.pages}/cases`, marked.length);
    items.push(...state.items);
    await page.close();
  });

  test.each(Object.entries(CASES))('%s is what it is', (name, { seen }) => {
    const item = items.find(({ report }) => report?.trailUrl?.endsWith(`/${name}`));
    expect(item && words(item)).toBe(seen);
  });

  test('is an alert only where two things contradict each other', () => {
    const alerts = items.filter(({ report }) => report?.tone === 'alert').map(({ report }) => report?.verdict);
    expect(new Set(alerts)).toEqual(new Set(['invalid']));
    expect(items.filter(({ report }) => report?.verdict === 'invalid')).toHaveLength(alerts.length);
  });
});

describe('a page of each kind', () => {
  test('marked elements are judged one by one', async () => {
    const { page, tabId, state } = await extension.open(`${site.pages}/marked`, 7);
    expect(state.items.map(words)).toEqual([
      'verified',
      'verified',
      'unproven · content-none',
      CASES.tampered?.seen,
      'unproven · trail-unreachable',
      CASES.relayed?.seen,
      CASES.retired?.seen,
    ]);
    expect(state.items[1]?.report?.content).toMatchObject({ match: 'passages', matched: 2, of: 3 });
    expect(await extension.toolbar(tabId)).toContain('contradicts itself');
    const names = await badgeNames(page);
    expect(names).toHaveLength(7);
    expect(names[4]).toBe('The proof could not be fetched.');
    await page.close();
  });

  test('a trail inside the page is checked without any request but for the header of the page', async () => {
    site.requests.length = 0;
    const { page, state } = await extension.open(`${site.pages}/inline-trail`, 1);
    expect(state.items.map(words)).toEqual(['verified']);
    expect(site.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /inline-trail',
      'HEAD /inline-trail',
    ]);
    await page.close();
  });

  test.each(['linked', 'header'])('%s: the article is meant, not what stands around it', async (name) => {
    const { page, state } = await extension.open(`${site.pages}/${name}`, 1);
    expect(state.items.map((item) => [words(item), item.report?.content.match])).toEqual([['verified', 'exact']]);
    await page.close();
  });

  test('a declaration is said to be one, and one that denies a signed record conflicts with it', async () => {
    const { page, tabId, state } = await extension.open(`${site.pages}/declared`, 4);
    expect(state.items.map(({ declared, report }) => declared?.value ?? report?.verdict)).toEqual([
      'verified',
      'mixed',
      'ai-generated',
      'none',
    ]);
    const panel = await extension.panel(tabId);
    await panel.getByText('A signed record on the same text says otherwise.').waitFor();
    await panel.close();
    await page.close();
  });

  test('a page without markers is said nothing about', async () => {
    const { page, tabId, state } = await extension.open(`${site.pages}/unmarked`, 0);
    expect(state.items).toEqual([]);
    expect(await badgeNames(page)).toEqual([]);
    expect(await extension.toolbar(tabId)).toContain('No proof found');
    await page.close();
  });
});
