/** Runs one measuring function in the reader's engine: bundled, in an empty page, without network. */
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { browserPath } from '../support/browser.ts';

/** What the entry's exported `measure(argument)` returns inside Chromium, and the browser's version. */
export async function inChromium<T>(entry: string, argument: unknown): Promise<{ result: T; version: string }> {
  const bundle = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'bench',
    target: 'es2022',
    minify: true,
  });
  const browser = await chromium.launch({
    executablePath: browserPath('chromium'),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
    const result = await page.evaluate<T>(`bench.measure(${JSON.stringify(argument)})`);
    return { result, version: `Chromium ${browser.version()}` };
  } finally {
    await browser.close();
  }
}
