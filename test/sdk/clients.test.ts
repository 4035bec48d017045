import { describe, expect, test } from 'vitest';
import {
  createIssuerClient,
  createIssuerKey,
  createTrailClient,
  fetchTrailAt,
  parseLogAddress,
} from '../../sdk/index.ts';
import { parseStatement, statementId, verifyStatement } from '../../shared/attestation/statement.ts';
import { toBase64Url } from '../../shared/bytes/base64.ts';
import { toHex } from '../../shared/bytes/hex.ts';
import { parseClaim } from '../../shared/claim/claim.ts';
import { attestedFingerprints } from '../../shared/fingerprint/attested-fingerprints.ts';
import { fingerprintHex } from '../../shared/fingerprint/text-fingerprints.ts';

const LOG = 'https://log.witnessmark.example';
const ID = 'A'.repeat(43);
const OUTPUT = {
  text: 'The tide follows the moon, twice a day, with a delay.\n\nSpring tides come with the new moon.',
  model: { provider: 'openai.com', name: 'gpt-5' },
  run: { operator: 'example.com' },
};
const LONG = Array.from({ length: 60 }, (_, n) => `word-${n}-of-it`).join(' ');
const key = createIssuerKey(new Uint8Array(32).fill(7));
const fixed = { now: () => 1_790_000_000, random: (length: number) => new Uint8Array(length).fill(1) };

describe('addresses', () => {
  test.each(['https://log.example', 'https://log.example/', 'http://127.0.0.1:8787', 'http://localhost:1/log'])(
    '%s is one',
    (address) => {
      expect(parseLogAddress(address).ok).toBe(true);
    },
  );

  test.each([
    'http://log.example',
    'log.example',
    'https://a:b@log.example',
    'https://log.example/?a',
    'file:///x',
    '',
  ])('%s is none', (address) => {
    expect(parseLogAddress(address)).toMatchObject({ ok: false, reason: 'address-malformed' });
  });
});

