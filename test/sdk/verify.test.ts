import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import schema from '../../sdk/cli/verdict.schema.json' with { type: 'json' };
import { LOG_ADDRESS, MemoryLog } from './support/memory-log.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

const ISSUER = 'https://example.com';
const TEXT = [
  '# Why the tide is late',
  '',
  'The moon pulls the nearer water more than the farther, and the sea answers late.',
  '',
  'Twice a month the sun pulls along with it, and the tides are higher than usual.',
  '',
].join('\n');

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const log = new MemoryLog();
const matchesSchema = new Ajv2020({ strict: false }).compile(schema);

function json(out: string) {
  expect(out.split('\n')).toHaveLength(2);
  const verdict = JSON.parse(out);
  expect(matchesSchema(verdict), JSON.stringify(matchesSchema.errors)).toBe(true);
  return verdict;
}

/** `verify --json` without any network, its output checked against the schema. */
async function verify(...argv: string[]) {
  const done = await witnessmark(['verify', ...argv, '--json']);
  expect(done.requests).toEqual([]);
  const verdict = json(done.out);
  expect(verdict.exitCode).toBe(done.code);
  return { ...done, verdict };
}

const issueArgs = (out: string): string[] => [
  ...['issue', '--text', at('answer.md'), '--type', 'text/markdown', '--key', at('issuer.jwk'), '--issuer', ISSUER],
  ...['--log', LOG_ADDRESS, '--model', 'openai.com/gpt-5', '--level', 'witnessed', '--out', out],
];

beforeAll(async () => {
  writeFileSync(at('answer.md'), TEXT);
  writeFileSync(at('trust.json'), `${log.trust()}\n`);
  await witnessmark(['keygen', '--out', at('issuer.jwk'), '--key-set', at('keys')]);
  log.keySet = new Uint8Array(readFileSync(at('keys')));
  const early = await witnessmark(issueArgs(at('trail.json')), { fetch: log.fetch });
  expect(early.code).toBe(10);
  expect(early.err).toMatch(/issuer-unknown[\s\S]*register/);
  const register = ['register', '--key', at('issuer.jwk'), '--issuer', ISSUER, '--log', LOG_ADDRESS];
  expect((await witnessmark(register, { fetch: log.fetch })).code).toBe(0);
  const issued = await witnessmark(issueArgs(at('trail.json')), { fetch: log.fetch });
  expect([issued.code, issued.err]).toEqual([0, '']);
  expect(issued.out).toContain(`${LOG_ADDRESS}/t/`);
});

