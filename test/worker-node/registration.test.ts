/** Registering an issuer: origins that misbehave are named and leave nothing, and a key's life is told by the log. */
import type { ServerResponse } from 'node:http';
import { ed25519 } from '@noble/curves/ed25519.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeKeySet, keyThumbprint } from '#shared/attestation/key.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { concatBytes } from '#shared/bytes/bytes.ts';
import { MAX_KEY_SET_BYTES } from '../../worker/issuers/fetch-key-set.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';
import { type HostileOrigin, startHostileOrigin } from './support/hostile-origin.ts';
import { expectProblem, publishedSize } from './support/problem.ts';

let log: LocalLog;
let dripping: HostileOrigin;
/** Asked at the beginning, answered when the log has lost its patience. */
let dripped: Promise<Response>;

beforeAll(async () => {
  log = await startTestLog({ witnesses: 0 });
  dripping = await startHostileOrigin((response) => {
    response.writeHead(200, TYPE);
    const drip = setInterval(() => response.write(KEYS.slice(0, 1)), 500);
    response.on('close', () => clearInterval(drip));
  });
  dripped = register(dripping.origin);
});
afterAll(async () => {
  await Promise.all([log.stop(), dripping.stop()]);
});

const register = (origin: string): Promise<Response> => postJson(`${log.logUrl}/v1/issuers`, { origin });
const publicKeys = (count: number): Uint8Array[] => Array.from({ length: count }, () => ed25519.keygen().publicKey);
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const KEYS = encodeKeySet(publicKeys(1));
const TYPE = { 'content-type': 'application/cose-key-set' };

const serve =
  (body: Uint8Array | string, headers: Record<string, string> = TYPE, status = 200) =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers).end(body);
  };

/** Announces nothing and sends until the log hangs up. */
function endless(response: ServerResponse): void {
  response.writeHead(200, TYPE);
  const more = (): void => {
    if (!response.destroyed) response.write(new Uint8Array(MAX_KEY_SET_BYTES), () => setImmediate(more));
  };
  more();
}

describe('an origin that', () => {
  test.each<[string, (response: ServerResponse) => void, string]>([
    ['answers 404', serve('', TYPE, 404), 'key-set-unreachable'],
    ['answers 500', serve(KEYS, TYPE, 500), 'key-set-unreachable'],
    ['answers 204', serve('', TYPE, 204), 'key-set-unreachable'],
    ['hangs up', (response) => response.destroy(), 'key-set-unreachable'],
    [
      'hangs up in the middle',
      (response) => {
        response.writeHead(200, { ...TYPE, 'content-length': '100' });
        response.write(KEYS.slice(0, 10), () => response.destroy());
      },
      'key-set-unreachable',
    ],
    ['serves 64 KiB and a byte', serve(new Uint8Array(MAX_KEY_SET_BYTES + 1)), 'key-set-too-large'],
    ['never stops sending', endless, 'key-set-too-large'],
    ['serves nothing', serve(''), 'key-set-malformed'],
    ['serves a page', serve(KEYS, { 'content-type': 'text/html; charset=utf-8' }), 'key-set-malformed'],
    ['serves JSON', serve('{"keys":[]}', { 'content-type': 'application/json' }), 'key-set-malformed'],
    ['does not say what it serves', serve(KEYS, {}), 'key-set-malformed'],
    ['serves JSON as a key set', serve('{"keys":[]}'), 'key-set-malformed'],
    ['serves a key set cut short', serve(KEYS.slice(0, -1)), 'key-set-malformed'],
    ['serves a byte after the key set', serve(concatBytes(KEYS, new Uint8Array(1))), 'key-set-malformed'],
    [
      'serves a list of indefinite length',
      serve(concatBytes(bytes(0x9f), KEYS.slice(1), bytes(0xff))),
      'key-set-malformed',
    ],
    ['serves the list in a longer form', serve(concatBytes(bytes(0x98, 1), KEYS.slice(1))), 'key-set-malformed'],
    ['lists a key twice', serve(concatBytes(bytes(0x82), KEYS.slice(1), KEYS.slice(1))), 'key-set-malformed'],
    [
      'names a key by another thumbprint',
      serve(KEYS.map((b, i) => (i === KEYS.length - 1 ? b ^ 1 : b))),
      'key-set-malformed',
    ],
    ['lists 33 keys', serve(encodeKeySet(publicKeys(33))), 'key-set-malformed'],
  ])('%s is told so, and nothing is logged', async (_, answer, reason) => {
    const hostile = await startHostileOrigin(answer);
    const size = await publishedSize(log.logUrl);
    await expectProblem(await register(hostile.origin), 502, reason);
    expect(hostile.seen).toEqual(['GET /.well-known/scitt-keys']);
    expect(await publishedSize(log.logUrl)).toBe(size);
    await hostile.stop();
  });

  test.each([301, 302, 303, 307, 308])('redirects with %i is not followed', async (status) => {
    const inside = await startHostileOrigin(serve(KEYS));
    const hostile = await startHostileOrigin(
      serve('', { location: `${inside.origin}/.well-known/scitt-keys` }, status),
    );
    await expectProblem(await register(hostile.origin), 502, 'key-set-redirected');
    expect(inside.seen).toEqual([]);
    await Promise.all([hostile.stop(), inside.stop()]);
  });

  test.each(['application/cbor', 'application/octet-stream', 'Application/COSE-Key-Set; q=1'])(
    'serves its key set as %s is registered',
    async (type) => {
      const plain = await startHostileOrigin(serve(encodeKeySet(publicKeys(1)), { 'content-type': type }));
      expect((await register(plain.origin)).status).toBe(200);
      await plain.stop();
    },
  );
});

