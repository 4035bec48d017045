/** The trail page audits a whole log: real log, real browser; between them a server that can lie. */
import { type Browser, chromium, type Page } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import type { Claim } from '#shared/claim/claim.ts';
import { imageOutput } from '#shared/claim/image-output.ts';
import { openCheckpoint } from '#shared/log/checkpoint.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { axeFaults } from '../support/axe.ts';
import { browserPath, findBrowser } from '../support/browser.ts';
import { pngFile } from '../support/image-files.ts';
import { madeImage } from '../support/made-image.ts';
import { startTamperingProxy, type TamperingProxy } from '../support/tampering-proxy.ts';
import { attestationOf, type IssuerOrigin, postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';

const ATTESTED = 640;

let log: LocalLog;
let issuer: IssuerOrigin;
let proxy: TamperingProxy;
let browser: Browser;
let trailId: string;
let size: number;

beforeAll(async () => {
  [log, issuer] = await Promise.all([startTestLog({ witnesses: 1, writesPerMinute: 1_000_000 }), startIssuer()]);
  proxy = await startTamperingProxy(log.logUrl);
  await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  const bodies = Array.from({ length: ATTESTED }, (_, i) => attestationOf(`Output ${i}.`, issuer.origin, key));
  let next = 0;
  const client = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const answer = await postJson(`${log.logUrl}/v1/attestations`, body);
      expect(answer.status).toBe(201);
      trailId ??= (answer.headers.get('location') ?? '').split('/').at(-1) ?? '';
    }
  };
  await Promise.all(Array.from({ length: 64 }, client));
  const trust = parseTrust(log.trust);
  const logKeys = trust.ok ? trust.value.policy.logs.map(({ key }) => key) : [];
  const checkpoint = await (await fetch(`${log.logUrl}/log/checkpoint`)).text();
  const opened = openCheckpoint(checkpoint, logKeys, NOTE_ALGORITHMS);
  size = opened.ok ? opened.value.checkpoint.size : 0;
  expect(size).toBeGreaterThan(ATTESTED);
  browser = await chromium.launch({
    executablePath: browserPath('chromium'),
    args: ['--no-sandbox', '--disable-gpu'],
  });
}, 120_000);

afterAll(async () => {
  await browser.close();
  await Promise.all([proxy.stop(), issuer.stop()]);
  await log.stop();
});

beforeEach(() => {
  proxy.tamper = (_, body) => body;
});

const EVERYTHING = /The whole log holds/;

async function opened(options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
  const page = await browser.newPage(options);
  await page.goto(`${proxy.url}/t/${trailId}`);
  return page;
}

const button = (page: Page) => page.getByRole('button', { name: /^(Audit|Stop)/ });
const status = (page: Page) => page.locator('#audit').getByRole('status');
const faults = (page: Page): Promise<string[]> => page.locator('#audit .faults li').allTextContents();

async function audited(page: Page, outcome: RegExp): Promise<string> {
  await button(page).click();
  await status(page).filter({ hasText: outcome }).waitFor();
  return (await status(page).textContent()) ?? '';
}

/** Flips one bit at `offset` of the file at `path`. */
const flipped =
  (path: string, offset: number): TamperingProxy['tamper'] =>
  (asked, body) => {
    if (asked !== path) return body;
    const changed = body.slice();
    changed[offset] = (changed[offset] ?? 0) ^ 1;
    return changed;
  };

