/** What becomes of an attestation that is good: one entry however often it is sent, and a trail that verifies. */
import { sha256 } from '@noble/hashes/sha2.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statementId } from '#shared/attestation/statement.ts';
import { fromBase64, toBase64, toBase64Url } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { plainLines } from '#shared/text/passages.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import {
  attestationOf,
  type IssuerKeys,
  type IssuerOrigin,
  postJson,
  startIssuer,
  startTestLog,
} from '../support/worker-harness.ts';
import { expectProblem, publishedSize } from './support/problem.ts';

const TEXT = 'The tide follows the moon.\n\nThe sun pulls along with it.';
let log: LocalLog;
let issuer: IssuerOrigin;
let key: IssuerKeys;

beforeAll(async () => {
  [log, issuer] = await Promise.all([startTestLog(), startIssuer()]);
  await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
  const [first] = issuer.keys;
  if (!first) throw new Error('no key');
  key = first;
});
afterAll(async () => {
  await Promise.all([log.stop(), issuer.stop()]);
});

const post = (body: unknown): Promise<Response> => postJson(`${log.logUrl}/v1/attestations`, body);
const idOf = (body: { statement: string }): string => statementId(fromBase64(body.statement) ?? new Uint8Array());
const indexIn = (trail: string): string | undefined => /\\nindex ([0-9]+)\\n/.exec(trail)?.[1];
const withdraw = (digest: string, token: string): Promise<Response> =>
  fetch(`${log.logUrl}/v1/claims/${digest}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });

test("the answer is a trail that verifies under the log's own trust document", async () => {
  const answer = await post(attestationOf(TEXT, issuer.origin, key));
  expect(answer.status).toBe(201);
  const trust = parseTrust(log.trust);
  if (!trust.ok) throw new Error(trust.reason);
  const now = Math.floor(Date.now() / 1000);
  const page = { lines: plainLines(TEXT) };
  const verdict = verifyTrail({
    trail: await answer.text(),
    trust: [trust.value],
    now,
    page,
    evidenceKinds: [],
    noteAlgorithms: NOTE_ALGORITHMS,
  });
  expect(verdict).toMatchObject({ verdict: 'verified', reasons: [], standing: { state: 'active' } });
  expect(verdict.content).toMatchObject({ matched: 2, of: 2 });
});

test('an attestation sent again is answered with 200, the same address and the same index', async () => {
  const body = attestationOf(TEXT, issuer.origin, key);
  const first = await post(body);
  const size = await publishedSize(log.logUrl);
  const second = await post(body);
  expect([first.status, second.status]).toEqual([201, 200]);
  expect([first, second].map((answer) => answer.headers.get('location'))).toEqual(
    Array(2).fill(`/v1/trails/${idOf(body)}`),
  );
  const [one, two] = [await first.text(), await second.text()];
  expect(indexIn(one)).toMatch(/^[0-9]+$/);
  expect(indexIn(two)).toBe(indexIn(one));
  expect(await publishedSize(log.logUrl)).toBe(size);
});

test('eight identical attestations at once become one entry, created once', async () => {
  const body = attestationOf(TEXT, issuer.origin, key);
  const size = await publishedSize(log.logUrl);
  const answers = await Promise.all(Array.from({ length: 8 }, () => post(body)));
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(7).fill(200), 201]);
  const indices = new Set(await Promise.all(answers.map(async (answer) => indexIn(await answer.text()))));
  expect([...indices]).toEqual([String(size)]);
  expect(await publishedSize(log.logUrl)).toBe(size + 1);
});

test('different attestations at once each get an index of their own', async () => {
  const size = await publishedSize(log.logUrl);
  const bodies = Array.from({ length: 8 }, () => attestationOf(TEXT, issuer.origin, key));
  const trails = await Promise.all(bodies.map(async (body) => (await post(body)).text()));
  const indices = trails.map((trail) => Number(indexIn(trail))).sort((a, b) => a - b);
  expect(indices).toEqual(Array.from({ length: 8 }, (_, n) => size + n));
});

test('evidence that the claim names travels with the trail', async () => {
  const record = utf8('{"seen":true}');
  const evidence = [{ kind: 'example.org/note', digest: sha256(record), binds: 'output' as const }];
  const body = attestationOf(TEXT, issuer.origin, key, { evidence });
  const answer = await post({ ...body, evidence: [['application/json', toBase64(record)]] });
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ evidence: [['application/json', toBase64(record)]] });
});

test('a withdrawn claim is served no more, nor accepted again, and its entry stays', async () => {
  const body = attestationOf(TEXT, issuer.origin, key);
  expect((await post(body)).status).toBe(201);
  const size = await publishedSize(log.logUrl);
  const digest = toBase64Url(sha256(fromBase64(body.claim) ?? new Uint8Array()));
  const served = await fetch(`${log.logUrl}/v1/claims/${digest}`);
  expect(toBase64(new Uint8Array(await served.arrayBuffer()))).toBe(body.claim);

  await expectProblem(await withdraw(digest, 'not the token of the operator'), 401, 'unauthorized');
  expect((await withdraw(digest, log.adminToken)).status).toBe(204);
  expect((await withdraw(digest, log.adminToken)).status).toBe(204);
  await expectProblem(await fetch(`${log.logUrl}/v1/claims/${digest}`), 410, 'claim-withdrawn');
  await expectProblem(await fetch(`${log.logUrl}/v1/trails/${idOf(body)}`), 410, 'claim-withdrawn');
  await expectProblem(await post(body), 410, 'claim-withdrawn');
  expect(await publishedSize(log.logUrl)).toBe(size);
});

test('what the log says about a key cannot be withdrawn, because every trail of its issuer needs it', async () => {
  const body = attestationOf(TEXT, issuer.origin, key);
  const trail = (await (await post(body)).json()) as { events: { claim: string }[] };
  const event = fromBase64(trail.events[0]?.claim ?? '') ?? new Uint8Array();
  await expectProblem(await withdraw(toBase64Url(sha256(event)), log.adminToken), 409, 'claim-kept');
  await expectProblem(await withdraw('A'.repeat(43), log.adminToken), 404, 'not-found');
  expect((await fetch(`${log.logUrl}/v1/trails/${idOf(body)}`)).status).toBe(200);
});

test('in a batch, too, an attestation is refused whose trail would be larger than readers take', async () => {
  const record = new Uint8Array(250 * 1024);
  const evidence = Array.from({ length: 4 }, () => ({
    kind: 'example.org/note',
    digest: sha256(record),
    binds: 'output' as const,
  }));
  const large = {
    ...attestationOf(TEXT, issuer.origin, key, { evidence }),
    evidence: evidence.map(() => ['application/octet-stream', toBase64(record)]),
  };
  await expectProblem(await post(large), 413, 'body-too-large');
  const attestations = [large, attestationOf(TEXT, issuer.origin, key)];
  const answer = await postJson(`${log.logUrl}/v1/attestations/batch`, { attestations });
  const { answers } = (await answer.json()) as { answers: object[] };
  expect(answers).toMatchObject([{ problem: { reason: 'body-too-large' } }, { duplicate: false }]);
});

test('a batch is answered one by one, in order: new, repeated and refused', async () => {
  const batch = (attestations: readonly unknown[]): Promise<Response> =>
    postJson(`${log.logUrl}/v1/attestations/batch`, { attestations });
  const [first, second, other] = Array.from({ length: 3 }, (_, n) =>
    attestationOf(`Passage ${n}.`, issuer.origin, key),
  );
  const forged = { ...second, claim: other?.claim };
  const answer = await batch([first, forged, second, first]);
  expect(answer.status).toBe(200);
  const { answers } = (await answer.json()) as { answers: { id?: string; trail?: object }[] };
  expect(answers).toMatchObject([
    { id: first && idOf(first), duplicate: false },
    { problem: { reason: 'claim-mismatch' } },
    { id: second && idOf(second), duplicate: false },
    { id: first && idOf(first), duplicate: true },
  ]);
  for (const { id, trail } of answers) {
    if (id === undefined) continue;
    const parsed = parseTrail(JSON.stringify(trail));
    expect(parsed.ok && statementId(parsed.value.statement)).toBe(id);
  }
  await expectProblem(await batch([]), 400, 'request-malformed');
  await expectProblem(await batch(Array.from({ length: 65 }, () => first)), 400, 'request-malformed');
});
