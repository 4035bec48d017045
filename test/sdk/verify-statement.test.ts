/** `verify` on what the real log serves beside trails: Transparent Statements, and statements with a tlog-proof. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import schema from '../../sdk/cli/verdict.schema.json' with { type: 'json' };
import { encodeKeySet } from '../../shared/attestation/key.ts';
import { statementId } from '../../shared/attestation/statement.ts';
import { fromBase64 } from '../../shared/bytes/base64.ts';
import { parseTransparentStatement } from '../../shared/receipt/transparent-statement.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { ROOT } from '../checks/source.ts';
import { attestationOf, type IssuerOrigin, postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

const TEXT = 'The tide follows the moon, twice a day, with a delay.\n';
const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const write = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(at(name), bytes);
  return at(name);
};
const matchesSchema = new Ajv2020({ strict: false }).compile(schema);

let log: LocalLog;
let issuer: IssuerOrigin;
let id = '';

async function save(path: string, name: string): Promise<void> {
  const answer = await fetch(`${log.logUrl}${path}`);
  expect(answer.status, path).toBe(200);
  write(name, new Uint8Array(await answer.arrayBuffer()));
}

beforeAll(async () => {
  [log, issuer] = await Promise.all([startTestLog({ witnesses: 2, quorum: 2 }), startIssuer()]);
  await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  const body = attestationOf(TEXT, issuer.origin, key);
  const statement = fromBase64(body.statement) ?? new Uint8Array();
  id = statementId(statement);
  const logged = await postJson(`${log.logUrl}/v1/attestations`, body);
  expect(logged.status).toBe(201);
  write('answer.trail.json', await logged.text());
  write('answer.signed', statement);
  write('answer.claim', fromBase64(body.claim) ?? new Uint8Array());
  write('answer.md', TEXT);
  write('trust.json', log.trust);
  write('scitt-keys', encodeKeySet([key.publicKey]));
  await save(`/entries/${id}/statement`, 'answer.cose');
  await save(`/entries/${id}/tlog-proof`, 'answer.tlog-proof');
  await save('/.well-known/scitt-keys', 'log-keys');
});
afterAll(async () => {
  await Promise.all([log.stop(), issuer.stop()]);
});

/** The arguments with the names of files in their folder, and the addresses of this log and this issuer. */
const here = (argv: readonly string[]): string[] =>
  argv.map((each) =>
    each
      .replace('https://log.witnessmark.example', log.logUrl)
      .replace('https://example.com', issuer.origin)
      .replace('/ID/', `/${id}/`)
      .replace(/^(\w[\w-]*\.[\w.-]+|log-keys|scitt-keys)$/, at('$1')),
  );

async function verify(line: string) {
  const argv = ['verify', ...here(line.split(' ')), '--json'];
  const done = await witnessmark(argv, { fetch: globalThis.fetch, now: () => 1_790_000_000 });
  if (done.out === '') return { ...done, verdict: undefined };
  const verdict = JSON.parse(done.out);
  expect(matchesSchema(verdict), JSON.stringify(matchesSchema.errors)).toBe(true);
  expect(verdict.exitCode).toBe(done.code);
  return { ...done, verdict };
}
const passes = (verdict: { checks: { id: string; status: string }[] } = { checks: [] }): string[] =>
  verdict.checks.filter(({ status }) => status === 'passed').map((check) => check.id);

const PROOF = '--proof answer.tlog-proof --policy trust.json';
const RECEIPT = '--receipt-key log-keys --policy trust.json';