describe('the audit of the whole log', () => {
  test('hashes every entry with SIMD and finds the root that the log signed', async () => {
    const page = await opened();
    const refused: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico')) refused.push(message.text());
    });
    const said = await audited(page, EVERYTHING);
    const entries = size.toLocaleString('en');
    expect(await page.locator('#audit').textContent()).toContain(
      `The log signed ${entries} entries; cosigned by witness-1.localhost. The signature was checked in this page.`,
    );
    expect(said).toContain(`${entries} entries, hashed in this page, give the root that the log signed`);
    expect(said).toContain('leads through the state this trail was proven in');
    expect(await page.locator('#audit .figures').textContent()).toMatch(
      new RegExp(`^${entries} of ${entries} entries · 0\\.\\d MB · [\\d,]+ tree nodes/s \\(WebAssembly with SIMD\\)$`),
    );
    expect([await faults(page), refused]).toEqual([[], []]);
    await page.close();
  });

  test('is used by keyboard alone, keeps the focus, and can be made again', async () => {
    const page = await opened();
    await button(page).focus();
    await page.keyboard.press('Enter');
    await status(page).filter({ hasText: EVERYTHING }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Audit again');
    proxy.tamper = flipped('/log/tile/0/001', 5000);
    await page.keyboard.press('Enter');
    await status(page).filter({ hasText: 'tiles made from them are wrong' }).waitFor();
    expect(await faults(page)).toHaveLength(1);
    proxy.tamper = (_, body) => body;
    await page.keyboard.press('Enter');
    await status(page).filter({ hasText: EVERYTHING }).waitFor();
    expect(await faults(page)).toEqual([]);
    await page.close();
  });

  test.each([
    [
      'an entry',
      '/log/tile/entries/001',
      300,
      /In tile\/entries\/001, entry \d+ is not/,
      /^tile\/entries\/001: entry \d+ is not the one/,
    ],
    ['an entry of the last bundle', 'last', 300, /not what it signed/, /^tile\/entries\/002\.p\/\d+: entry \d+ is not/],
    ['a tile', '/log/tile/0/001', 5000, /tiles made from them are wrong/, /^tile\/0\/001: differs .* at hash 156$/],
    ['a tile above', 'above', 40, /tiles made from them are wrong/, /^tile\/1\/000\.p\/2: differs .* at hash 1$/],
  ])('names the file where %s was changed', async (_, file, offset, outcome, fault) => {
    const path = { last: `/log/tile/entries/002.p/${size - 512}`, above: '/log/tile/1/000.p/2' }[file] ?? file;
    proxy.tamper = flipped(path, offset);
    const page = await opened();
    await audited(page, outcome);
    expect(await faults(page)).toContainEqual(expect.stringMatching(fault));
    await page.close();
  });

  test.each([
    [
      'a bundle is gone',
      (path: string, body: Uint8Array) => (path.endsWith('entries/001') ? undefined : body),
      /stopped answering/,
    ],
    [
      'a bundle is nonsense',
      (path: string, body: Uint8Array) => (path.endsWith('entries/001') ? Uint8Array.of(9) : body),
      /not what it signed/,
    ],
    [
      'a tile never ends',
      (path: string, body: Uint8Array) => (path.endsWith('0/001') ? new Uint8Array(20_000) : body),
      /is too large/,
    ],
    [
      'the checkpoint is nonsense',
      (path: string, body: Uint8Array) => (path.endsWith('checkpoint') ? new Uint8Array(99) : body),
      /cannot be read \(note-malformed\)/,
    ],
    [
      'the checkpoint is another',
      (path: string, body: Uint8Array) => (path.endsWith('checkpoint') ? changedSize(body) : body),
      /signature on its own state does not hold/,
    ],
    [
      'nobody answers for the checkpoint',
      (path: string, body: Uint8Array) => (path.endsWith('checkpoint') ? undefined : body),
      /cannot be read: no answer/,
    ],
  ])('says so where %s', async (_, tamper, words) => {
    const page = await opened();
    proxy.tamper = tamper;
    await audited(page, words);
    expect(await button(page).textContent()).toBe('Audit again');
    await page.close();
  });

  test('stops when asked, concludes nothing, and leaves the page usable meanwhile', async () => {
    const page = await opened();
    proxy.tamper = async (path, body) => {
      if (/^\/log\/tile\/entries\/00[12]/.test(path)) await new Promise((resolve) => setTimeout(resolve, 5000));
      return body;
    };
    await button(page).click();
    await page.locator('#audit .figures').filter({ hasText: '256 of' }).waitFor();
    await page.locator('#text').fill('The page answers while it audits.');
    expect(await button(page).textContent()).toBe('Stop');
    await button(page).click();
    expect(await status(page).textContent()).toBe(
      'Stopped after 256 entries. Nothing is concluded from a part of the log.',
    );
    expect(await button(page).textContent()).toBe('Audit again');
    await page.close();
  });

  test('cannot begin without the log’s keys, and says why', async () => {
    proxy.tamper = (path, body) => (path === '/.well-known/witnessmark-trust' ? new Uint8Array(0) : body);
    const page = await opened();
    await status(page).filter({ hasText: 'no key to check' }).waitFor();
    expect(await button(page).isDisabled()).toBe(true);
    await page.close();
  });

  test('is there for a trail that does not exist, without a state to lead through', async () => {
    const page = await browser.newPage();
    await page.goto(`${proxy.url}/t/${toBase64Url(new Uint8Array(32))}`);
    expect(await audited(page, EVERYTHING)).not.toContain('leads through');
    await page.close();
  });

  test('runs WebAssembly in its own thread, which the page itself may not', async () => {
    const page = await opened();
    const compiled = await page.evaluate(() => {
      try {
        return String(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)));
      } catch (cause) {
        return cause instanceof WebAssembly.CompileError ? 'refused' : String(cause);
      }
    });
    expect(compiled).toBe('refused');
    await page.close();
  });

  test.each(['light', 'dark'] as const)(
    'has no accessibility fault that axe finds, in a %s browser',
    async (scheme) => {
      const context = await browser.newContext({ colorScheme: scheme, bypassCSP: true });
      const page = await context.newPage();
      proxy.tamper = flipped('/log/tile/entries/001', 300);
      await page.goto(`${proxy.url}/t/${trailId}`);
      await audited(page, /not what it signed/);
      expect(await axeFaults(page, scheme)).toEqual([]);
      await context.close();
    },
  );

  test('fits a narrow phone', async () => {
    proxy.tamper = flipped('/log/tile/entries/001', 300);
    const page = await opened({ viewport: { width: 320, height: 640 } });
    await audited(page, /not what it signed/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await page.close();
  });
});

