/** Filters of a running log: what was attested can be known to be there without asking for it. */
import { sha256 } from '@noble/hashes/sha2.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { type Filter, filterKey, mayContain, parseFilter } from '#shared/filter/filter.ts';
import { type FilterManifest, manifestKey, openManifest } from '#shared/filter/manifest.ts';
import { blindFingerprints, OPRF_BATCH, oprfKey, oprfName, parseElements, unblind } from '#shared/oprf/oprf.ts';
import { bindBytes } from '#shared/text/bind.ts';
import { passageDigest, passagesOf, plainLines } from '#shared/text/passages.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { attestationOf, type IssuerOrigin, postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';
import { expectProblem } from './support/problem.ts';

const SECRET = new Uint8Array(32).fill(5);
/** Long enough for as many fingerprints as any text may bring. */
const LONG = Array.from({ length: 900 }, (_, n) => `word${n}`).join(' ');
const TEXT = 'The tide follows the moon.\n\nThe sun pulls along with it.';
let log: LocalLog;
let silent: LocalLog;
let issuer: IssuerOrigin;

beforeAll(async () => {
  const oprf = Buffer.from(SECRET).toString('base64');
  [log, silent, issuer] = await Promise.all([
    startTestLog({ witnesses: 0, filterSeconds: 1, oprfKey: oprf }),
    startTestLog({ witnesses: 0, filterSeconds: 1 }),
    startIssuer(),
  ]);
  for (const each of [log, silent]) await postJson(`${each.logUrl}/v1/issuers`, { origin: issuer.origin });
});
afterAll(() => Promise.all([log.stop(), silent.stop(), issuer.stop()]));

const attest = async (to: LocalLog, text: string): Promise<void> => {
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  const answer = await postJson(`${to.logUrl}/v1/attestations`, attestationOf(text, issuer.origin, key));
  expect(answer.status).toBe(201);
  await answer.body?.cancel();
};

/** The list as a reader of the log's trust document reads it; nothing while there is none. */
async function manifestOf(of: LocalLog): Promise<FilterManifest | undefined> {
  const answer = await fetch(`${of.logUrl}/v1/filters`);
  const text = await answer.text();
  if (answer.status === 404) return undefined;
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  const trust = parseTrust(of.trust);
  const [registrar] = trust.ok ? trust.value.registrars : [];
  if (!registrar) throw new Error('no registrar');
  const opened = openManifest(text, manifestKey(registrar.log, registrar.publicKey));
  if (!opened.ok) throw new Error(opened.reason);
  return opened.value;
}

async function filtersOf(of: LocalLog): Promise<Filter[]> {
  return Promise.all(
    ((await manifestOf(of))?.filters ?? []).map(async ({ digest }) => {
      const answer = await fetch(`${of.logUrl}/v1/filters/${toBase64Url(digest)}`);
      const filter = parseFilter(new Uint8Array(await answer.arrayBuffer()));
      if (!filter.ok) throw new Error(filter.reason);
      return filter.value;
    }),
  );
}
const knows = (filters: readonly Filter[], alg: string, hex: string): boolean =>
  filters.some(
    ({ name, ...filter }) => name === `${alg}/${hex[0]}` && mayContain({ name, ...filter }, filterKey(hex) ?? -1),
  );
const passages = (text: string): string[] => passagesOf(plainLines(text)).map((each) => toHex(passageDigest(each)));

test('a passage is in the filters soon after it was attested, and in no other', async () => {
  await attest(log, TEXT);
  const found = async (): Promise<boolean[]> => {
    const filters = await filtersOf(log);
    return passages(TEXT).map((hex) => knows(filters, 'wm-match-1', hex));
  };
  await expect.poll(found, { timeout: 20_000, interval: 300 }).toEqual([true, true]);
  expect(knows(await filtersOf(log), 'wm-match-1', toHex(sha256(Uint8Array.of(1))))).toBe(false);
});

/** Waits until the list covers what is published now. */
async function untilCovered(of: LocalLog): Promise<FilterManifest> {
  const checkpoint = await (await fetch(`${of.logUrl}/log/checkpoint`)).text();
  const asOf = async (): Promise<number | undefined> => (await manifestOf(of))?.asOf;
  await expect.poll(asOf, { timeout: 20_000, interval: 300 }).toBe(Number(checkpoint.split('\n')[1]));
  return (await manifestOf(of)) as FilterManifest;
}

test('a reader who comes back fetches only the shards that got something new', async () => {
  await attest(log, 'One more.');
  const before = await untilCovered(log);
  const text = 'A text that brings a key of its own.';
  await attest(log, text);
  const after = await untilCovered(log);
  const name = `wm-match-1/${passages(text)[0]?.[0]}`;
  const others = ({ filters }: FilterManifest) => filters.filter((filter) => filter.name !== name);
  expect(others(before).length).toBeGreaterThan(0);
  expect(others(after)).toEqual(others(before));
  expect(after.filters).not.toEqual(before.filters);
});