describe('issuer client', () => {
  const client = (fetcher: typeof fetch, slept: number[] = []) =>
    createIssuerClient({
      log: LOG,
      issuer: 'https://example.com',
      key,
      fetch: fetcher,
      sleep: async (milliseconds) => void slept.push(milliseconds),
      ...fixed,
    });
  const never: typeof fetch = async () => Promise.reject(new TypeError('cut'));

  test('signs the claim without any network', () => {
    const signed = client(never).sign(OUTPUT);
    const statement = parseStatement(signed.statement);
    const claim = parseClaim(signed.claim);
    expect(statement.ok && verifyStatement(statement.value, key.publicKey)).toBe(true);
    expect(statement.ok && [statement.value.issuer, statement.value.type, statement.value.issuedAt]).toEqual([
      'https://example.com',
      'output',
      1_790_000_000,
    ]);
    expect(claim.ok && claim.value.run).toEqual({ operator: 'example.com', at: 1_790_000_000, by: 'self' });
    expect(claim.ok && claim.value.accountability.level).toBe('logged');
    expect(signed.passages).toHaveLength(2);
    expect(signed.id).toBe(statementId(signed.statement));
    expect(client(never).sign(OUTPUT)).toEqual(signed);
  });

  /** What the log is sent about an output of more than forty words. */
  async function sent(more: { fingerprints?: boolean | 'oblivious'; publishText?: boolean; text?: string }) {
    const bodies: string[] = [];
    const refusing: typeof fetch = async (_url, init) => {
      bodies.push(String(init?.body));
      return Response.json({ title: 'No' }, { status: 422 });
    };
    await client(refusing).attest({ ...OUTPUT, text: LONG, ...more });
    return { text: bodies[0] ?? '', body: JSON.parse(bodies[0] ?? '') as Record<string, unknown> };
  }

  test('sends fingerprints of a long text, and never the text unless it is to be published', async () => {
    const { text, body } = await sent({});
    const all = attestedFingerprints([LONG], LONG.length);
    expect(body['fingerprints']).toEqual({
      'wm-winnow-1': all['wm-winnow-1'].map(fingerprintHex),
      'wm-minhash-1': all['wm-minhash-1'].map(fingerprintHex),
    });
    for (const word of LONG.split(' ')) expect(text).not.toContain(word);
    expect((await sent({ publishText: true })).body['text']).toBe(LONG);
  });

  test('for an index that cannot be read it sends fewer fingerprints, of one algorithm, and says what they are for', async () => {
    const text = Array.from({ length: 3000 }, (_, n) => `word${n}`).join(' ');
    const { body } = await sent({ fingerprints: 'oblivious', text });
    expect(body['index']).toBe('oblivious');
    const { 'wm-winnow-1': winnowed, 'wm-minhash-1': bands } = body['fingerprints'] as Record<string, string[]>;
    expect(bands).toEqual([]);
    expect(winnowed?.length).toBeGreaterThan(256);
    expect(winnowed?.length).toBeLessThanOrEqual(512);
  });

  test('without fingerprints it sends digests alone, and of a short text there are none', async () => {
    expect(Object.keys((await sent({ fingerprints: false })).body)).toEqual(['statement', 'claim', 'passages']);
    expect(client(never).sign(OUTPUT)).not.toHaveProperty('fingerprints');
  });

  test('sends the same bytes again after failures that may pass, waits as asked, and gives up with a reason', async () => {
    const bodies: unknown[] = [];
    const slept: number[] = [];
    const busy: typeof fetch = async (_url, init) => {
      bodies.push(init?.body);
      if (bodies.length === 1) throw new TypeError('connection reset');
      return new Response('{"title":"Busy"}', {
        status: 503,
        headers: bodies.length === 2 ? { 'retry-after': '2' } : {},
      });
    };
    const issued = await client(busy, slept).attest(OUTPUT);
    expect(issued).toMatchObject({ ok: false, reason: 'log-unreachable', detail: 'Busy' });
    expect(new Set(bodies).size).toBe(1);
    expect(bodies).toHaveLength(5);
    expect(slept).toEqual([250, 2000, 1000, 2000]);
    expect(String(bodies[0])).not.toContain('tide');
  });

  test('does not repeat what the log has refused', async () => {
    let calls = 0;
    const refusing: typeof fetch = async () => {
      calls++;
      return Response.json({ title: 'Unknown issuer', reason: 'issuer-unknown' }, { status: 403 });
    };
    expect(await client(refusing).attest(OUTPUT)).toEqual({
      ok: false,
      reason: 'log-refused',
      detail: 'issuer-unknown: Unknown issuer',
    });
    expect(calls).toBe(1);
  });

  test.each([
    [{ keys: [{ kid: toBase64Url(key.kid), state: 'active' }] }, true],
    [{ keys: [{ kid: toBase64Url(key.kid), state: 'revoked' }] }, 'key-inactive'],
    [{ keys: [{ kid: 'A'.repeat(43), state: 'active' }] }, 'key-not-published'],
    [{ keys: [null, 1] }, 'key-not-published'],
    [[], 'key-not-published'],
  ])('a registration answered with %j is %s', async (body, expected) => {
    const sent: unknown[] = [];
    const registered = await client(async (url, init) => {
      sent.push(String(url), init?.body);
      return Response.json(body);
    }).register();
    expect(registered.ok ? true : registered.reason).toBe(expected);
    expect(sent).toEqual([`${LOG}/v1/issuers`, '{"origin":"https://example.com"}']);
  });

  test('a key set that the origin does not serve is not asked for again', async () => {
    let calls = 0;
    const registered = await client(async () => {
      calls++;
      return Response.json({ title: 'No key set', reason: 'key-set-unreachable' }, { status: 502 });
    }).register();
    expect([registered.ok ? '' : registered.reason, calls]).toEqual(['log-refused', 1]);
  });

  test.each([
    ['no trail', 'hello', 'answer-malformed'],
    ['bytes that are no text', Uint8Array.of(0xff), 'answer-malformed'],
    ['more than a trail may have', new Uint8Array((1 << 20) + 1), 'answer-malformed'],
  ])('an answer with %s is refused', async (_what, body, reason) => {
    expect(await client(async () => new Response(body, { status: 201 })).attest(OUTPUT)).toMatchObject({
      ok: false,
      reason,
    });
  });

  test('refuses a log or issuer that is no secure address', () => {
    expect(() => createIssuerClient({ log: 'http://x.example', issuer: 'https://e.example', key })).toThrow(/log/);
    expect(() => createIssuerClient({ log: LOG, issuer: 'https://e.example/path', key })).toThrow(/issuer/);
  });
});

