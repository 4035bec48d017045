/** Finds the installed browsers: the tests use the reader's real engines and never download one. */
import { existsSync } from 'node:fs';

const PLACES = {
  chromium: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/snap/bin/chromium',
  ],
  firefox: ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/snap/bin/firefox'],
};

/** Where the browser is, by `CHROMIUM_PATH` or `FIREFOX_PATH` first, or `undefined`. */
export function findBrowser(name: keyof typeof PLACES): string | undefined {
  const named = process.env[`${name.toUpperCase()}_PATH`];
  return [named, ...PLACES[name]].find((path) => path !== undefined && path !== '' && existsSync(path));
}

/** Where the browser is; throws saying what to install when there is none. */
export function browserPath(name: keyof typeof PLACES): string {
  const path = findBrowser(name);
  if (path !== undefined) return path;
  const pkg = name === 'chromium' ? 'chromium' : 'firefox-esr';
  throw new Error(`no ${name} found: \`apt-get install ${pkg}\`, or set ${name.toUpperCase()}_PATH`);
}