test('fingerprints are named obliviously, by the key the list gives, with proof', async () => {
  const manifest = await manifestOf(log);
  const key = oprfKey(SECRET);
  expect(manifest?.oprf).toEqual(key.publicKey);
  const random = (count = 32): Uint8Array => crypto.getRandomValues(new Uint8Array(count));
  const blinded = blindFingerprints([{ alg: 'wm-winnow-1', hex: '0123456789ab' }], random);
  const answer = await postJson(`${log.logUrl}/v1/lookup/oprf`, { blinded: blinded.elements.map(toHex) });
  expect([
    answer.status,
    answer.headers.get('access-control-allow-origin'),
    answer.headers.get('cache-control'),
  ]).toEqual([200, '*', 'no-store']);
  const { evaluated, proof } = (await answer.json()) as { evaluated: string[]; proof: string };
  const elements = parseElements(evaluated) ?? [];
  const named = unblind(blinded, 1, { elements, proof: Buffer.from(proof, 'hex') }, key.publicKey);
  expect(named).toEqual({ ok: true, value: [oprfName('wm-winnow-1', '0123456789ab', key)] });
});

/** Attestations under what is looked up; none while the index is being built. */
async function foundBy(of: LocalLog, alg: string, hex: string): Promise<string[]> {
  const answer = await fetch(`${of.logUrl}/v1/lookup/${alg}/${hex.slice(0, 4)}`);
  if (answer.status === 503) return [];
  const { entries } = (await answer.json()) as { entries: { suffix: string; id: string }[] };
  return entries.filter(({ suffix }) => suffix === hex.slice(4)).map(({ id }) => id);
}

const HEX = Array.from({ length: 5 }, (_, n) => `${n}123456789ab`);
const obliviously = async (to: LocalLog, more: object = {}): Promise<Response> => {
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  const body = attestationOf(LONG, issuer.origin, key);
  const brought = { fingerprints: { 'wm-winnow-1': HEX }, index: 'oblivious' };
  return postJson(`${to.logUrl}/v1/attestations`, { ...body, ...brought, ...more });
};

test('what its issuer wants unreadable is in index and filters under names alone', async () => {
  const answer = await obliviously(log);
  expect(answer.status).toBe(201);
  await answer.body?.cancel();
  const id = answer.headers.get('location')?.split('/').at(-1);
  const names = HEX.map((hex) => oprfName('wm-winnow-1', hex, oprfKey(SECRET)));
  for (const name of names) await expect.poll(() => foundBy(log, 'wm-oprf-1', name)).toEqual([id]);
  await untilCovered(log);
  const filters = await filtersOf(log);
  for (const name of names) expect(knows(filters, 'wm-oprf-1', name)).toBe(true);
  for (const hex of HEX) {
    expect(await foundBy(log, 'wm-winnow-1', hex)).toEqual([]);
    expect(knows(filters, 'wm-winnow-1', hex)).toBe(false);
  }
  for (const hex of passages(LONG)) expect(await foundBy(log, 'wm-match-1', hex)).toEqual([]);
  expect(await foundBy(log, 'sha-256', toHex(sha256(bindBytes(LONG))))).toEqual([]);
});

test('a log refuses to hide what it cannot, or what is published beside it', async () => {
  await expectProblem(await obliviously(silent), 422, 'index-not-oblivious');
  await expectProblem(await obliviously(log, { text: LONG }), 422, 'fingerprints-refused');
  const many = Array.from({ length: 513 }, (_, n) => n.toString(16).padStart(12, '0'));
  await expectProblem(await obliviously(log, { fingerprints: { 'wm-winnow-1': many } }), 422, 'fingerprints-refused');
  await expectProblem(await obliviously(log, { index: 'secret' }), 400, 'request-malformed');
});

test.each([
  ['no list', {}],
  ['an empty list', { blinded: [] }],
  ['too many', { blinded: Array.from({ length: OPRF_BATCH + 1 }, () => '00'.repeat(32)) }],
  ['the identity', { blinded: ['00'.repeat(32)] }],
  ['what is no element', { blinded: ['ff'.repeat(32)] }],
  ['a short element', { blinded: ['00'] }],
  ['another field', { blinded: ['e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76'], more: 1 }],
])('%s to be named is refused', async (_, body) => {
  await expectProblem(await postJson(`${log.logUrl}/v1/lookup/oprf`, body), 400, 'request-malformed');
});

test('a browser extension may ask to have fingerprints named, and nothing else by POST', async () => {
  const preflight = async (path: string): Promise<(string | null)[]> => {
    const answer = await fetch(`${log.logUrl}${path}`, { method: 'OPTIONS' });
    return ['methods', 'headers'].map((name) => answer.headers.get(`access-control-allow-${name}`));
  };
  expect(await preflight('/v1/lookup/oprf')).toEqual(['GET, HEAD, POST', 'content-type']);
  expect(await preflight('/v1/attestations')).toEqual(['GET, HEAD', null]);
});

test('a log without a key for it says that it names nothing, and lists none', async () => {
  const body = { blinded: ['e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76'] };
  await expectProblem(await postJson(`${silent.logUrl}/v1/lookup/oprf`, body), 404, 'oprf-not-offered');
  await attest(silent, TEXT);
  await expect.poll(async () => await manifestOf(silent), { timeout: 20_000, interval: 300 }).toBeDefined();
  expect(await manifestOf(silent)).not.toHaveProperty('oprf');
});
