/** What a person who runs a log is told to type, and what would be uploaded. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { expectProblem } from './support/problem.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'witnessmark-deploy-'));
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(out, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const env = {
  ...process.env,
  PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH ?? ''}`,
  CI: '1',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
};

test.each([
  [
    'wrangler.toml',
    [
      'SEQUENCER',
      'LOOKUP',
      'FILTER_SHARD',
      'FILTER_CATALOGUE',
      'LOG_BUCKET',
      'WRITE_LIMIT',
      'ASSETS',
      'LOG_ORIGIN',
      'PUBLIC_URL',
    ],
  ],
  ['worker/witness/wrangler.toml', ['WITNESS', 'WITNESS_NAME', 'LOGS']],
])('%s deploys, up to the upload, with its bindings', (config, bindings) => {
  const folder = join(out, config.replaceAll('/', '-'));
  const run = spawnSync('wrangler', ['deploy', '--dry-run', '-c', config, '--outdir', folder], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  });
  expect(run.status, run.stderr).toBe(0);
  for (const binding of bindings) expect(run.stdout).toMatch(new RegExp(`env\\.${binding}\\b`));
  expect(readdirSync(folder)).toContain('index.js');
  // Cloudflare takes 3 MiB compressed on the free plan; uncompressed is a bound that needs no compressor.
  expect(statSync(join(folder, 'index.js')).size).toBeLessThan(3 * 1024 * 1024);
});

interface Settings {
  readonly readConfig: (env: Record<string, string | undefined>) => { readonly allowLoopbackIssuers: boolean };
}
// By address: its types need the worker's platform, which is not this project's.
const settings = (): Promise<Settings> => import(new URL('../../worker/env.ts', import.meta.url).href);

/** The first shell block of the README after a heading. */
const commandAfter = (heading: string): string =>
  read('worker/README.md').split(`## ${heading}`)[1]?.split('```sh\n')[1]?.split('\n```')[0] ?? '';

describe('the example settings', () => {
  test('as they are stop the worker, which says what to set', async () => {
    const example = {
      ...parseEnv(read('.dev.vars.example')),
      LOG_ORIGIN: 'a.example/log/1',
      PUBLIC_URL: 'https://a.example',
    };
    const { readConfig } = await settings();
    expect(() => readConfig(example)).toThrow(/^LOG_KEY: set it to 32 random bytes in base64/);
  });

  test("filled in by the README's command are a whole local configuration", async () => {
    const command = commandAfter('On one machine').replace(/> \.dev\.vars\n.*$/s, '');
    expect(command).toMatch(/^sed /);
    const run = spawnSync('sh', ['-c', command], { cwd: ROOT, encoding: 'utf8' });
    expect(run.status, run.stderr).toBe(0);
    const { readConfig } = await settings();
    expect(readConfig(parseEnv(run.stdout))).toMatchObject({
      origin: 'localhost/log/2026',
      publicUrl: 'http://localhost:8787',
      allowLoopbackIssuers: true,
    });
  });
});

test.each([
  ['LOG_KEY', 'c2hvcnQ=', /^LOG_KEY:/],
  ['LOG_KEY_ML_DSA', 'c2hvcnQ=', /^LOG_KEY_ML_DSA: set it to 32 random bytes in base64/],
  ['REGISTRAR_KEY', undefined, /^REGISTRAR_KEY:/],
  ['REGISTRAR_KEY', 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=', /^REGISTRAR_KEY: must differ from LOG_KEY/],
  ['RECEIPT_KEY', undefined, /^RECEIPT_KEY:/],
  ['RECEIPT_KEY', 'AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=', /^RECEIPT_KEY: must differ/],
  ['OPRF_KEY', 'c2hvcnQ=', /^OPRF_KEY: set it to 32 random bytes in base64/],
  ['FILTER_SECONDS', '0', /^FILTER_SECONDS:/],
  ['FILTER_SECONDS', 'soon', /^FILTER_SECONDS:/],
  ['ADMIN_TOKEN', 'short', /^ADMIN_TOKEN:/],
  ['WITNESSES', 'quorum nobody', /^WITNESSES:/],
  ['WITNESSES', undefined, /^WITNESSES:/],
  ['WITNESSES_2', 'quorum none', /^WITNESSES: .*quorum: not exactly one name/],
  ['LOG_ORIGIN', 'https://log.example/log/2026', /^LOG_ORIGIN:/],
  ['PUBLIC_URL', 'https://log.example/path', /^PUBLIC_URL:/],
])('%s set to %j is refused by name', async (name, value, message) => {
  const good = {
    LOG_KEY: 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=',
    REGISTRAR_KEY: 'AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=',
    RECEIPT_KEY: 'AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=',
    ADMIN_TOKEN: 'a long enough token',
    WITNESSES: 'quorum none',
    LOG_ORIGIN: 'log.example/log/2026',
    PUBLIC_URL: 'https://log.example',
  };
  const { readConfig } = await settings();
  expect(readConfig({ ...good }).allowLoopbackIssuers).toBe(false);
  expect(() => readConfig({ ...good, [name]: value })).toThrow(message);
});

test.each(['/health/ready', '/v1/trails/x', '/.well-known/witnessmark-trust', '/openapi.json'])(
  'without settings %s says which is missing, and nothing else',
  async (path) => {
    vi.spyOn(console, 'info').mockReturnValue();
    vi.spyOn(console, 'error').mockReturnValue();
    const { app } = (await import(new URL('../../worker/app.ts', import.meta.url).href)) as {
      app: { request: (path: string, init: RequestInit, env: object) => Promise<Response> };
    };
    const answer = await app.request(path.replace('x', 'A'.repeat(43)), {}, {});
    const { detail } = await expectProblem(answer, 500, 'misconfigured');
    expect(detail).toMatch(/^LOG_ORIGIN: set it to/);
    expect((await app.request('/health/live', {}, {})).status).toBe(200);
  },
);

test('SCHEMA.md names every table and every column', () => {
  const schema = read('worker/storage/SCHEMA.md');
  const tables = [
    'storage/log-tables.ts',
    'storage/content-tables.ts',
    'storage/shard-tables.ts',
    'lookup/lookup-do.ts',
    'lookup/filter-shard-do.ts',
    'lookup/filter-catalogue-do.ts',
    'witness/witness-do.ts',
  ].flatMap((path) => [
    ...read(`worker/${path}`).matchAll(/CREATE TABLE IF NOT EXISTS (\w+) \(((?:[^()]|\([^()]*\))*)\)/g),
  ]);
  expect(tables.length).toBeGreaterThan(7);
  for (const [, table, definition = ''] of tables) {
    const row = schema.split('\n').find((line) => line.startsWith(`| \`${table}\` |`));
    expect(row, table).toBeDefined();
    const columns = definition.split(/,\s+(?![^(]*\))/).filter((column) => !column.startsWith('PRIMARY KEY'));
    expect(row?.split('|')[2]?.match(/`\w+`/g), table).toEqual(columns.map((column) => `\`${column.split(' ')[0]}\``));
  }
});

test('every file the README points to is there', () => {
  const readme = read('worker/README.md');
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = '']) => target);
  expect(links.length).toBeGreaterThan(20);
  for (const target of links)
    expect(statSync(join(ROOT, dirname('worker/README.md'), target)).isFile(), target).toBe(true);
  for (const [, folder] of readme.matchAll(/^\| `(\w+\/)` \|/gm)) {
    expect(statSync(join(ROOT, 'worker', folder ?? '')).isDirectory(), folder).toBe(true);
  }
});
