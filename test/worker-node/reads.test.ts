/** What anybody may read: trails, claims, the log itself and its health; and what everything that is read has in common. */
import { sha256 } from '@noble/hashes/sha2.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseKeySet } from '#shared/attestation/key.ts';
import { fromBase64, toBase64, toBase64Url } from '#shared/bytes/base64.ts';
import { parseEntryBundle } from '#shared/log/tile.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import {
  attestationOf,
  type IssuerOrigin,
  lookupReady,
  postJson,
  startIssuer,
  startTestLog,
} from '../support/worker-harness.ts';
import { expectProblem, publishedSize } from './support/problem.ts';

let log: LocalLog;
let issuer: IssuerOrigin;
let id = '';
let body: ReturnType<typeof attestationOf>;
const lines: { event?: string; route?: string }[] = [];

beforeAll(async () => {
  const onLog = (line: string): void => {
    if (line.startsWith('{')) lines.push(JSON.parse(line));
  };
  [log, issuer] = await Promise.all([startTestLog({ witnesses: 0, onLog }), startIssuer()]);
  await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  body = attestationOf('A passage.', issuer.origin, key);
  const answer = await postJson(`${log.logUrl}/v1/attestations`, { ...body, text: 'A passage.' });
  id = answer.headers.get('location')?.split('/').at(-1) ?? '';
  await answer.body?.cancel();
  await lookupReady(log.logUrl);
});
afterAll(async () => {
  await Promise.all([log.stop(), issuer.stop()]);
});

