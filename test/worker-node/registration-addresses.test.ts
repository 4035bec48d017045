/** Which addresses the log asks for a key set: everything that is not a plain public https origin is refused unasked. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeKeySet } from '#shared/attestation/key.ts';
import { readIssuerOrigin } from '../../worker/issuers/origin-policy.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { postJson, startTestLog } from '../support/worker-harness.ts';
import { type HostileOrigin, startHostileOrigin } from './support/hostile-origin.ts';
import { expectProblem, publishedSize } from './support/problem.ts';

let log: LocalLog;
let inside: HostileOrigin;

beforeAll(async () => {
  inside = await startHostileOrigin((response) => {
    response.setHeader('content-type', 'application/cose-key-set');
    response.end(encodeKeySet([new Uint8Array(32)]));
  });
  log = await startTestLog({ witnesses: 0, loopbackIssuers: false });
});
afterAll(async () => {
  await Promise.all([log.stop(), inside.stop()]);
});

const register = (origin: string): Promise<Response> => postJson(`${log.logUrl}/v1/issuers`, { origin });
const port = (): string => new URL(inside.origin).port;

test.each<[string, () => string]>([
  ['a loopback service', () => inside.origin],
  ['a loopback service by name', () => `http://localhost:${port()}`],
  ['a loopback service by https', () => `https://127.0.0.1:${port()}`],
  ['loopback in decimal', () => `http://2130706433:${port()}`],
  ['loopback in hex', () => `http://0x7f000001:${port()}`],
  ['loopback in octal', () => `http://0177.0.0.1:${port()}`],
  ['loopback in short form', () => `http://127.1:${port()}`],
  ['loopback in IPv6', () => `http://[::1]:${port()}`],
  ['loopback mapped into IPv6', () => `http://[::ffff:127.0.0.1]:${port()}`],
  ['user info before loopback', () => `https://news.example@127.0.0.1:${port()}`],
])('%s is not asked', async (_, origin) => {
  const size = await publishedSize(log.logUrl);
  await expectProblem(await register(origin()), 422, 'origin-not-allowed');
  expect(inside.seen).toEqual([]);
  expect(await publishedSize(log.logUrl)).toBe(size);
});

test.each([
  '',
  'news.example',
  '//news.example',
  'http://news.example',
  'ftp://news.example',
  'file:///etc/passwd',
  'data:application/cose-key-set;base64,gA==',
  'https://',
  'https://news.example/',
  'https://news.example/path',
  'https://news.example?query',
  'https://news.example#fragment',
  'https://News.example',
  'https://news.example.',
  'https://news..example',
  'https://.example',
  'https://news.example:443',
  'https://news.example:8443',
  'https://user@news.example',
  'https://user:password@news.example',
  'https://news.example\\@169.254.169.254',
  'https://news.example\n',
  ' https://news.example',
  'https://bücher.example',
  'https://news_room.example',
  'https://-news.example',
  'https://xn--.example',
  'https://intranet',
  'https://localhost',
  'https://log.localhost',
  'https://printer.local',
  'https://metadata.google.internal',
  'https://db.lan',
  'https://1.0.0.127.in-addr.arpa',
  'https://hidden.onion',
  'https://10.0.0.1',
  'https://127.0.0.1',
  'https://169.254.169.254',
  'https://172.16.0.1',
  'https://192.168.1.1',
  'https://100.64.0.1',
  'https://0.0.0.0',
  'https://8.8.8.8',
  'https://3232235777',
  'https://0xc0a80101',
  'https://0300.0250.1.1',
  'https://192.168.257',
  'https://[::]',
  'https://[fe80::1]',
  'https://[fd00::1]',
  'https://[::ffff:10.0.0.1]',
  'https://[64:ff9b::a00:1]',
  'https://[2001:db8::1]',
  `https://${'a'.repeat(64)}.example`,
  `https://${'a.'.repeat(130)}example`,
])('%j is not an origin of an issuer', async (origin) => {
  const size = await publishedSize(log.logUrl);
  const tooLong = origin.length > 260;
  await expectProblem(
    await register(origin),
    tooLong ? 400 : 422,
    tooLong ? 'request-malformed' : 'origin-not-allowed',
  );
  expect(await publishedSize(log.logUrl)).toBe(size);
});

test.each(['https://news.example', 'https://a.b.news.example', 'https://xn--bcher-kva.example', 'https://9.example'])(
  '%s is one',
  (origin) => {
    expect(readIssuerOrigin(origin, false)).toEqual({ ok: true, value: origin });
  },
);

test.each([{}, { origin: 1 }, { origin: 'https://news.example', more: 1 }, ['https://news.example'], null])(
  'a registration that is %j is malformed',
  async (body) => {
    await expectProblem(await postJson(`${log.logUrl}/v1/issuers`, body), 400, 'request-malformed');
  },
);

test('a registration of more than 4 KiB is refused unread', async () => {
  await expectProblem(await register('x'.repeat(5000)), 413, 'body-too-large');
});