test('registering again changes nothing, a new key is added, and 32 keys are taken', async () => {
  const issuer = await startIssuer();
  expect(await (await register(issuer.origin)).json()).toMatchObject({ logged: [{ action: 'add' }] });
  const size = await publishedSize(log.logUrl);
  expect(await (await register(issuer.origin)).json()).toMatchObject({ keys: [{ state: 'active' }], logged: [] });
  expect(await publishedSize(log.logUrl)).toBe(size);
  issuer.keys = [...issuer.keys, ...Array.from({ length: 31 }, () => ed25519.keygen())];
  const { keys, logged } = (await (await register(issuer.origin)).json()) as { keys: unknown[]; logged: unknown[] };
  expect([keys.length, logged.length]).toEqual([32, 31]);
  expect(await publishedSize(log.logUrl)).toBe(size + 31);
  await issuer.stop();
});

test('racing registrations of one origin log its key once', async () => {
  const issuer = await startIssuer();
  const size = await publishedSize(log.logUrl);
  const answers = await Promise.all(Array.from({ length: 6 }, () => register(issuer.origin)));
  expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
  expect(await publishedSize(log.logUrl)).toBe(size + 1);
  await issuer.stop();
});

test("another origin's key cannot be registered a second time, by whoever lists it", async () => {
  const owner = await startIssuer();
  expect((await register(owner.origin)).status).toBe(200);
  const thief = await startIssuer([...owner.keys, ed25519.keygen()]);
  const size = await publishedSize(log.logUrl);
  const { detail } = await expectProblem(await register(thief.origin), 409, 'key-registered-elsewhere');
  expect(detail).toBe(toBase64Url(keyThumbprint(owner.keys[0]?.publicKey ?? new Uint8Array())));
  expect(await publishedSize(log.logUrl)).toBe(size);
  await Promise.all([owner.stop(), thief.stop()]);
});

test('an origin that sends a byte now and then is given up on', async () => {
  const size = await publishedSize(log.logUrl);
  const { detail } = await expectProblem(await dripped, 502, 'key-set-unreachable');
  expect(detail).toMatch(/^no complete answer within [0-9]+ ms$/);
  expect(await publishedSize(log.logUrl)).toBe(size);
});