test.skipIf(findBrowser('firefox') === undefined)('the audit runs in Firefox as well, with SIMD', async () => {
  const firefox = await puppeteer.launch({
    browser: 'firefox',
    executablePath: browserPath('firefox'),
    headless: true,
  });
  try {
    const page = await firefox.newPage();
    await page.goto(`${proxy.url}/t/${trailId}`);
    await (await page.waitForSelector('#audit button'))?.click();
    await page.waitForSelector('#audit .result.holds');
    expect(await page.$eval('#audit', (audit) => audit.textContent)).toMatch(
      /WebAssembly with SIMD.*The whole log holds/,
    );
  } finally {
    await firefox.close();
  }
});

/** The same note, saying one more digit of its size. */
function changedSize(body: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(body);
  return new TextEncoder().encode(text.replace(/\n(\d+)\n/, '\n1$1\n'));
}

describe('what a reader saw elsewhere', () => {
  /** The page of an attestation made now. */
  async function pageOf(text: string, change: Partial<Claim> = {}): Promise<Page> {
    const [key] = issuer.keys;
    if (!key) throw new Error('no key');
    const { passages, ...body } = attestationOf(text, issuer.origin, key, change);
    const brought = text === '' ? body : { ...body, passages };
    const answer = await postJson(`${log.logUrl}/v1/attestations`, brought);
    expect(answer.status).toBe(201);
    const page = await browser.newPage();
    await page.goto(`${log.logUrl}/t/${answer.headers.get('location')?.split('/').at(-1)}`);
    return page;
  }
  /** The headline once the form has said so. */
  async function headline(page: Page, said: string): Promise<string> {
    await page.locator('.compare [aria-live]').filter({ hasText: said }).waitFor();
    return (await page.locator('#headline').textContent()) ?? '';
  }

  test('a text is compared by its passages', async () => {
    const page = await pageOf('The tide follows the moon twice a day, with a delay.\nThe sun adds to it.');
    const compared = async (text: string, said: string): Promise<string> => {
      await page.getByLabel('Paste the text you read').fill(text);
      await page.getByRole('button', { name: 'Compare' }).click();
      return headline(page, said);
    };
    const passage = 'The tide follows the moon twice a day, with a delay.';
    expect(await compared(`${passage}\nThe sun adds to it.`, 'the text is the attested text')).toContain('holds');
    expect(await compared(`${passage}\nSo they say.`, 'So they say.')).toBe('The trail holds for 1 of 2 passages');
    expect(await compared('Another text.', 'another text')).toBe('The trail is about another text');
    await page.close();
  });

  test('an image is compared by its bytes, and where these are others by its looks, which prove nothing', async () => {
    const scene = madeImage(1);
    const bytes = pngFile(scene);
    const page = await pageOf('', { output: imageOutput(bytes, 'image/png', scene) });
    const chosen = (file: Uint8Array) => ({ name: 'chosen', mimeType: '', buffer: Buffer.from(file) });
    const compared = async (file: Uint8Array, said: string): Promise<string> => {
      await page.getByLabel('Choose the image you saw').setInputFiles(chosen(file));
      return headline(page, said);
    };
    expect(await compared(bytes, 'the image is the attested image')).toContain('holds');
    const another = 'This is another file than the attested image';
    expect(await compared(pngFile(madeImage(1, 144, 96)), 'It looks like the attested one')).toBe(another);
    expect(await compared(pngFile(madeImage(2)), 'It looks different')).toBe(another);
    expect(await compared(utf8('no image'), another)).toBe(another);

    // While one file is decoded, another is chosen: what is said is said of that one.
    await page.evaluate(() => {
      const decode = createImageBitmap;
      const late = (file: Blob): Promise<ImageBitmap> =>
        new Promise((resolve) => Object.assign(window, { decodeNow: () => resolve(decode(file)) }));
      Object.assign(window, { createImageBitmap: late });
    });
    await page.getByLabel('Choose the image you saw').setInputFiles(chosen(pngFile(madeImage(2))));
    await page.waitForFunction('window.decodeNow');
    expect(await page.locator('#headline').textContent()).toBe('The trail holds');
    const same = await compared(bytes, 'the image is the attested image');
    await page.evaluate('window.decodeNow(); new Promise((resolve) => setTimeout(resolve, 500))');
    expect(await headline(page, 'the image is the attested image')).toBe(same);
    await page.locator('#image').setInputFiles([]);
    await page
      .locator('#headline')
      .filter({ hasText: /^The trail holds$/ })
      .waitFor();
    await page.close();
  });
});
