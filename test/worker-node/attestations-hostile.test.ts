/** Everything that must not become an entry, sent to the running log: a reason each, and nothing stored. */
import { request } from 'node:http';
import { sha256 } from '@noble/hashes/sha2.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statementId } from '#shared/attestation/statement.ts';
import { fromBase64, toBase64Url } from '#shared/bytes/base64.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { attestationOf, type IssuerOrigin, postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';
import { type Cast, HOSTILE, HOSTILE_TEXT } from './support/hostile-bodies.ts';
import { expectProblem, publishedSize } from './support/problem.ts';

let log: LocalLog;
let issuer: IssuerOrigin;
let other: IssuerOrigin;
let cast: Cast;

beforeAll(async () => {
  [log, issuer, other] = await Promise.all([startTestLog({ witnesses: 0 }), startIssuer(), startIssuer()]);
  for (const { origin } of [issuer, other]) {
    expect((await postJson(`${log.logUrl}/v1/issuers`, { origin })).status).toBe(200);
  }
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  cast = { origin: issuer.origin, key, otherOrigin: other.origin };
});
afterAll(async () => {
  await Promise.all([log.stop(), issuer.stop(), other.stop()]);
});

const good = () => attestationOf(HOSTILE_TEXT, cast.origin, cast.key);
const post = (body: RequestInit['body'], type = 'application/json'): Promise<Response> =>
  fetch(`${log.logUrl}/v1/attestations`, { method: 'POST', headers: { 'content-type': type }, body: body ?? null });
const digestOf = (base64: string): string => toBase64Url(sha256(fromBase64(base64) ?? new Uint8Array()));

test.each(HOSTILE)('%s is refused, and nothing is stored', async (_, change, status, reason) => {
  const body = change(good(), cast);
  const size = await publishedSize(log.logUrl);
  await expectProblem(await post(JSON.stringify(body)), status, reason);
  expect(await publishedSize(log.logUrl)).toBe(size);
  const id = statementId(fromBase64(body.statement) ?? new Uint8Array());
  await expectProblem(await fetch(`${log.logUrl}/v1/trails/${id}`), 404, 'trail-not-found');
  await expectProblem(await fetch(`${log.logUrl}/v1/claims/${digestOf(body.claim)}`), 404, 'not-found');
});

test('what the rows above change is accepted when it is not changed', async () => {
  expect((await post(JSON.stringify(good()))).status).toBe(201);
});

const MEGABYTE = 1024 * 1024;
const asJson = (change: (text: string) => string) => (): string => change(JSON.stringify(good()));

test.each<[string, () => string, string, number, string]>([
  ['JSON cut short', asJson((text) => text.slice(0, -1)), 'application/json', 400, 'request-malformed'],
  ['no body', () => '', 'application/json', 400, 'request-malformed'],
  ['null', () => 'null', 'application/json', 400, 'request-malformed'],
  ['a list', asJson((text) => `[${text}]`), 'application/json', 400, 'request-malformed'],
  ['a million brackets', () => '['.repeat(1_000_000), 'application/json', 400, 'request-malformed'],
  ['an unknown field', asJson((text) => text.replace('{', '{"x":1,')), 'application/json', 400, 'request-malformed'],
  ['__proto__', asJson((text) => text.replace('{', '{"__proto__":{},')), 'application/json', 400, 'request-malformed'],
  ['a number for a text', () => '{"statement":1,"claim":"AA=="}', 'application/json', 400, 'request-malformed'],
  ['another media type', asJson((text) => text), 'text/plain', 415, 'media-type-unsupported'],
  ['a form', () => 'statement=AA', 'application/x-www-form-urlencoded', 415, 'media-type-unsupported'],
])('a body that is %s is refused', async (_, body, type, status, reason) => {
  const size = await publishedSize(log.logUrl);
  await expectProblem(await post(body(), type), status, reason);
  expect(await publishedSize(log.logUrl)).toBe(size);
});

/** Sends the beginning of a body and never ends it; gives the answer that comes all the same. */
function begin(url: string, bytes: number, announced?: number): Promise<Response> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', ...(announced && { 'content-length': announced }) };
    const sending = request(url, { method: 'POST', headers }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk) => {
        text += chunk;
      });
      incoming.on('end', () => {
        sending.destroy();
        const received = new Headers(incoming.headers as Record<string, string>);
        resolve(new Response(text, { status: incoming.statusCode ?? 0, headers: received }));
      });
    });
    sending.on('error', reject);
    if (bytes === 0) sending.flushHeaders();
    else sending.write(Buffer.alloc(bytes, 'x'));
  });
}

test('a body announced as 10 MB is refused before it is sent', async () => {
  await expectProblem(await begin(`${log.logUrl}/v1/attestations`, 0, 10 * MEGABYTE), 413, 'body-too-large');
});

test('a body of unannounced length is refused once it is too long, not when it ends', async () => {
  await expectProblem(await begin(`${log.logUrl}/v1/attestations`, MEGABYTE + 1), 413, 'body-too-large');
});
