/** What an issuer discloses of its text: fingerprints by which copies are found, and the text itself, if it wants to. */
import { sha256 } from '@noble/hashes/sha2.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromBase64, toBase64Url } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { textOutput } from '#shared/claim/text-output.ts';
import { attestedFingerprints, FINGERPRINT_ALGS } from '#shared/fingerprint/attested-fingerprints.ts';
import { fingerprintHex } from '#shared/fingerprint/text-fingerprints.ts';
import { renderedLines, type TextType } from '#shared/text/text-type.ts';
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

const PARAGRAPH =
  'The moon pulls the nearer water more than the farther, and so a bulge runs round the world twice in a day, held back ' +
  'by every coast and every shelf it meets, until at some harbours it comes hours after the moon has passed and at others ' +
  'hardly comes at all, as any pilot knows.';
const TEXT = `# Tides\n\n${PARAGRAPH}\n\n${PARAGRAPH.replaceAll('moon', 'sun')}\n`;

let log: LocalLog;
let issuer: IssuerOrigin;
let key: IssuerKeys;

beforeAll(async () => {
  [log, issuer] = await Promise.all([startTestLog({ witnesses: 0 }), startIssuer()]);
  await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
  const [first] = issuer.keys;
  if (!first) throw new Error('no key');
  key = first;
});
afterAll(async () => {
  await Promise.all([log.stop(), issuer.stop()]);
});

type Sent = ReturnType<typeof attestationOf>;
/** An attestation of a text of this media type. */
const attested = (text: string, type: TextType = 'text/markdown'): Sent => {
  const { output } = textOutput(text, type, renderedLines(text, type));
  const { passages: _, ...claimed } = output;
  return attestationOf(text, issuer.origin, key, { output: claimed });
};
const fingerprintsOf = (text: string, type: TextType = 'text/markdown'): Record<string, string[]> => {
  const all = attestedFingerprints(renderedLines(text, type), utf8(text).length);
  return Object.fromEntries(FINGERPRINT_ALGS.map((alg) => [alg, all[alg].map(fingerprintHex)]));
};
const post = ({ passages: _, ...body }: Sent, disclosed: object): Promise<Response> =>
  postJson(`${log.logUrl}/v1/attestations`, { ...body, ...disclosed });
const idOf = (answer: Response): string => answer.headers.get('location')?.split('/').at(-1) ?? '';
async function logged(body: Sent, disclosed: object): Promise<string> {
  const answer = await post(body, disclosed);
  expect(answer.status).toBe(201);
  await answer.body?.cancel();
  return idOf(answer);
}
const textOf = (id: string): Promise<Response> => fetch(`${log.logUrl}/v1/texts/${id}`);
async function foundBy(alg: string, hex: string): Promise<string[]> {
  const answer = await fetch(`${log.logUrl}/v1/lookup/${alg}/${hex.slice(0, 4)}`);
  if (answer.status === 503) return [];
  const { entries } = (await answer.json()) as { entries: { suffix: string; id: string }[] };
  return entries.filter(({ suffix }) => suffix === hex.slice(4)).map(({ id }) => id);
}

test('a text is found by each of its fingerprints, and its trail says nothing of them', async () => {
  const fingerprints = fingerprintsOf(TEXT);
  const answer = await post(attested(TEXT), { fingerprints });
  expect(answer.status).toBe(201);
  expect(Object.keys((await answer.json()) as object)).not.toContain('fingerprints');
  const rows = FINGERPRINT_ALGS.flatMap((alg) => (fingerprints[alg] ?? []).map((hex) => [alg, hex] as const));
  expect(rows.length).toBeGreaterThan(50);
  for (const [alg, hex] of rows) await expect.poll(() => foundBy(alg, hex)).toContain(idOf(answer));
  await expectProblem(await textOf(idOf(answer)), 404, 'text-not-published');
});

