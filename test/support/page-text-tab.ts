/** A tab of an installed browser in which `extension/page-text` reads what it shows. */
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import type * as pageText from '../../extension/page-text/page-text.ts';
import { browserPath } from './browser.ts';

declare global {
  /** The module under test, as the tab has it. */
  var PageText: typeof pageText;
}

export interface Read {
  readonly lines: string[];
  readonly truncated: boolean;
  readonly unread: number;
  /** What the range of each line holds. */
  readonly ranges: (string | undefined)[];
}

export interface Tab {
  /** Shows a document. */
  show(body: string, style?: string): Promise<void>;
  /** Runs a self-contained function in it. */
  run<T>(script: () => T): Promise<T>;
  /** The value of an expression in it. */
  runText<T>(expression: string): Promise<T>;
  /** Shows a document and reads `#root` in it, or the body. */
  read(body: string, style?: string): Promise<Read>;
  lines(body: string, style?: string): Promise<string[]>;
  close(): Promise<void>;
}

interface Page {
  setContent(html: string): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
}

async function open(browser: 'chromium' | 'firefox'): Promise<{ page: Page; close: () => Promise<void> }> {
  const executablePath = browserPath(browser);
  if (browser === 'chromium') {
    const running = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    return { page: await running.newPage(), close: () => running.close() };
  }
  const running = await puppeteer.launch({ browser, executablePath, headless: true });
  return { page: await running.newPage(), close: () => running.close() };
}

/** Opens a tab; the browser ends with it. */
export async function pageTextTab(browser: 'chromium' | 'firefox'): Promise<Tab> {
  const { outputFiles } = await build({
    entryPoints: ['extension/page-text/page-text.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'PageText',
    footer: { js: 'globalThis.PageText = PageText;' },
  });
  const bundle = outputFiles[0]?.text ?? '';
  const { page, close } = await open(browser);

  async function show(body: string, style = ''): Promise<void> {
    await page.setContent(`<!doctype html><style>${style}</style><body>${body}`);
    await page.evaluate(bundle);
  }
  const runText = async <T>(expression: string): Promise<T> => (await page.evaluate(expression)) as T;
  const run = <T>(script: () => T): Promise<T> => runText(`(${script.toString()})()`);
  async function read(body: string, style?: string): Promise<Read> {
    await show(body, style);
    return run(() => {
      const found = PageText.renderedLines(document.querySelector('#root') ?? document.body);
      const ranges = found.nodes.map((pieces) => PageText.rangeOf(pieces)?.toString());
      return { lines: found.lines, truncated: found.truncated, unread: found.unread, ranges };
    });
  }
  return { show, run, runText, read, lines: async (body, style) => (await read(body, style)).lines, close };
}
