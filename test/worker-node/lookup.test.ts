/** Private lookup: a bucket tells everything under four hex digits, and nothing by its size. */
import { sha256 } from '@noble/hashes/sha2.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toBase64 } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { fromHex, toHex } from '#shared/bytes/hex.ts';
import { bindBytes } from '#shared/text/bind.ts';
import { passageDigest, passageRoot, passagesOf, plainLines } from '#shared/text/passages.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { KEY_BYTES, LOOKUP_ALGS, paddedBucket } from '../../worker/lookup/bucket.ts';
import {
  attestationOf,
  type IssuerKeys,
  type IssuerOrigin,
  lookupReady,
  postJson,
  startIssuer,
  startTestLog,
} from '../support/worker-harness.ts';
import { expectProblem } from './support/problem.ts';

interface Bucket {
  readonly alg: string;
  readonly prefix: string;
  readonly entries: readonly { readonly suffix: string; readonly id: string }[];
}

const TEXT = 'The tide follows the moon.\n\nThe sun pulls along with it.';
let log: LocalLog;
let issuer: IssuerOrigin;
let key: IssuerKeys;
let id = '';

const attest = async (text: string): Promise<string> => {
  const answer = await postJson(`${log.logUrl}/v1/attestations`, attestationOf(text, issuer.origin, key));
  await answer.body?.cancel();
  return answer.headers.get('location')?.split('/').at(-1) ?? '';
};

beforeAll(async () => {
  [log, issuer] = await Promise.all([startTestLog({ witnesses: 0 }), startIssuer()]);
  await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
  const [first] = issuer.keys;
  if (!first) throw new Error('no key');
  key = first;
  id = await attest(TEXT);
  await lookupReady(log.logUrl);
});
afterAll(async () => {
  await Promise.all([log.stop(), issuer.stop()]);
});

const bucketText = async (alg: string, prefix: string): Promise<string> =>
  (await fetch(`${log.logUrl}/v1/lookup/${alg}/${prefix}`)).text();
const bucket = async (alg: string, prefix: string): Promise<Bucket> => JSON.parse(await bucketText(alg, prefix));
const idsOf = ({ entries }: Bucket, digest: string): string[] =>
  entries.filter(({ suffix }) => suffix === digest.slice(4)).map((entry) => entry.id);

const outputDigest = (): string => toHex(sha256(bindBytes(TEXT)));
const passages = (): string[] => passagesOf(plainLines(TEXT)).map((passage) => toHex(passageDigest(passage)));

test('an output is found under its digest and each of its passages', async () => {
  const found = [...passages().map((hex) => ['wm-match-1', hex] as const), ['sha-256', outputDigest()] as const];
  expect(found).toHaveLength(3);
  for (const [alg, hex] of found) {
    await expect.poll(async () => idsOf(await bucket(alg, hex.slice(0, 4)), hex)).toEqual([id]);
  }
});

test('a bucket with a row and one without look the same: size, shape, bytes', async () => {
  const hex = outputDigest();
  await expect.poll(async () => idsOf(await bucket('sha-256', hex.slice(0, 4)), hex)).toEqual([id]);
  const present = await bucketText('sha-256', hex.slice(0, 4));
  const absent = await Promise.all(['0000', '7a3b', 'ffff'].map((prefix) => bucketText('sha-256', prefix)));
  for (const text of absent) expect(text.length).toBe(present.length);
  for (const text of [present, ...absent]) {
    const { entries } = JSON.parse(text) as Bucket;
    expect(entries).toHaveLength(32);
    expect(entries.map(({ suffix }) => suffix)).toEqual(entries.map(({ suffix }) => suffix).sort());
    for (const entry of entries) {
      expect(Object.keys(entry)).toEqual(['suffix', 'id']);
      expect(entry.suffix).toMatch(/^[0-9a-f]{60}$/);
      expect(entry.id).toMatch(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/);
    }
  }
});

test('asking again gives the same bytes, and another bucket has other padding', async () => {
  const [one, two, other, alg] = await Promise.all([
    bucketText('sha-256', '00aa'),
    bucketText('sha-256', '00aa'),
    bucketText('sha-256', '00ab'),
    bucketText('wm-match-1', '00aa'),
  ]);
  expect(two).toBe(one);
  const rows = [one, other, alg].flatMap((text) => (JSON.parse(text) as Bucket).entries.map((entry) => entry.suffix));
  expect(new Set(rows).size).toBe(96);
});

test('padding leads to no trail', async () => {
  const [row] = (await bucket('sha-256', '0000')).entries;
  await expectProblem(await fetch(`${log.logUrl}/v1/trails/${row?.id}`), 404, 'trail-not-found');
});

