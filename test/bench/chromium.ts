/** Runs one measuring function in the reader's engine: bundled, in an empty page, without network. */
import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/** The browser to use, or why there is none. */
export function chromiumPath(): string {
  const path = [process.env.CHROMIUM_PATH, ...PLACES].find((each) => each !== undefined && existsSync(each));
  if (path === undefined) throw new Error('no Chromium found: apt-get install chromium, or set CHROMIUM_PATH');
  return path;
}

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
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
    const result = await page.evaluate<T>(`bench.measure(${JSON.stringify(argument)})`);
    return { result, version: `Chromium ${browser.version()}` };
  } finally {
    await browser.close();
  }
}