describe('verify', () => {
  test('verifies a saved trail and its text without any network', async () => {
    const { code, verdict } = await verify(at('trail.json'), '--text', at('answer.md'), '--policy', at('trust.json'));
    expect(verdict.checks.filter((check: { status: string }) => check.status === 'failed')).toEqual([]);
    expect([code, verdict.verdict, verdict.content.match]).toEqual([0, 'verified', 'exact']);
    expect(verdict.facts).toMatchObject({ issuer: ISSUER, claim: { model: { name: 'gpt-5' }, run: { by: 'self' } } });
  });

  test('shows a person who, which model, when, and every check', async () => {
    const { code, out } = await witnessmark([
      'verify',
      at('trail.json'),
      '--text',
      at('answer.md'),
      '--policy',
      at('trust.json'),
    ]);
    expect(code).toBe(0);
    for (const words of [ISSUER, 'produced by', 'openai.com/gpt-5', 'w1', 'exactly the attested text', 'active']) {
      expect(out).toContain(words);
    }
    expect(out).not.toContain('\u001b');
  });

  test('names the passage that differs and still counts the others', async () => {
    writeFileSync(at('edited.md'), TEXT.replace('higher', 'lower'));
    const argv = [at('trail.json'), '--text', at('edited.md'), '--policy', at('trust.json')];
    const { verdict } = await verify(...argv);
    expect(verdict.content).toMatchObject({ match: 'passages', matched: 2, of: 3, differing: [{ index: 2 }] });
    const { out } = await witnessmark(['verify', ...argv]);
    expect(out).toContain('verified in part');
    expect(out).toContain('2 of 3 passages');
    expect((await verify(...argv)).code).toBe(0);
    expect((await verify(...argv, '--exact')).code).toBe(11);
    expect(out).toContain('passage 3 differs: Twice a month the sun pulls');
  });

  test('another text under a genuine trail is unproven, with content none', async () => {
    writeFileSync(at('other.md'), 'Something else altogether, written by nobody in particular for no reason.');
    const { code, verdict } = await verify(at('trail.json'), '--text', at('other.md'), '--policy', at('trust.json'));
    expect([code, verdict.verdict, verdict.content.match]).toEqual([11, 'unproven', 'none']);
    expect(verdict.reasons).toContain('content-none');
  });

  test('without a policy the log counts for nothing, and the way to one is shown', async () => {
    const { code, verdict, err } = await verify(at('trail.json'), '--text', at('answer.md'));
    expect([code, verdict.verdict]).toEqual([11, 'unproven']);
    expect(err).toMatch(/--policy FILE/);
    expect(err).toContain('/.well-known/witnessmark-trust');
  });

  test('takes the trail or the text from standard input', async () => {
    const policy = ['--policy', at('trust.json')];
    const trail = readFileSync(at('trail.json'), 'utf8');
    const piped = await witnessmark(['verify', '-', '--text', at('answer.md'), ...policy], { stdin: `${trail}\n` });
    expect(piped.code).toBe(0);
    expect((await witnessmark(['verify', at('trail.json'), '--text', '-', ...policy], { stdin: TEXT })).code).toBe(0);
  });

  test('fetches a trail by its address or its page and says when it cannot', async () => {
    const { out } = await witnessmark(issueArgs(at('second.json')).concat('--json'), { fetch: log.fetch });
    const { url, page } = JSON.parse(out);
    for (const address of [url, page]) {
      const done = await witnessmark(['verify', address, '--policy', at('trust.json')], { fetch: log.fetch });
      expect([done.code, done.requests]).toEqual([0, [url]]);
    }
    const cut = await witnessmark(['verify', url, '--json']);
    expect([cut.code, json(cut.out).reasons]).toEqual([11, ['trail-unreachable']]);
    const gone = await witnessmark(['verify', url.replace(/.{43}$/, 'A'.repeat(43)), '--json'], { fetch: log.fetch });
    expect([gone.code, json(gone.out).reasons]).toEqual([11, ['trail-not-found']]);
  });

  test('never prints a hostile text as it is', async () => {
    writeFileSync(
      at('hostile.md'),
      `${TEXT}\nA \u001b]0;pwned\u0007 line with \u202e right-to-left tricks and many words in it.`,
    );
    const { out } = await witnessmark(['verify', at('trail.json'), '--text', at('hostile.md')]);
    for (const hidden of ['\u001b', '\u0007', '\u202e']) expect(out).not.toContain(hidden);
  });
});

describe('a trail that was changed', () => {
  const trail = () => JSON.parse(readFileSync(at('trail.json'), 'utf8'));
  const written = (value: unknown): string => {
    writeFileSync(at('changed.json'), typeof value === 'string' ? value : JSON.stringify(value));
    return at('changed.json');
  };
  const judged = (value: unknown) => verify(written(value), '--policy', at('trust.json'));
  const flipped = (base64: string, index: number): string => {
    const bytes = Buffer.from(base64, 'base64');
    bytes[index] = (bytes[index] ?? 0) ^ 1;
    return bytes.toString('base64');
  };

  test('with another signature is invalid (10)', async () => {
    const { statement } = trail();
    const last = Buffer.from(statement, 'base64').length - 1;
    const { code, verdict } = await judged({ ...trail(), statement: flipped(statement, last) });
    expect([code, verdict.verdict]).toEqual([10, 'invalid']);
    const { out } = await witnessmark(['verify', at('changed.json'), '--policy', at('trust.json')]);
    expect(out).toContain('inclusion-mismatch: the statement is not the leaf');
    expect(out).toMatch(/not established:\n\s+who/);
  });

  test('with another claim is invalid (10)', async () => {
    const { claim } = trail();
    const { code } = await judged({ ...trail(), claim: flipped(claim, Buffer.from(claim, 'base64').length - 1) });
    expect(code).toBe(10);
  });

  test('below the quorum is unproven (11)', async () => {
    log.witnessesUp = 1;
    await witnessmark(issueArgs(at('alone.json')), { fetch: log.fetch });
    log.witnessesUp = 2;
    const { code, verdict } = await verify(at('alone.json'), '--policy', at('trust.json'));
    expect([code, verdict.verdict]).toEqual([11, 'unproven']);
  });

  test('of a newer format is unsupported (20)', async () => {
    const { code, verdict } = await judged({ ...trail(), trail: 2 });
    expect([code, verdict.verdict]).toEqual([20, 'unsupported']);
  });

  test.each([
    ['empty', () => ''],
    ['no JSON', () => 'trail'],
    ['an array', () => []],
    ['spaced', () => JSON.stringify(trail(), null, 1)],
    ['given a key twice', () => JSON.stringify(trail()).replace('{', '{"trail":1,')],
    ['given an unknown key', () => ({ ...trail(), more: 1 })],
    ['without a proof', () => ({ ...trail(), proof: undefined })],
    ['nested without end', () => '['.repeat(100_000)],
  ])('%s is malformed (30)', async (_what, make) => {
    const { code, verdict } = await judged(make());
    expect(code).toBe(30);
    expect(verdict.verdict).not.toBe('verified');
  });

  test('and larger than a trail may be is malformed before it is read', async () => {
    const { code, err } = await witnessmark(['verify', written(' '.repeat((1 << 20) + 1))]);
    expect(code).toBe(30);
    expect(err).toContain('larger than');
  });

  test('never verifies, whichever byte was flipped', async () => {
    const original = readFileSync(at('trail.json'));
    for (let i = 0; i < original.length; i += 97) {
      const changed = Buffer.from(original);
      changed[i] = (changed[i] ?? 0) ^ 1;
      writeFileSync(at('flipped.json'), changed);
      const { code } = await witnessmark(['verify', at('flipped.json'), '--policy', at('trust.json'), '--json']);
      expect([10, 11, 20, 30], `byte ${i}`).toContain(code);
    }
  });
});

