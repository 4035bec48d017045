/** A key's life as its trails tell it: retired by its origin, or revoked, quarantined and reinstated by the operator. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyThumbprint } from '#shared/attestation/key.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { parseKeyEvent } from '#shared/claim/key-event.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import type { Verdict } from '#shared/verdict/verdict.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { attestationOf, type IssuerKeys, postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';
import { expectProblem, publishedSize } from './support/problem.ts';

let log: LocalLog;
beforeAll(async () => {
  log = await startTestLog();
});
afterAll(() => log.stop());

const register = (origin: string): Promise<Response> => postJson(`${log.logUrl}/v1/issuers`, { origin });
const attest = (origin: string, key: IssuerKeys): Promise<Response> =>
  postJson(`${log.logUrl}/v1/attestations`, attestationOf('A passage.', origin, key));
const kidOf = (key: IssuerKeys): string => toBase64Url(keyThumbprint(key.publicKey));

const decide = (kid: string, action: string, body: unknown = {}, token = log.adminToken): Promise<Response> =>
  postJson(`${log.logUrl}/v1/issuers/keys/${kid}/${action}`, body, { authorization: `Bearer ${token}` });

/** A registered issuer with one key and one logged attestation. */
async function issuerWithTrail() {
  const key = ed25519.keygen();
  const issuer = await startIssuer([key]);
  expect((await register(issuer.origin)).status).toBe(200);
  const answer = await attest(issuer.origin, key);
  expect(answer.status).toBe(201);
  const address = `${log.logUrl}${answer.headers.get('location')}`;
  await answer.body?.cancel();
  return { key, issuer, address };
}

/** What a reader finds out about the trail at `address`. */
async function read(address: string): Promise<{ actions: string[]; verdict: Verdict }> {
  const text = await (await fetch(address)).text();
  const [trail, trust] = [parseTrail(text), parseTrust(log.trust)];
  if (!trail.ok || !trust.ok) throw new Error('unreadable');
  const actions = trail.value.events.map(({ claim }) => {
    const event = parseKeyEvent(claim);
    return event.ok ? event.value.action : event.reason;
  });
  return {
    actions,
    verdict: verifyTrail({
      trail: text,
      trust: [trust.value],
      now: Math.floor(Date.now() / 1000),
      evidenceKinds: [],
      noteAlgorithms: NOTE_ALGORITHMS,
    }),
  };
}

test('a key that its origin no longer lists is retired until it lists it again; what it signed stays verified', async () => {
  const { key, issuer, address } = await issuerWithTrail();
  const next = ed25519.keygen();
  issuer.keys = [next];
  expect(await (await register(issuer.origin)).json()).toMatchObject({
    logged: [
      { action: 'add', kid: kidOf(next) },
      { action: 'revoke', kid: kidOf(key), cause: 'retired' },
    ],
  });
  const size = await publishedSize(log.logUrl);
  await expectProblem(await attest(issuer.origin, key), 403, 'issuer-key-inactive');
  expect(await publishedSize(log.logUrl)).toBe(size);
  expect((await attest(issuer.origin, next)).status).toBe(201);

  const { actions, verdict } = await read(address);
  expect(actions).toEqual(['add', 'revoke']);
  expect(verdict).toMatchObject({
    verdict: 'verified',
    standing: { state: 'revoked', cause: 'retired', validWhenLogged: true },
  });

  issuer.keys = [next, key];
  expect(await (await register(issuer.origin)).json()).toMatchObject({ logged: [{ action: 'add', kid: kidOf(key) }] });
  expect((await attest(issuer.origin, key)).status).toBe(201);
  expect((await read(address)).verdict.standing).toMatchObject({ state: 'active', validWhenLogged: true });
  await issuer.stop();
});

test('an origin that lists no key any more has retired them all', async () => {
  const { key, issuer } = await issuerWithTrail();
  issuer.keys = [];
  expect(await (await register(issuer.origin)).json()).toMatchObject({
    keys: [{ kid: kidOf(key), state: 'retired' }],
    logged: [{ action: 'revoke', cause: 'retired' }],
  });
  await issuer.stop();
});

