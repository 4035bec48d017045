/** A log that goes from one year to the next, from outside: one configuration change, and everything stays readable. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyThumbprint } from '#shared/attestation/key.ts';
import { fromBase64, toBase64Url } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { parseCheckpoint } from '#shared/log/checkpoint.ts';
import { parseNote } from '#shared/log/note.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { tilePath } from '#shared/log/tile.ts';
import { followShards } from '#shared/shards/follow-shards.ts';
import { parseTrust, type Trust } from '#shared/trust/trust.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import { freePort } from '../../worker/local/free-port.ts';
import { type LocalLog, startLocalLog } from '../../worker/local/start-local-log.ts';
import { attestationOf, type IssuerKeys, type IssuerOrigin, postJson, startIssuer } from '../support/worker-harness.ts';
import { expectProblem } from './support/problem.ts';

const ORIGINS = ['localhost/log/2026', 'localhost/log/2027', 'localhost/log/2028'];
const folder = mkdtempSync(join(tmpdir(), 'witnessmark-'));
let port: number;
let log: LocalLog;
let lastYear: string;
let issuer: IssuerOrigin;
/** One key for each state a key can be in. */
const keys = Object.fromEntries(
  ['active', 'retired', 'quarantined', 'revoked', 'compromised'].map((state) => [state, ed25519.keygen()]),
) as Record<string, IssuerKeys>;

/** Runs the log with the first `shards` origins; the last of them is open. */
async function run(shards: number): Promise<void> {
  await log?.stop();
  const origins = ORIGINS.slice(0, shards);
  log = await startLocalLog({ folder, port, origin: origins.at(-1) ?? '', earlier: origins.slice(0, -1) });
}

const key = (name: string): IssuerKeys => keys[name] ?? ed25519.keygen();
const kidOf = (name: string): string => toBase64Url(keyThumbprint(key(name).publicKey));
const decide = (name: string, action: string, cause: string): Promise<Response> =>
  postJson(
    `${log.logUrl}/v1/issuers/keys/${kidOf(name)}/${action}`,
    { cause },
    { authorization: `Bearer ${log.adminToken}` },
  );
const attest = (body: unknown): Promise<Response> => postJson(`${log.logUrl}/v1/attestations`, body);

function trustOf(text: string): Trust {
  const trust = parseTrust(text);
  if (!trust.ok) throw new Error(trust.detail);
  return trust.value;
}

const verdictOf = (trail: string, trust: Trust): Verdict =>
  verifyTrail({
    trail,
    trust: [trust],
    now: Math.floor(Date.now() / 1000),
    evidenceKinds: [],
    noteAlgorithms: NOTE_ALGORITHMS,
  });

const read = async (path: string): Promise<string> => {
  const answer = await fetch(`${log.logUrl}${path}`);
  expect(answer.status, path).toBe(200);
  return answer.text();
};

async function sizeOf(path: string): Promise<number> {
  const note = parseNote(await read(path));
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!checkpoint.ok) throw new Error(checkpoint.reason);
  return checkpoint.value.size;
}

const idIn = (answer: Response): string => (answer.headers.get('location') ?? '').replace('/v1/trails/', '');

const [withdrawnBefore, withdrawnAfter] = ['A passage withdrawn at once.', 'A passage withdrawn later.'] as const;
/** Another statement over the same claim each time. */
const sameClaim = (text: string) => attestationOf(text, issuer.origin, key('active'), { nonce: new Uint8Array(16) });
const claimOf = (text: string): string => toBase64Url(sha256(fromBase64(sameClaim(text).claim) ?? new Uint8Array()));
const withdraw = (text: string): Promise<Response> =>
  fetch(`${log.logUrl}/v1/claims/${claimOf(text)}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${log.adminToken}` },
  });

const OLD_TEXT = 'Last year’s passage.';
const old = { body: {} as ReturnType<typeof attestationOf>, id: '' };

beforeAll(async () => {
  port = await freePort();
  await run(1);
  lastYear = log.trust;
  issuer = await startIssuer(Object.values(keys));
  expect((await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin })).status).toBe(200);
  old.body = attestationOf(OLD_TEXT, issuer.origin, key('active'));
  const answer = await attest({ ...old.body, text: OLD_TEXT });
  expect(answer.status).toBe(201);
  old.id = idIn(answer);
  for (const text of [withdrawnBefore, withdrawnAfter]) expect((await attest(sameClaim(text))).status).toBe(201);
  expect((await withdraw(withdrawnBefore)).status).toBe(204);
  for (const [name, action, cause] of [
    ['quarantined', 'quarantine', 'asked'],
    ['revoked', 'revoke', 'superseded'],
    ['compromised', 'revoke', 'compromised'],
  ] as const) {
    expect((await decide(name, action, cause)).status).toBe(200);
  }
  issuer.keys = [key('active'), key('quarantined'), key('revoked'), key('compromised')];
  expect((await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin })).status).toBe(200);
  expect((await fetch(`${log.logUrl}/.well-known/witnessmark-shards`)).status).toBe(404);
  await run(2);
}, 60_000);