describe('trail client', () => {
  const digest = new Uint8Array(32).fill(0xab);
  const bucket = (entries: unknown) => Response.json({ alg: 'sha-256', prefix: 'abab', entries });
  const lookup = (answer: () => Response) => {
    const seen: string[] = [];
    const client = createTrailClient(LOG, {
      fetch: async (url) => {
        seen.push(String(url));
        return answer();
      },
    });
    return { seen, found: client.findByDigest('sha-256', digest) };
  };

  test('sends four hex digits of a digest, never more, and compares here', async () => {
    const hex = toHex(digest);
    const { seen, found } = lookup(() =>
      bucket([
        { suffix: '0'.repeat(60), id: 'B'.repeat(43) },
        { suffix: hex.slice(4), id: ID },
      ]),
    );
    expect(await found).toEqual({ ok: true, value: [ID] });
    expect(seen).toEqual([`${LOG}/v1/lookup/sha-256/abab`]);
  });

  test.each([
    ['no JSON', () => new Response('x')],
    ['no entries', () => Response.json({})],
    ['entries of another shape', () => bucket([{ suffix: 1, id: ID }])],
    ['an id that is none', () => bucket([{ suffix: 'b'.repeat(60), id: '../x' }])],
    ['upper-case suffixes', () => bucket([{ suffix: 'B'.repeat(60), id: ID }])],
  ])('a bucket with %s is malformed', async (_what, answer) => {
    expect(await lookup(answer).found).toMatchObject({ ok: false, reason: 'lookup-malformed' });
  });

  test('a server that fails is unreachable', async () => {
    expect(await lookup(() => new Response('', { status: 500 })).found).toMatchObject({ reason: 'lookup-unreachable' });
  });

  test.each([
    [404, 'trail-not-found'],
    [410, 'trail-not-found'],
    [500, 'trail-unreachable'],
    [429, 'trail-unreachable'],
  ])('status %i of a trail is %s', async (status, reason) => {
    const answer = await fetchTrailAt(`${LOG}/v1/trails/${ID}`, { fetch: async () => new Response('', { status }) });
    expect(answer).toMatchObject({ ok: false, reason });
  });

  test('reads the document behind a page for people', async () => {
    const seen: string[] = [];
    await fetchTrailAt(`${LOG}/t/${ID}`, {
      fetch: async (url) => {
        seen.push(String(url));
        return new Response('{}');
      },
    });
    expect(seen).toEqual([`${LOG}/v1/trails/${ID}`]);
  });

  test('stops reading an endless answer', async () => {
    let chunks = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks++;
        controller.enqueue(new Uint8Array(1 << 16));
      },
    });
    const answer = await fetchTrailAt(`${LOG}/v1/trails/${ID}`, { fetch: async () => new Response(endless) });
    expect(answer).toMatchObject({ ok: false, reason: 'trail-too-large' });
    expect(chunks).toBeLessThan(30);
  });

  test('gives up on an answer that never comes', async () => {
    const silent: typeof fetch = (_url, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('timeout'))));
    const answer = await fetchTrailAt(`${LOG}/v1/trails/${ID}`, { fetch: silent, timeoutMs: 20 });
    expect(answer).toMatchObject({ ok: false, reason: 'trail-unreachable' });
  });
});