test.each([
  ['text/markdown', TEXT],
  ['text/plain', 'Ein Text, wie er ist: „Tide“\r\n\u202Eund\u202C seine Zeichen \u{1F30A}\n'],
  ['text/plain', 'a lone surrogate \uD800 becomes what UTF-8 makes of it'],
] as const)('a published %s is served byte for byte, as nothing that runs', async (type, text) => {
  const id = await logged(attested(text, type), { text });
  const served = await textOf(id);
  expect(served.status).toBe(200);
  expect(new Uint8Array(await served.arrayBuffer())).toEqual(utf8(text));
  expect(served.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
  expect(served.headers.get('x-content-type-options')).toBe('nosniff');
  expect(served.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(served.headers.get('access-control-allow-origin')).toBe('*');
});

test('fingerprints beside the text are exactly the text’s; none may be left out or added', async () => {
  const fingerprints = fingerprintsOf(TEXT);
  const size = await publishedSize(log.logUrl);
  const [first = '', ...rest] = fingerprints['wm-winnow-1'] ?? [];
  for (const wrong of [
    { ...fingerprints, 'wm-winnow-1': rest },
    { ...fingerprints, 'wm-winnow-1': [...rest, '0123456789ab'] },
    { 'wm-winnow-1': [first, ...rest] },
    {},
  ]) {
    await expectProblem(await post(attested(TEXT), { fingerprints: wrong, text: TEXT }), 422, 'fingerprints-mismatch');
  }
  expect(await publishedSize(log.logUrl)).toBe(size);
  await logged(attested(TEXT), { fingerprints: { ...fingerprints, 'wm-winnow-1': [...rest, first] }, text: TEXT });
});

test('a withdrawn text is served no more and found no more', async () => {
  const text = TEXT.replaceAll('Tides', 'Tides to forget').replaceAll('world', 'globe');
  const body = attested(text);
  const fingerprints = fingerprintsOf(text);
  const id = await logged(body, { fingerprints, text });
  const [hex = ''] = fingerprints['wm-minhash-1'] ?? [];
  await expect.poll(() => foundBy('wm-minhash-1', hex)).toContain(id);
  const digest = toBase64Url(sha256(fromBase64(body.claim) ?? utf8('')));
  const withdrawn = await fetch(`${log.logUrl}/v1/claims/${digest}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${log.adminToken}` },
  });
  expect(withdrawn.status).toBe(204);
  await expectProblem(await textOf(id), 410, 'claim-withdrawn');
  expect(await foundBy('wm-minhash-1', hex)).not.toContain(id);
});

test('what came first is kept: a text cannot be published, or taken back, by sending its attestation again', async () => {
  const body = attested(TEXT);
  const id = await logged(body, {});
  expect((await post(body, { text: TEXT })).status).toBe(200);
  await expectProblem(await textOf(id), 404, 'text-not-published');
  const published = attested(TEXT);
  const other = await logged(published, { text: TEXT });
  expect((await post(published, {})).status).toBe(200);
  expect((await textOf(other)).status).toBe(200);
});

test('of many attestations at once each discloses its own, and a wrong text costs the others nothing', async () => {
  const bodies = [attested(TEXT), attested(TEXT), attested(TEXT)].map(({ passages: _, ...body }) => body);
  const [published, wrong, kept] = bodies;
  const answer = await postJson(`${log.logUrl}/v1/attestations/batch`, {
    attestations: [{ ...published, text: TEXT }, { ...wrong, text: `${TEXT}!` }, kept],
  });
  const { answers } = (await answer.json()) as { answers: { id?: string; problem?: { reason: string } }[] };
  expect(answers.map(({ problem }) => problem?.reason)).toEqual([undefined, 'text-mismatch', undefined]);
  expect((await textOf(answers[0]?.id ?? '')).status).toBe(200);
  expect((await textOf(answers[2]?.id ?? '')).status).toBe(404);
});

test('an id that nothing has is no text', async () => {
  await expectProblem(await textOf('A'.repeat(43)), 404, 'trail-not-found');
  await expectProblem(await textOf('short'), 400, 'request-malformed');
});

test.each([
  ['a text of 256 KiB and a byte', 'a'.repeat(256 * 1024 + 1), 'text/plain', 413, 'text-too-large'],
  ['a page', '<p>A page.</p>', 'text/html', 422, 'text-unsupported'],
  ['a text with parameters in its type', 'A text.', 'text/plain; charset=utf-7', 422, 'text-unsupported'],
] as const)('%s is not published', async (_what, text, type, status, reason) => {
  const output = { type, size: utf8(text).length, digest: sha256(utf8(text)) };
  const body = attestationOf(text, issuer.origin, key, { output });
  await expectProblem(await post(body, { text }), status, reason);
});

test('the largest text is published', async () => {
  const text = `${'word '.repeat(52_428)}word`.slice(0, 256 * 1024);
  expect((await textOf(await logged(attested(text, 'text/plain'), { text }))).status).toBe(200);
});

test('an output that is no text brings no fingerprints', async () => {
  const output = { type: 'image/png', size: 100_000, digest: sha256(utf8('picture')) };
  const body = attestationOf('picture', issuer.origin, key, { output });
  const fingerprints = { 'wm-winnow-1': ['0123456789ab'] };
  await expectProblem(await post(body, { fingerprints }), 422, 'fingerprints-refused');
});