afterAll(async () => {
  await log?.stop();
  await issuer?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('after the rotation', () => {
  test('last year’s shard ends, and this year’s is open; both are served', async () => {
    const [first, second] = [await sizeOf('/log/checkpoint'), await sizeOf('/log/2027/checkpoint')];
    expect(await sizeOf('/log/2026/checkpoint')).toBe(first);
    expect(second).toBeGreaterThan(3);
    for (const base of ['/log', '/log/2026']) await read(`${base}/${tilePath(0, 0, first)}`);
    await read(`/log/2027/${tilePath(0, 0, second)}`);
    for (const path of ['/log/2025/checkpoint', '/log/2025/tile/0/000', '/log/2027/tile/0/x'])
      await expectProblem(await fetch(`${log.logUrl}${path}`), 404, 'not-found');
    expect(await (await fetch(`${log.logUrl}/health/ready`)).json()).toMatchObject({ status: 'ok', size: second });
  });

  test('a text of last year is served, and found beside one of this year that says the same', async () => {
    expect(await read(`/v1/texts/${old.id}`)).toBe(OLD_TEXT);
    const answer = await attest(attestationOf(OLD_TEXT, issuer.origin, key('active')));
    expect(answer.status).toBe(201);
    const hex = toHex(sha256(utf8(OLD_TEXT)));
    const found = async (): Promise<string[]> => {
      const { entries = [] } = (await (await fetch(`${log.logUrl}/v1/lookup/sha-256/${hex.slice(0, 4)}`)).json()) as {
        entries?: { suffix: string; id: string }[];
      };
      return entries.filter(({ suffix }) => suffix === hex.slice(4)).map(({ id }) => id);
    };
    await expect.poll(async () => (await found()).sort()).toEqual([old.id, idIn(answer)].sort());
  });

  test('an entry of last year is found as before, and its statement is not logged twice', async () => {
    const trail = await read(`/v1/trails/${old.id}`);
    expect(verdictOf(trail, trustOf(lastYear)).verdict).toBe('verified');
    expect((await fetch(`${log.logUrl}/entries/${old.id}`)).status).toBe(200);
    const before = await sizeOf('/log/2027/checkpoint');
    const again = await attest(old.body);
    expect([again.status, idIn(again)]).toEqual([200, old.id]);
    expect(await again.text()).toBe(trail);
    const bare = await fetch(`${log.logUrl}/entries`, {
      method: 'POST',
      headers: { 'content-type': 'application/cose' },
      body: Uint8Array.from(fromBase64(old.body.statement) ?? []),
    });
    expect(bare.status).toBe(200);
    expect(await sizeOf('/log/2027/checkpoint')).toBe(before);
  });

  test.each([
    ['before it', withdrawnBefore],
    ['after it', withdrawnAfter],
  ])('a claim of last year that was withdrawn %s stays so in every shard', async (when, text) => {
    if (when === 'after it') {
      await read(`/v1/claims/${claimOf(text)}`);
      expect((await withdraw(text)).status).toBe(204);
    }
    await expectProblem(await fetch(`${log.logUrl}/v1/claims/${claimOf(text)}`), 410, 'claim-withdrawn');
    await expectProblem(await attest(sameClaim(text)), 410, 'claim-withdrawn');
  });

  test('a trail of this year verifies from trust in last year alone, by the shard document', async () => {
    const answer = await attest(attestationOf('This year’s passage.', issuer.origin, key('active')));
    expect(answer.status).toBe(201);
    const trail = await answer.text();
    expect(verdictOf(trail, trustOf(lastYear)).reasons).toEqual(['log-unknown']);
    expect(verdictOf(trail, trustOf(log.trust)).verdict).toBe('verified');
    const followed = followShards(await read('/.well-known/witnessmark-shards'), trustOf(lastYear), NOTE_ALGORITHMS);
    if (!followed.ok) throw new Error(`${followed.reason} ${followed.detail}`);
    expect(verdictOf(trail, followed.value.trust).verdict).toBe('verified');
    expect(followed.value.shards.map(({ origin, url }) => [origin, url.replace(log.logUrl, '')])).toEqual([
      ['localhost/log/2026', '/log'],
      ['localhost/log/2027', '/log/2027'],
    ]);
  });

  test.each([
    ['retired', 'issuer-key-inactive'],
    ['quarantined', 'issuer-key-inactive'],
    ['revoked', 'issuer-key-inactive'],
    ['compromised', 'issuer-key-inactive'],
  ])('a key that was %s still is', async (name, reason) => {
    await expectProblem(await attest(attestationOf('x', issuer.origin, key(name))), 403, reason);
  });

  test('each key has the state it had, and may leave it only as before', async () => {
    const { keys: states } = (await (await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin })).json()) as {
      keys: { kid: string; state: string }[];
    };
    expect(Object.fromEntries(states.map(({ kid, state }) => [kid, state]))).toEqual({
      [kidOf('active')]: 'active',
      [kidOf('retired')]: 'retired',
      [kidOf('quarantined')]: 'quarantined',
      [kidOf('revoked')]: 'revoked',
      [kidOf('compromised')]: 'revoked',
    });
    await expectProblem(await decide('revoked', 'reinstate', 'x'), 409, 'key-unchanged');
    expect((await decide('quarantined', 'reinstate', 'x')).status).toBe(200);
    expect((await attest(attestationOf('reinstated', issuer.origin, key('quarantined')))).status).toBe(201);
  });

  test('one year more, all three are read from trust in any', async () => {
    await run(3);
    const document = await read('/.well-known/witnessmark-shards');
    const followed = followShards(document, trustOf(lastYear), NOTE_ALGORITHMS);
    if (!followed.ok) throw new Error(`${followed.reason} ${followed.detail}`);
    expect(followed.value.shards.map(({ origin }) => origin)).toEqual(ORIGINS);
    expect(verdictOf(await read(`/v1/trails/${old.id}`), followed.value.trust).verdict).toBe('verified');
    expect((await attest(attestationOf('The year after.', issuer.origin, key('active')))).status).toBe(201);
    const again = await attest(old.body);
    expect([again.status, idIn(again)]).toEqual([200, old.id]);
  });

  test('a worker set back to last year takes nothing: its shard has ended', async () => {
    await run(1);
    const answer = await attest(attestationOf('too late', issuer.origin, key('active')));
    await expectProblem(answer, 503, 'shard-frozen');
    expect((await attest(old.body)).status).toBe(200);
  });
});