test('a digest that many outputs share gives at most sixteen of them', async () => {
  const text = 'Yes.';
  const ids = await Promise.all(Array.from({ length: 20 }, () => attest(text)));
  const hex = toHex(sha256(utf8(text)));
  await expect.poll(async () => idsOf(await bucket('sha-256', hex.slice(0, 4)), hex).length).toBe(16);
  for (const found of idsOf(await bucket('sha-256', hex.slice(0, 4)), hex)) expect(ids).toContain(found);
});

test('one attestation cannot fill a bucket with passages of its own invention', async () => {
  const prefix = 'beef';
  const digests = Array.from(
    { length: 40 },
    (_, n) => fromHex(prefix + toHex(sha256(utf8(`${n}`))).slice(4)) ?? utf8(''),
  );
  const output = { type: 'text/plain', size: 3, digest: sha256(utf8('odd')) };
  const passages = { alg: 'wm-match-1' as const, count: digests.length, root: passageRoot(digests) };
  const body = attestationOf('odd', issuer.origin, key, { output: { ...output, passages } });
  const answer = await postJson(`${log.logUrl}/v1/attestations`, { ...body, passages: digests.map(toBase64) });
  expect(answer.status).toBe(201);
  const own = answer.headers.get('location')?.split('/').at(-1);
  const rows = async () => (await bucket('wm-match-1', prefix)).entries.filter((entry) => entry.id === own).length;
  await expect.poll(rows).toBe(8);
});

test('a bucket is not sent again to whoever has it, until it has grown', async () => {
  const text = 'A text that makes one bucket grow.';
  const prefix = toHex(sha256(utf8(text))).slice(0, 4);
  const url = `${log.logUrl}/v1/lookup/sha-256/${prefix}`;
  const first = await fetch(url);
  const tag = first.headers.get('etag') ?? '';
  expect(tag).toMatch(/^"[^"]{16,}"$/);
  expect(await first.json()).toMatchObject({ complete: true });
  const ask = (): Promise<Response> => fetch(url, { headers: { 'if-none-match': tag } });
  const same = await ask();
  expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', tag]);
  expect(same.headers.get('cache-control')).toBe(first.headers.get('cache-control'));
  await attest(text);
  await expect.poll(async () => (await ask()).status).toBe(200);
});

test.each([
  [0, 32],
  [32, 32],
  [33, 64],
  [100, 128],
])('a bucket of %i rows is padded to %i, and loses none', (count, size) => {
  const real = Array.from({ length: count }, (_, n) => ({ suffix: toHex(sha256(utf8(`${n}`))).slice(4), id: `${n}` }));
  const rows = paddedBucket('sha-256', 'abcd', real, new Uint8Array(32));
  expect(rows).toHaveLength(size);
  expect(rows).toEqual(expect.arrayContaining(real));
});

test.each(LOOKUP_ALGS)('padding of %s has the form of its keys', (alg) => {
  const suffixes = paddedBucket(alg, 'abcd', [], new Uint8Array(32)).map(({ suffix }) => suffix);
  expect(new Set(suffixes.map(({ length }) => length))).toEqual(new Set([KEY_BYTES[alg] * 2 - 4]));
  expect(new Set(suffixes).size).toBe(32);
});

test.each([
  ['sha-256', ''],
  ['sha-256', 'a'],
  ['sha-256', 'abc'],
  ['sha-256', 'abcde'],
  ['sha-256', 'a'.repeat(64)],
  ['sha-256', 'ABCD'],
  ['sha-256', 'ghij'],
  ['sha-256', '..%2F'],
  ['sha-1', 'abcd'],
  ['SHA-256', 'abcd'],
])('%s/%s is no bucket: a prefix has four lower-case hex digits, so no address holds a digest', async (alg, prefix) => {
  const answer = await fetch(`${log.logUrl}/v1/lookup/${alg}/${prefix}`);
  await expectProblem(answer, prefix === '' ? 404 : 400, prefix === '' ? 'not-found' : 'request-malformed');
});

test('a bucket may be cached by everybody and is the same with credentials as without', async () => {
  const url = `${log.logUrl}/v1/lookup/sha-256/abcd`;
  const [plain, known] = await Promise.all([
    fetch(url),
    fetch(url, { headers: { cookie: 'a=b', authorization: 'Bearer x', referer: 'https://page.example/private' } }),
  ]);
  expect(plain.headers.get('cache-control')).toBe('public, max-age=300, stale-while-revalidate=86400');
  expect(plain.headers.get('vary')).toBeNull();
  expect(await known.text()).toBe(await plain.text());
});
