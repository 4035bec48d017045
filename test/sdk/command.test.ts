import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { painter, printable } from '../../sdk/cli/terminal.ts';
import { parseIssuerKey } from '../../sdk/issuer/key.ts';
import { parseKeySet } from '../../shared/attestation/key.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

const COMMANDS = ['keygen', 'register', 'issue', 'verify', 'replay', 'fsck', 'monitor', 'witness', 'verify-fork'];

describe('help', () => {
  test('lists every command and the exit codes', async () => {
    const { code, out } = await witnessmark(['--help']);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(out).toContain(name);
    expect(out).toContain('30 malformed input');
  });

  test.each(COMMANDS)('of %s shows its usage and an example, on the output stream', async (name) => {
    const asked = await witnessmark([name, '--help']);
    expect(asked).toMatchObject({ code: 0, err: '', requests: [] });
    expect(asked.out).toContain(`Usage: witnessmark ${name}`);
    expect(asked.out).toContain('Examples');
    expect((await witnessmark(['help', name])).out).toBe(asked.out);
  });

  test.each(COMMANDS)('of %s shows examples that it takes', async (name) => {
    const { out } = await witnessmark([name, '--help']);
    const examples = [...out.matchAll(new RegExp(`(?:^ {2}|\\| )witnessmark ${name} (.*)$`, 'gm'))].map(
      ([, line]) => line ?? '',
    );
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(await witnessmark([name, ...example.split(' '), '--help']), example).toMatchObject({ code: 0, err: '' });
    }
  });

  test('goes to the error stream when no command was given', async () => {
    const { code, out, err } = await witnessmark([]);
    expect([code, out]).toEqual([30, '']);
    expect(err).toContain('Usage');
  });

  test('the version is the one of the package', async () => {
    expect((await witnessmark(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('arguments', () => {
  test.each([
    [['prove'], /no command "prove"/],
    [['verify'], /trail is missing/],
    [['verify', 'a', 'b'], /unexpected argument "b"/],
    [['verify', 'a', '--polcy', 'x'], /polcy/],
    [['verify', '-', '--text', '-'], /cannot be the text as well/],
    [['verify', 'a', '--exact'], /--exact needs --text or --image/],
    [['verify', 'a', '--text', 'x', '--image', 'y'], /exclude each other/],
    [['verify', 'a', '--json', '--json'], /more than once/],
    [['verify', 'a', '--type', 'text/html'], /text\/html/],
    [['issue', '--text', 'x'], /--key is missing/],
    [['keygen', '--key', 'a', '--out', 'b'], /exclude each other/],
    [['verify', '/does/not/exist.json'], /does not exist/],
    [['fsck', '/does/not/exist'], /neither an address nor a folder/],
    [['fsck', 'ftp://log.example'], /neither an address nor a folder/],
    [['fsck', 'http://log.example'], /not a log's address/],
    [['verify', 'http://log.example/t/x'], /not an address for the trail/],
  ])('%j exits 30 and says what to do', async (argv, message) => {
    const { code, out, err, requests } = await witnessmark(argv);
    expect([code, out, requests]).toEqual([30, '', []]);
    expect(err).toMatch(message);
    expect(err.trim().split('\n').length).toBeGreaterThan(1);
  });
});

test('standard input is one file, whatever else is read from it', async () => {
  const { code, err } = await witnessmark(['verify', '-', '--policy', '-'], { stdin: 'quorum none\n' });
  expect([code, err]).toEqual([30, expect.stringContaining('cannot be the trail as well')]);
});

describe('keygen', () => {
  test('writes the secret to a private new file and never to a stream', async () => {
    const folder = temporaryFolder();
    const [file, set] = [join(folder, 'issuer.jwk'), join(folder, 'scitt-keys')];
    const made = await witnessmark(['keygen', '--out', file, '--key-set', set]);
    expect(made.code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    const secret: string = JSON.parse(text).d;
    expect(made.out + made.err).not.toContain(secret);
    const key = parseIssuerKey(text);
    const published = parseKeySet(new Uint8Array(readFileSync(set)));
    expect(key.ok && published.ok && published.value.map(({ publicKey }) => publicKey)).toEqual([
      key.ok && key.value.publicKey,
    ]);
    expect(readFileSync(set).includes(Buffer.from(secret, 'base64url'))).toBe(false);

    const again = await witnessmark(['keygen', '--out', file]);
    expect(again.code).toBe(30);
    expect(readFileSync(file, 'utf8')).toBe(text);
    const setAgain = await witnessmark(['keygen', '--key', file, '--key-set', `${set}.2`]);
    expect(setAgain.code).toBe(0);
    expect(readFileSync(`${set}.2`)).toEqual(readFileSync(set));
  });

  test('prints a key for a pipe when no file is named, with a warning beside it', async () => {
    const { code, out, err } = await witnessmark(['keygen']);
    expect(code).toBe(0);
    expect(parseIssuerKey(out).ok).toBe(true);
    expect(err).toContain('secret');
  });

  test.each([
    ['no JSON', 'x'],
    ['another curve', '{"kty":"OKP","crv":"X25519","d":"","x":""}'],
    ['a public key only', '{"kty":"OKP","crv":"Ed25519","x":"AAAA"}'],
    ['a short secret', '{"kty":"OKP","crv":"Ed25519","d":"AAAA","x":"AAAA"}'],
    [
      'halves that do not belong together',
      `{"kty":"OKP","crv":"Ed25519","d":"${'A'.repeat(43)}","x":"${'A'.repeat(43)}"}`,
    ],
    ['an array', '[]'],
    ['null', 'null'],
  ])('a key file with %s is refused', async (_what, text) => {
    const file = join(temporaryFolder(), 'k');
    writeFileSync(file, text);
    const { code, err } = await witnessmark(['keygen', '--key', file, '--key-set', `${file}.set`]);
    expect(code).toBe(30);
    expect(err).toContain('cannot be read');
  });
});

describe('the terminal', () => {
  test('is coloured only when it is one, and never with NO_COLOR', () => {
    expect(painter({ isTty: true, env: {} })('green', 'x')).toContain('\u001b[');
    for (const plain of [
      { isTty: false, env: {} },
      { isTty: true, env: { NO_COLOR: '1' } },
      { isTty: true, env: { TERM: 'dumb' } },
    ]) {
      expect(painter(plain)('green', 'x')).toBe('x');
    }
    expect(painter({ isTty: true, env: { NO_COLOR: '' } })('green', 'x')).toContain('\u001b[');
  });

  test('never receives control, bidi or invisible characters from foreign text', () => {
    expect(printable('a\u001b]0;x\u0007b\r\n\u202ec\u200bd')).toBe(
      'a\\u{1b}]0;x\\u{7}b\\u{d}\\u{a}\\u{202e}c\\u{200b}d',
    );
    expect(printable('x'.repeat(400)).length).toBe(301);
    expect(printable('naïve 漢字 😀')).toBe('naïve 漢字 😀');
  });
});