test('the operator quarantines a key, reinstates it and revokes it; each is logged, and read in the trail', async () => {
  const { key, issuer, address } = await issuerWithTrail();
  const kid = kidOf(key);
  const standing = async (): Promise<string> => (await read(address)).verdict.standing.state;

  expect(await (await decide(kid, 'quarantine', { cause: 'under-review' })).json()).toMatchObject({
    action: 'quarantine',
    kid,
    cause: 'under-review',
  });
  await expectProblem(await attest(issuer.origin, key), 403, 'issuer-key-inactive');
  expect(await standing()).toBe('quarantined');
  await expectProblem(await decide(kid, 'quarantine'), 409, 'key-unchanged');

  expect((await decide(kid, 'reinstate')).status).toBe(200);
  expect(await standing()).toBe('active');
  expect((await attest(issuer.origin, key)).status).toBe(201);

  expect((await decide(kid, 'revoke', { cause: 'compromised', effective: 0 })).status).toBe(200);
  await expectProblem(await decide(kid, 'reinstate'), 409, 'key-unchanged');
  const { actions, verdict } = await read(address);
  expect(actions).toEqual(['add', 'quarantine', 'reinstate', 'revoke']);
  expect(verdict.standing).toMatchObject({ state: 'revoked', cause: 'compromised', validWhenLogged: false });
  expect(verdict.verdict).not.toBe('verified');
  await issuer.stop();
});

test('a retired key is found compromised, and later from further back; its origin cannot bring it back', async () => {
  const { key, issuer, address } = await issuerWithTrail();
  const kid = kidOf(key);
  issuer.keys = [];
  expect((await register(issuer.origin)).status).toBe(200);
  expect((await decide(kid, 'revoke', { cause: 'compromised' })).status).toBe(200);
  expect((await read(address)).verdict).toMatchObject({ verdict: 'verified', standing: { cause: 'compromised' } });
  await expectProblem(await decide(kid, 'revoke', { cause: 'compromised' }), 409, 'key-unchanged');

  expect((await decide(kid, 'revoke', { cause: 'compromised', effective: 0 })).status).toBe(200);
  expect((await read(address)).verdict).toMatchObject({ verdict: 'unproven', standing: { validWhenLogged: false } });
  issuer.keys = [key];
  expect(await (await register(issuer.origin)).json()).toMatchObject({ keys: [{ kid, state: 'revoked' }], logged: [] });
  await issuer.stop();
});

test('a quarantined key is not its origin’s to retire or to add', async () => {
  const { key, issuer } = await issuerWithTrail();
  const kid = kidOf(key);
  expect((await decide(kid, 'quarantine')).status).toBe(200);
  for (const keys of [[], [key]]) {
    issuer.keys = keys;
    const answer = await (await register(issuer.origin)).json();
    expect(answer).toMatchObject({ keys: [{ kid, state: 'quarantined' }], logged: [] });
  }
  await issuer.stop();
});

let known: Awaited<ReturnType<typeof issuerWithTrail>> | undefined;
afterAll(() => known?.issuer.stop());

test.each<[string, (kid: string) => Promise<Response>, number, string]>([
  ['without a token', (kid) => postJson(`${log.logUrl}/v1/issuers/keys/${kid}/revoke`, {}), 401, 'unauthorized'],
  ['with another token', (kid) => decide(kid, 'revoke', {}, 'x'.repeat(48)), 401, 'unauthorized'],
  ['with a part of the token', (kid) => decide(kid, 'revoke', {}, log.adminToken.slice(1)), 401, 'unauthorized'],
  ['about a key nobody registered', () => decide('A'.repeat(43), 'revoke'), 404, 'key-unknown'],
  ['about something that is no key', () => decide('key', 'revoke'), 400, 'request-malformed'],
  ['with an action there is not', (kid) => decide(kid, 'forgive'), 400, 'request-malformed'],
  ['with an unknown field', (kid) => decide(kid, 'revoke', { reason: 'x' }), 400, 'request-malformed'],
  ['that reinstates backwards', (kid) => decide(kid, 'reinstate', { effective: 1 }), 400, 'request-malformed'],
])('a decision %s is refused, and nothing is logged', async (_, ask, status, reason) => {
  known ??= await issuerWithTrail();
  const size = await publishedSize(log.logUrl);
  const answer = await ask(kidOf(known.key));
  if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  await expectProblem(answer, status, reason);
  expect(await publishedSize(log.logUrl)).toBe(size);
});

test('the same decision taken twice within a second is logged twice', async () => {
  const { key, issuer, address } = await issuerWithTrail();
  const actions = ['quarantine', 'reinstate', 'quarantine', 'reinstate', 'quarantine'];
  for (const action of actions) expect((await decide(kidOf(key), action)).status).toBe(200);
  expect((await read(address)).actions).toEqual(['add', ...actions]);
  await expectProblem(await attest(issuer.origin, key), 403, 'issuer-key-inactive');
  await issuer.stop();
});
