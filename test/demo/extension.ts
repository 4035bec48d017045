/** The extension as the demo uses it: a development build that trusts the demo's log, and the browser it runs in. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Worker } from 'playwright-core';
import { ROOT } from '../checks/source.ts';

/** Builds it with a trust document compiled in, for Chromium unless asked otherwise; gives the folder to load. */
export async function buildExtension(
  trustFile: string,
  into: string,
  browser: 'chrome' | 'firefox' = 'chrome',
): Promise<string> {
  rmSync(into, { recursive: true, force: true });
  const env = { ...process.env, WITNESSMARK_DEV_TRUST: trustFile, WITNESSMARK_EXTENSION_OUT: into };
  const args = ['build', '-c', 'extension/wxt.config.ts', '--mode', 'development', '-b', browser];
  const { code, text } = await finished(spawn(join(ROOT, 'node_modules/.bin/wxt'), args, { cwd: ROOT, env }));
  const folder = existsSync(into)
    ? readdirSync(into).find((name) => existsSync(join(into, name, 'manifest.json')))
    : undefined;
  if (code !== 0 || folder === undefined) throw new Error(`building the extension failed:\n${text}`);
  return join(into, folder);
}

function finished(child: ChildProcess): Promise<{ code: number | null; text: string }> {
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    text += String(chunk);
  });
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => done({ code, text }));
  });
}

const flags = (extension: string): string[] => [
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  `--disable-extensions-except=${extension}`,
  `--load-extension=${extension}`,
  // Chromium refuses its own sandbox to root; containers often run as root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** Chromium without a window, driven by the demo; `more`: further flags. */
export function launchHeadless(
  executable: string,
  extension: string,
  profile: string,
  more: readonly string[] = [],
): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: executable,
    headless: false,
    viewport: { width: 1280, height: 800 },
    args: ['--headless=new', '--disable-gpu', '--hide-scrollbars', ...flags(extension), ...more],
  });
}

/** The extension's background in Chromium; its start can race with the launch. */
export async function backgroundOf(context: BrowserContext): Promise<Worker> {
  for (let attempt = 0; attempt < 40; attempt++) {
    const [worker] = context.serviceWorkers();
    if (worker !== undefined) return worker;
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error('the extension did not start in Chromium');
}

/** Chromium for the reader, in a profile of the demo's own. */
export function openWindow(executable: string, extension: string, profile: string, url: string): ChildProcess {
  return spawn(executable, [`--user-data-dir=${profile}`, ...flags(extension), url], {
    stdio: 'ignore',
    detached: true,
  });
}

/** Whether a window can be opened here at all. */
export const hasDisplay = (): boolean =>
  process.platform === 'darwin' ||
  process.platform === 'win32' ||
  Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
