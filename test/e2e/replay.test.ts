/**
 * Replay in real browsers, through the extension's own host, document and worker: the three known answers, and what a
 * changed model, another output and an unlisted runtime come to.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KNOWN_ANSWERS } from '#shared/evidence/replay/known-answer/known-answer.ts';
import { encodeRecipe } from '#shared/evidence/replay/recipe.ts';
import { knownAnswer, recipeFor } from '../shared/evidence/known-recipe.ts';
import { browserPath, findBrowser } from '../support/browser.ts';
import { type Answer, buildHarness, serveModels } from './replay-harness/build.ts';

/** Cold, two warm ones, the first again, and five that must not be reproduced. */
function recipes(base: string): Uint8Array[] {
  const models = `${base}models/`;
  const known = KNOWN_ANSWERS.map((answer) => recipeFor(answer, models));
  const cnn = recipeFor(knownAnswer('cnn-fp32'), models);
  const [first] = known;
  const outputs = cnn.outputs.map((output) => ({ ...output, digest: new Uint8Array(32) }));
  return [
    ...known,
    first ?? cnn,
    { ...cnn, model: { ...cnn.model, url: `${base}changed/cnn-fp32.onnx` } },
    { ...cnn, model: { ...cnn.model, url: `${base}gone` } },
    { ...cnn, outputs },
    { ...cnn, attested: new Uint8Array(32) },
    { ...cnn, runtime: { ...cnn.runtime, wasm: new Uint8Array(32) } },
  ].map(encodeRecipe);
}

type Run = (folder: string, address: string) => Promise<Answer[]>;

const inChromium: Run = async (folder, address) => {
  const profile = mkdtempSync(join(tmpdir(), 'witnessmark-replay-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browserPath('chromium'),
    headless: false,
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--disable-extensions-except=${folder}`,
      `--load-extension=${folder}`,
    ],
  });
  try {
    if (context.serviceWorkers().length === 0) await context.waitForEvent('serviceworker');
    const page = await context.newPage();
    await page.goto(address);
    const answers = await page.waitForFunction(() => document.body.dataset.answers, null, { timeout: 60_000 });
    return JSON.parse((await answers.jsonValue()) ?? '[]');
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
};

const inFirefox: Run = async (folder, address) => {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: browserPath('firefox'),
    headless: true,
    enableExtensions: true,
  });
  try {
    await browser.installExtension(folder);
    const page = await browser.newPage();
    await page.goto(address);
    const answers = await page.waitForFunction(() => document.body.dataset.answers, { timeout: 60_000 });
    return JSON.parse(String(await answers.jsonValue()));
  } finally {
    await browser.close();
  }
};

describe.each([
  ['Chromium', 'chrome', 'chromium', inChromium],
  ['Firefox', 'firefox', 'firefox', inFirefox],
] as const)('replay in %s', (name, build, browser, run) => {
  const installed = findBrowser(browser) !== undefined;
  let answers: Answer[] = [];
  let requested: string[] = [];

  beforeAll(async () => {
    if (!installed) return;
    const site = await serveModels(recipes);
    try {
      answers = await run(await buildHarness(build), site.base);
      requested = site.requested.filter((path) => path !== '/' && path !== '/favicon.ico');
    } finally {
      site.close();
    }
    console.log(
      `${name}: ${answers.map(({ outcome, milliseconds }) => `${outcome.state} ${milliseconds} ms`).join(', ')}`,
    );
  }, 120_000);
  afterAll(() => {
    if (!installed) console.log(`${name} is not installed: replay is untested there`);
  });

  const it = test.skipIf(!installed);
  const reasons = (from: number, to?: number) => answers.slice(from, to).map(({ outcome }) => outcome.reason);

  it('the three known answers are reproduced bit for bit', () => {
    expect(answers.slice(0, 3).map(({ outcome }) => outcome.state)).toEqual(['reproduced', 'reproduced', 'reproduced']);
  });

  it('the self-test runs once, before the first answer', () => {
    expect(answers[0]?.steps).toEqual(['runtime', 'self-test', 'model', 'input', 'run', 'compare']);
    expect(answers[1]?.steps).toEqual(['runtime', 'model', 'input', 'run', 'compare']);
  });

  it('an answer given before is not run again', () => {
    expect(answers[3]).toMatchObject({ outcome: { state: 'reproduced' }, steps: [] });
  });

  it('a changed or missing model is not available, another output is a mismatch, another runtime is not certified', () => {
    expect(reasons(4)).toEqual([
      'model-digest-mismatch',
      'model-unreachable',
      'replay-output-differs',
      'replay-attested-differs',
      'runtime-unlisted',
    ]);
  });

  it('nothing is fetched but the models the recipes name', () => {
    expect(requested).toEqual([
      '/models/cnn-fp32.onnx',
      '/models/reduce-fp32.onnx',
      '/models/causal-int8.onnx',
      '/changed/cnn-fp32.onnx',
      '/gone',
      '/models/cnn-fp32.onnx',
      '/models/cnn-fp32.onnx',
    ]);
  });
});