describe('a policy', () => {
  test.each(['', '{}', '{"trust":2}', 'log x'])('spelled %j is malformed (30)', async (text) => {
    writeFileSync(at('bad-trust.json'), text);
    const { code, err } = await witnessmark(['verify', at('trail.json'), '--policy', at('bad-trust.json')]);
    expect(code).toBe(30);
    expect(err).toContain('policy');
  });
});

describe('issue', () => {
  test('never replaces a file, and finds out before anything is logged', async () => {
    const { code, requests } = await witnessmark(issueArgs(at('trail.json')), { fetch: log.fetch });
    expect([code, requests]).toEqual([30, []]);
  });

  test('writes the trail to standard output when no file is named', async () => {
    const { code, out, err } = await witnessmark(issueArgs('').slice(0, -2), { fetch: log.fetch });
    expect(code).toBe(0);
    expect(err).toContain('/t/');
    expect((await witnessmark(['verify', '-', '--policy', at('trust.json')], { stdin: out })).code).toBe(0);
  });

  test('says relayed where it was relayed', async () => {
    const argv = [...issueArgs(at('relayed.json')), '--by', 'relayed'];
    expect((await witnessmark(argv, { fetch: log.fetch })).code).toBe(0);
    const { out } = await witnessmark(['verify', at('relayed.json'), '--policy', at('trust.json')]);
    expect(out).toContain('relayed by it');
  });

  test.each([
    [['--model', 'gpt-5'], /provider's domain/],
    [['--by', 'me'], /self, relayed, imported/],
    [['--level', 'gold'], /logged, witnessed/],
    [['--at', 'yesterday'], /unix seconds/],
    [['--seed', '1.5'], /whole number/],
    [['--weights', 'abc'], /64 hexadecimal/],
    [['--log', 'ftp://x'], /https/],
  ])('refuses %j', async (extra, advice) => {
    const argv = issueArgs(at('never.json'));
    const index = argv.indexOf(extra[0] ?? '');
    if (index >= 0) argv.splice(index, 2);
    const { code, err, requests } = await witnessmark([...argv, ...extra], { fetch: log.fetch });
    expect([code, requests]).toEqual([30, []]);
    expect(err).toMatch(advice);
  });
});

test('a key that is retired later leaves the attestation valid when logged, and the page says so', async () => {
  const keys = JSON.parse(readFileSync(at('issuer.jwk'), 'utf8'));
  const { out } = await witnessmark(issueArgs(at('before.json')).concat('--json'), { fetch: log.fetch });
  const { url } = JSON.parse(out);
  log.keyEvent(
    ISSUER,
    { publicKey: Buffer.from(keys.x, 'base64url'), kid: new Uint8Array(Buffer.from(keys.kid, 'base64url')) },
    'revoke',
    'retired',
  );
  const done = await witnessmark(['verify', url, '--policy', at('trust.json'), '--json'], { fetch: log.fetch });
  expect(json(done.out).standing).toMatchObject({ state: 'revoked', cause: 'retired', validWhenLogged: true });
  const page = await witnessmark(['verify', url, '--policy', at('trust.json')], { fetch: log.fetch });
  expect(page.out).toMatch(/revoked \(retired\) since entry \d+, valid when logged/);
});
