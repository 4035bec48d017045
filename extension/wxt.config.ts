/**
 * Builds the extension for Chrome and Firefox (Manifest V3), from the repository root:
 * `wxt build -c extension/wxt.config.ts [-b firefox]`. Run from the root because the source zip
 * for reviewers must contain `shared/`.
 *
 * Demo trust and loopback hosts enter a build in one way only: mode `development` and
 * `WITNESSMARK_DEV_TRUST=<trust document>`. A production build ignores that variable.
 */
import { readFileSync } from 'node:fs';
import { defineConfig } from 'wxt';
import { manifestFor } from './manifest.ts';

const version = JSON.parse(readFileSync('package.json', 'utf8')).version as string;

/** The text of the demo's trust document, or nothing: never in a production build. */
function devTrust(mode: string): string | null {
  const file = process.env.WITNESSMARK_DEV_TRUST;
  if (mode !== 'development' || file === undefined || file === '') return null;
  return readFileSync(file, 'utf8');
}

/** The badge's styles without the white space they are written with: they are in the script of every page. */
const compactBadge = {
  name: 'compact-badge',
  enforce: 'pre' as const,
  transform: (code: string, id: string): string | undefined =>
    id.endsWith('badge.css.ts')
      ? code.replace(/`\n[^`]*`/, (styles) => styles.replaceAll(/\s+/g, ' ').replaceAll(/ ?([{};,]) ?/g, '$1'))
      : undefined,
};

export default defineConfig({
  srcDir: 'extension',
  publicDir: 'extension/public',
  outDir: process.env.WITNESSMARK_EXTENSION_OUT ?? 'extension/.output',
  manifestVersion: 3,
  imports: false,
  manifest: ({ browser, mode }) =>
    manifestFor({ firefox: browser === 'firefox', version, development: devTrust(mode) !== null }),
  vite: ({ mode }) => ({
    plugins: [compactBadge],
    define: { __DEV_TRUST__: JSON.stringify(devTrust(mode)) },
    build: { minify: true, sourcemap: false },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  }),
  hooks: {
    'build:publicAssets': ({ config }, files) => {
      // A plain script, not a module: a document without an origin may not load modules of the package.
      const contents =
        '<!doctype html><meta charset="utf-8"><title>Requests</title><script src="/nameless.js"></script>';
      if (config.browser === 'firefox') files.push({ relativeDest: 'nameless.html', contents });
    },
  },
  zip: {
    name: 'witnessmark',
    includeSources: ['shared/**', 'extension/**', 'package.json', 'package-lock.json', 'tsconfig*.json', 'LICENSE'],
    excludeSources: ['test/**', 'worker/**', 'sdk/**', 'docs/**', 'demo/**', 'dist/**', '**/.output/**'],
  },
});
