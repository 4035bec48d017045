/** What a build contains: what is asked for is what PERMISSIONS.md explains, and a release brings nothing of the demo. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../checks/source.ts';
import { World } from '../support/build-trail.ts';

interface Manifest {
  readonly permissions: string[];
  readonly optional_host_permissions: string[];
  readonly content_security_policy: { extension_pages: string };
  readonly [key: string]: unknown;
}

const folder = mkdtempSync(join(tmpdir(), 'witnessmark-build-'));
const trust = join(folder, 'trust.json');
const world = new World({ origin: 'demo.test.example/log' });
writeFileSync(trust, world.trustText());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Builds with the demo's trust document offered, as somebody who forgot the variable would; gives the built folder. */
function build(browser: 'chrome' | 'firefox', mode: 'production' | 'development'): string {
  const out = join(folder, `${browser}-${mode}`);
  const env = { ...process.env, WITNESSMARK_DEV_TRUST: trust, WITNESSMARK_EXTENSION_OUT: out };
  const args = ['build', '-c', 'extension/wxt.config.ts', '-b', browser, '--mode', mode];
  const { status, stderr } = spawnSync(join(ROOT, 'node_modules/.bin/wxt'), args, { cwd: ROOT, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const [only = ''] = readdirSync(out);
  return join(out, only);
}

const manifestOf = (built: string): Manifest => JSON.parse(readFileSync(join(built, 'manifest.json'), 'utf8'));

/** Every file of a kind, by name. */
const filesOf = (built: string, ending: RegExp): [string, string][] =>
  readdirSync(built, { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => [name, readFileSync(join(built, name), 'utf8')]);

/** The first cells of the tables in PERMISSIONS.md under a heading: the permission, and the browser it is for. */
function documented(heading: string): { name: string; only: string | undefined }[] {
  const text = readFileSync(join(ROOT, 'extension/PERMISSIONS.md'), 'utf8');
  const [, table = ''] = text.split(`| ${heading} |`);
  const rows = (table.split(/\n\s*\n/)[0] ?? '').matchAll(/^\| `([^`]+)`(?: \((\w+)\))? \| \S/gm);
  return [...rows].map(([, name = '', only]) => ({ name, only }));
}

describe.each([
  ['chrome', 'Chrome'],
  ['firefox', 'Firefox'],
] as const)('a release for %s', (browser, name) => {
  let built = '';
  let manifest: Manifest;
  beforeAll(() => {
    built = build(browser, 'production');
    manifest = manifestOf(built);
  });

  it('asks for exactly the permissions explained one by one', () => {
    const explained = documented('Permission').filter(({ only }) => only === undefined || only === name);
    expect(explained.length).toBeGreaterThan(3);
    expect([...manifest.permissions].sort()).toEqual(explained.map((each) => each.name).sort());
    expect(manifest.optional_host_permissions).toEqual(documented('Optional').map((each) => each.name));
  });

  it('reaches no site by itself, and no page reaches it', () => {
    for (const key of [
      'host_permissions',
      'content_scripts',
      'externally_connectable',
      'web_accessible_resources',
      'optional_permissions',
      'update_url',
      'key',
    ]) {
      expect(manifest, key).not.toHaveProperty(key);
    }
  });

  it('runs only what is in the package', () => {
    expect(manifest.content_security_policy).toEqual({
      extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'",
    });
    const scripts = filesOf(built, /\.m?js$/);
    expect(scripts.length).toBeGreaterThan(3);
    for (const [file, source] of scripts) {
      expect(source.match(/\beval\(|\bnew Function\(|importScripts\(/g), file).toBeNull();
      expect(source.match(/\bimport\(\s*["'`]?(https?:|data:|blob:)/g), file).toBeNull();
    }
    for (const [file, source] of filesOf(built, /\.html$/)) {
      expect(source.match(/(?:src|href)="(?!\/|\.)[^"]*"/g), file).toBeNull();
      expect(source.match(/<script(?![^>]*\ssrc=)[^>]*>/g), file).toBeNull();
    }
  });

  it('trusts nobody that its reader did not choose, whatever the environment says', () => {
    const [, key = ''] = /"log":"[^"]+","key":"([^"]+)"/.exec(world.trustText()) ?? [];
    expect(key).not.toBe('');
    for (const [file, source] of filesOf(built, /\.(m?js|json|html)$/)) {
      expect(source, file).not.toContain('demo.test.example');
      expect(source, file).not.toContain(key);
      expect(source, file).not.toContain('witness w1');
    }
  });

  it('speaks every language in full', () => {
    const languages = readdirSync(join(built, '_locales'));
    expect(languages.sort()).toEqual(readdirSync(join(ROOT, 'extension/public/_locales')).sort());
    const words = JSON.parse(readFileSync(join(built, '_locales/en/messages.json'), 'utf8'));
    const used = JSON.stringify(manifest).matchAll(/__MSG_(\w+)__/g);
    for (const [, key = ''] of used) expect(words, key).toHaveProperty(key);
  });
});

describe('a demo build', () => {
  it('trusts the demo’s log and looks at loopback pages, and nowhere else', () => {
    const built = build('chrome', 'development');
    const loopback = ['http://127.0.0.1/*', 'http://localhost/*'];
    const manifest = manifestOf(built);
    expect(manifest.host_permissions).toEqual(loopback);
    expect(manifest.content_scripts).toEqual([expect.objectContaining({ matches: loopback })]);
    expect(filesOf(built, /background\.js$/)[0]?.[1]).toContain('demo.test.example');
    const text = readFileSync(join(ROOT, 'extension/PERMISSIONS.md'), 'utf8');
    for (const host of loopback) expect(text).toContain(`\`${host}\``);
  });
});
