/** The pages for people: nothing from anywhere else, nothing inline, and readable without script. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROBLEMS } from '../../worker/errors.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { startTestLog } from '../support/worker-harness.ts';

const ID = 'A'.repeat(43);
let log: LocalLog;

beforeAll(async () => {
  log = await startTestLog({ witnesses: 0 });
});
afterAll(() => log.stop());

const get = (path: string): Promise<Response> => fetch(`${log.logUrl}${path}`);

/** The directives of a policy by name. */
const directives = (policy: string): Record<string, string> =>
  Object.fromEntries(
    policy.split('; ').map((directive) => {
      const [name = '', ...values] = directive.split(' ');
      return [name, values.join(' ')];
    }),
  );

describe.each([
  ['the trail page', `/t/${ID}`],
  ['the reference', '/reference'],
  ['the front page', '/'],
])('%s', (_, path) => {
  test('may load only from its own origin, run nothing inline, and be framed by nobody', async () => {
    const policy = directives((await get(path)).headers.get('content-security-policy') ?? '');
    expect(policy).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(JSON.stringify(policy)).not.toMatch(/unsafe|\*|https?:/);
  });

  test('names no other origin, has no inline script or style, and what it loads is there', async () => {
    const html = await (await get(path)).text();
    expect(html).not.toMatch(/https?:\/\/|src="\/\/|href="\/\//);
    expect(html).not.toMatch(/<style|style="|<script(?![^>]* src=)|\son\w+=|javascript:/);
    const loaded = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, address]) => address ?? '');
    expect(loaded.length).toBeGreaterThan(1);
    for (const address of loaded) expect((await get(address)).status).toBe(200);
  });

  test('has a language, a title, one main part and one first heading', async () => {
    const html = await (await get(path)).text();
    expect(html).toMatch(/<html lang="en">/);
    expect(html).toMatch(/<title>[^<]+ · Witnessmark<\/title>/);
    expect(html.match(/<main /g)).toHaveLength(1);
    expect(html.match(/<h1>/g)).toHaveLength(1);
  });
});

test('without script the trail page says where the trail is, and never gives a verdict', async () => {
  const html = await (await get(`/t/${ID}`)).text();
  expect(html).toMatch(new RegExp(`<noscript>.*href="/v1/trails/${ID}".*</noscript>`));
  expect(html).not.toMatch(/verified|The trail holds/);
});

test('the reference lists every problem under the address that problems point to', async () => {
  const html = await (await get('/reference')).text();
  for (const [reason, [status]] of Object.entries(PROBLEMS)) {
    expect(html).toContain(`<tr id="${reason}"><th scope="row"><code>${reason}</code></th><td>${status}</td>`);
  }
});

test('only the thread that audits the log may run WebAssembly, and it may load nothing but the log', async () => {
  const policies = await Promise.all(
    ['/assets/audit-worker.js', '/assets/trail.js', `/t/${ID}`].map(
      async (path) => (await get(path)).headers.get('content-security-policy') ?? '',
    ),
  );
  expect(policies.map((policy) => policy.includes('wasm-unsafe-eval'))).toEqual([true, false, false]);
  expect(directives(policies[0] ?? '')).toEqual({
    'default-src': "'none'",
    'script-src': "'wasm-unsafe-eval'",
    'connect-src': "'self'",
  });
});

test.each(['/assets/trail.js', '/assets/audit-worker.js', '/assets/reference.js'])(
  '%s asks nobody but its own origin',
  async (path) => {
    const answer = await get(path);
    expect(answer.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(await answer.text()).not.toMatch(/(?:fetch|import)\(\s*["'`]https?:/);
  },
);