test('each line of the README ends with the exit code and the reasons beside it', async () => {
  const section = readFileSync(join(ROOT, 'sdk/README.md'), 'utf8').split('### A statement without its trail')[1] ?? '';
  const block = section.split('```')[1]?.replaceAll('\\\n', '') ?? '';
  const lines = [...block.matchAll(/^witnessmark verify (.*?)\s+# (\d+) (.*)$/gm)];
  expect(lines).toHaveLength(4);
  for (const [, line = '', code, reasons = ''] of lines) {
    const done = await verify(line.split(/\s+/).join(' '));
    expect([done.code, done.verdict.reasons], line).toEqual([Number(code), reasons.split(' ')]);
  }
});

describe('what a statement shows', () => {
  test('with everything given: all that its trail shows but the key, and the text to the byte', async () => {
    const all = `answer.cose ${PROOF} --claim answer.claim --text answer.md --issuer-key scitt-keys`;
    const { verdict, requests } = await verify(all);
    const trail = await verify('answer.trail.json --text answer.md --policy trust.json');
    expect([trail.code, requests]).toEqual([0, []]);
    const unshown = ['trail-format', 'passages', 'issuer-key', 'issuer-standing'];
    expect(passes(verdict)).toEqual(passes(trail.verdict).filter((check) => !unshown.includes(check)));
    expect(verdict).toMatchObject({ content: { match: 'exact' }, standing: { state: 'unknown' }, facts: { id } });
  });

  test('a bare statement with its proof is the same as the Transparent one', async () => {
    const [bare, transparent] = [await verify(`answer.signed ${PROOF}`), await verify(`answer.cose ${PROOF}`)];
    expect(bare.verdict).toEqual(transparent.verdict);
  });

  test('a person reads what was passed, what is missing, and where the trail is', async () => {
    const argv = here(`answer.cose ${RECEIPT} --claim answer.claim --issuer-key scitt-keys`.split(' '));
    const { code, out } = await witnessmark(['verify', ...argv]);
    expect(code).toBe(11);
    for (const words of ['✔ the statement is in the log', "✔ the issuer's signature", 'signer     unknown']) {
      expect(out).toContain(words);
    }
    expect(out).toMatch(/key-events-absent: .*\n.*\/v1\/trails\//);
    expect(out).toContain('a receipt carries no cosignatures');
    expect(out).toMatch(/not established:\n\s+who/);
  });

  test('no policy: the way to one is shown', async () => {
    const { code, verdict, err } = await verify('answer.cose --receipt-key log-keys');
    expect([code, verdict.reasons]).toEqual([11, ['log-unknown', 'key-events-absent']]);
    expect(err).toContain('--policy FILE');
  });

  test('from standard input', async () => {
    const stdin = new Uint8Array(readFileSync(at('answer.cose')));
    const { code } = await witnessmark(['verify', '-', ...here(PROOF.split(' '))], { stdin });
    expect(code).toBe(11);
  });

  test('from an address that answers nothing', async () => {
    const { code, verdict } = await verify(`${log.logUrl}/entries/${'A'.repeat(43)}/statement ${RECEIPT}`);
    expect([code, verdict.reasons]).toEqual([11, ['trail-not-found']]);
  });
});

describe('arguments that do not go together say what to do (30)', () => {
  test.each([
    ['answer.signed --policy trust.json', /carries no receipt\n.*--proof/],
    [`answer.cose ${PROOF} --receipt-key log-keys`, /exclude each other/],
    [`answer.cose ${PROOF} --text answer.md`, /--text needs --claim/],
    ['answer.trail.json --claim answer.claim', /--claim goes with a statement/],
    ['answer.trail.json --proof answer.tlog-proof', /--proof goes with a statement/],
    ['answer.trail.json --issuer-key scitt-keys', /--issuer-key goes with a statement/],
    ['answer.cose --receipt-key answer.claim', /the receipt key .* cannot be read/],
    ['answer.cose --issuer-key answer.md', /the issuer key .* cannot be read/],
    ['answer.cose --issuer-key https://log.witnessmark.example/.well-known/scitt-keys', /not from http:\/\/127/],
    ['answer.cose --issuer-key http://example.org/keys', /not an address for the issuer key/],
    ['answer.cose --proof missing.tlog-proof', /the proof .* does not exist/],
  ])('%s', async (line, message) => {
    const { code, out, err } = await verify(line);
    expect([code, out]).toEqual([30, '']);
    expect(err).toMatch(message);
    expect(err.trim().split('\n').length).toBeGreaterThan(1);
  });

  test('a key that cannot be fetched leaves it unproven (11), and says where it was sought', async () => {
    const { code, err } = await verify('answer.cose --issuer-key http://127.0.0.1:1/keys');
    expect([code, err]).toEqual([11, expect.stringContaining('cannot be had from http://127.0.0.1:1/keys')]);
  });
});

describe('what was changed', () => {
  const flipped = (name: string, index: number): Uint8Array => {
    const bytes = new Uint8Array(readFileSync(at(name)));
    bytes[index] = (bytes[index] ?? 0) ^ 1;
    return bytes;
  };

  test.each<readonly [string, () => Uint8Array | string, number]>([
    ['cut short', () => readFileSync(at('answer.cose')).subarray(0, 200), 30],
    ['the first byte alone', () => Uint8Array.of(0xd2), 30],
    ['with bytes behind it', () => Buffer.concat([readFileSync(at('answer.cose')), Uint8Array.of(0)]), 30],
    ['a mebibyte of it', () => new Uint8Array(1 << 20).fill(0xd2), 30],
    [
      'a receipt that is none',
      () => Uint8Array.of(0xd2, 0x84, 0x40, 0xa1, 0x19, 0x01, 0x8a, 0x81, 0x40, 0x40, 0x40),
      10,
    ],
    ['of nested arrays', () => new Uint8Array(100_000).fill(0x81).with(0, 0xd2), 30],
  ])('a Transparent Statement, %s, exits as it is documented', async (_, bytes, expected) => {
    write('changed.cose', bytes());
    const { code, verdict } = await verify(`changed.cose ${RECEIPT}`);
    expect([code, verdict.verdict === 'verified']).toEqual([expected, false]);
  });

  test('the proof of no statement at all is a contradiction (10)', async () => {
    for (const bytes of ['', 'c2sp.org/tlog-proof@v2\n', Uint8Array.of(0xff, 0xfe)]) {
      write('changed.proof', bytes);
      expect(await verify('answer.cose --proof changed.proof --policy trust.json')).toMatchObject({ code: 10 });
    }
  });

  test('never passes as much as the genuine one, whichever byte was flipped', async () => {
    const genuine = {
      'answer.cose': await verify(`answer.cose ${RECEIPT} --issuer-key scitt-keys`),
      'answer.tlog-proof': await verify(`answer.cose ${PROOF} --issuer-key scitt-keys`),
    };
    const parsed = parseTransparentStatement(new Uint8Array(readFileSync(at('answer.cose'))));
    expect(parsed).toMatchObject({ ok: true, value: { receipts: { length: 1 } } });
    for (const [name, { verdict }] of Object.entries(genuine)) {
      const asGood: number[] = [];
      const bytes = readFileSync(at(name));
      for (let i = 0; i < bytes.length; i++) {
        // Of the 3,000 letters of an ML-DSA-44 signature one in seventeen.
        const line = bytes.subarray(bytes.lastIndexOf('\n', i) + 1, Math.max(i, bytes.indexOf('\n', i)));
        if (name !== 'answer.cose' && line.length > 3000 && i % 17 > 0) continue;
        write('flipped', flipped(name, i));
        const options =
          name === 'answer.cose'
            ? `${at('flipped')} ${RECEIPT}`
            : `answer.cose --proof ${at('flipped')} --policy trust.json`;
        const done = await verify(`${options} --issuer-key scitt-keys`);
        expect([10, 11, 20, 30], `${name}, byte ${i}`).toContain(done.code);
        if (passes(done.verdict).join() === passes(verdict).join()) asGood.push(i);
      }
      // The index and the size in a receipt are not signed, and not passed on as if they were.
      expect(asGood.length, name).toBeLessThanOrEqual(name === 'answer.cose' ? 2 : 0);
    }
  });
});