const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${log.logUrl}${path}`, init);
const NOBODY = 'A'.repeat(43);
const digest = (): string => toBase64Url(sha256(fromBase64(body.claim) ?? new Uint8Array()));

describe('a read', () => {
  test.each<[string, () => string, string, string]>([
    ['a trail', () => `/v1/trails/${id}`, 'application/vnd.witnessmark.trail+json', 'public, max-age=5'],
    ['a claim', () => `/v1/claims/${digest()}`, 'application/cbor', 'public, max-age=300'],
    ['a text', () => `/v1/texts/${id}`, 'text/plain; charset=utf-8', 'public, max-age=300'],
    [
      'a bucket',
      () => '/v1/lookup/sha-256/0000',
      'application/json',
      'public, max-age=300, stale-while-revalidate=86400',
    ],
    ['the checkpoint', () => '/log/checkpoint', 'text/plain; charset=utf-8', 'no-store'],
    ['a tile', () => '/log/tile/0/000.p/2', 'application/octet-stream', 'public, max-age=31536000, immutable'],
    ['a bundle', () => '/log/tile/entries/000.p/2', 'application/octet-stream', 'public, max-age=31536000, immutable'],
    ['liveness', () => '/health/live', 'application/json', 'no-store'],
    ['readiness', () => '/health/ready', 'application/json', 'no-store'],
    ['the trust document', () => '/.well-known/witnessmark-trust', 'application/json', 'public, max-age=300'],
    ["the registrar's keys", () => '/.well-known/scitt-keys', 'application/cose-key-set', 'public, max-age=300'],
    ['the description', () => '/openapi.json', 'application/json', 'public, max-age=300'],
    ['the reference', () => '/reference', 'text/html; charset=utf-8', 'public, max-age=60'],
    ['a trail page', () => `/t/${id}`, 'text/html; charset=utf-8', 'public, max-age=60'],
  ])('of %s is typed, says how long it keeps, and is open to every page', async (_, path, type, cache) => {
    const answer = await get(path(), { headers: { origin: 'https://reader.example' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(type);
    expect(answer.headers.get('cache-control')).toBe(cache);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    const whole = await answer.arrayBuffer();
    expect(whole.byteLength).toBeGreaterThan(0);

    const head = await get(path(), { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, type]);
    expect((await head.arrayBuffer()).byteLength).toBe(0);
  });

  test.each<[string, string, number, string]>([
    ['an id nobody has', `/v1/trails/${NOBODY}`, 404, 'trail-not-found'],
    ['an id in a second spelling', `/v1/trails/${NOBODY.slice(1)}B`, 404, 'trail-not-found'],
    ['an id a character short', `/v1/trails/${NOBODY.slice(1)}`, 400, 'request-malformed'],
    ['an id a character long', `/v1/trails/${NOBODY}A`, 400, 'request-malformed'],
    ['an id in another alphabet', `/v1/trails/${NOBODY.slice(1)}%2B`, 400, 'request-malformed'],
    ['no id', '/v1/trails/', 404, 'not-found'],
    ['a claim nobody has', `/v1/claims/${NOBODY}`, 404, 'not-found'],
    ['a claim that is none', '/v1/claims/claim', 400, 'request-malformed'],
    ['a page for no id', '/t/none', 400, 'request-malformed'],
    ['a tile that is not there yet', '/log/tile/0/000', 404, 'not-found'],
    ['a tile of no width', '/log/tile/0/000.p/0', 404, 'not-found'],
    ['a tile of full width as a partial', '/log/tile/0/000.p/256', 404, 'not-found'],
    ['a tile above level 63', '/log/tile/64/000', 404, 'not-found'],
    ['a tile with a sign', '/log/tile/0/+00', 404, 'not-found'],
    ['another object beside the tiles', '/log/tile/..%2Fcheckpoint.cosigned', 404, 'not-found'],
    ['an object of another kind', '/claims/x', 404, 'not-found'],
    ['an unknown path', '/v2/trails', 404, 'not-found'],
    ['a file outside the pages', '/assets/..%2Findex.ts', 404, 'not-found'],
  ])('of %s is a problem, and open to every page as well', async (_, path, status, reason) => {
    const answer = await get(path);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    await expectProblem(answer, status, reason);
  });
});

test('a trail address gives the same bytes again, whatever its query', async () => {
  const [one, two] = await Promise.all([get(`/v1/trails/${id}`), get(`/v1/trails/${id}?refresh=1`)]);
  expect(await one.text()).toBe(await two.text());
});

test('the entry that was answered stands in the bundle', async () => {
  const size = await publishedSize(log.logUrl);
  const bundle = await get(`/log/tile/entries/000.p/${size}`);
  const entries = parseEntryBundle(new Uint8Array(await bundle.arrayBuffer()));
  expect(entries.ok && entries.value.map(toBase64)).toContain(body.statement);
});

test('the trust document and the registrar key agree', async () => {
  const trust = parseTrust(await (await get('/.well-known/witnessmark-trust')).text());
  const keys = parseKeySet(new Uint8Array(await (await get('/.well-known/scitt-keys')).arrayBuffer()));
  if (!trust.ok || !keys.ok) throw new Error('unreadable');
  expect(trust.value.registrars.map(({ publicKey }) => toBase64(publicKey))).toEqual(
    keys.value.slice(0, 1).map(({ publicKey }) => toBase64(publicKey)),
  );
});

describe('writing', () => {
  test('is not open to pages: nothing allows another origin, and a preflight only allows reads', async () => {
    for (const path of ['/v1/attestations', '/v1/issuers', `/v1/issuers/keys/${NOBODY}/revoke`]) {
      const preflight = await get(path, {
        method: 'OPTIONS',
        headers: { origin: 'https://page.example', 'access-control-request-method': 'POST' },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, HEAD');
      expect(preflight.headers.get('access-control-allow-headers')).toBeNull();
      const answer = await postJson(`${log.logUrl}${path}`, {}, { origin: 'https://page.example' });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      await answer.body?.cancel();
    }
  });

  test.each([
    ['GET', '/v1/attestations', 'POST'],
    ['PUT', '/v1/issuers', 'POST'],
    ['POST', '/v1/trails/x', 'GET, HEAD'],
    ['PATCH', '/v1/claims/x', 'GET, HEAD, DELETE'],
    ['DELETE', '/log/checkpoint', 'GET, HEAD'],
    ['POST', '/log/tile/0/000', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
  ])('%s %s is answered with what the path takes', async (method, path, allow) => {
    const answer = await get(path, { method });
    expect(answer.headers.get('allow')).toBe(allow);
    await expectProblem(answer, 405, 'method-not-allowed');
  });
});

test('alive is one word; ready names the sizes', async () => {
  expect(await (await get('/health/live')).json()).toEqual({ status: 'ok' });
  const size = await publishedSize(log.logUrl);
  expect(await (await get('/health/ready')).json()).toEqual({
    status: 'ok',
    size,
    publishedSize: size,
    checkpointAgeSeconds: expect.any(Number),
    behindSeconds: 0,
  });
});

test('every request has an id of its own, whatever the caller sends', async () => {
  const sent = { headers: { 'x-request-id': 'mine' } };
  const ids = (await Promise.all([get('/', sent), get('/', sent), get('/nowhere', sent)])).map(({ headers }) =>
    headers.get('x-request-id'),
  );
  expect(new Set(ids).size).toBe(3);
  for (const each of ids) expect(each).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
});

test('what somebody read is not in the log lines, only which route was asked', async () => {
  for (const path of [`/t/${id}`, `/v1/trails/${id}`, `/v1/claims/${digest()}`, '/v1/lookup/sha-256/beef']) {
    await (await get(`${path}?utm=beef`)).arrayBuffer();
  }
  await expect.poll(() => lines.some(({ route }) => route === '/v1/lookup/:alg/:prefix')).toBe(true);
  const text = JSON.stringify(lines);
  for (const said of [id, digest(), 'beef', body.statement.slice(0, 80)]) expect(text).not.toContain(said);
});
