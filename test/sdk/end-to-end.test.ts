/** The command against the real log and its witnesses in workerd: every step a user would type, as a process. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTrailClient } from '../../sdk/index.ts';
import { fingerprintHex, textFingerprints } from '../../shared/fingerprint/text-fingerprints.ts';
import { passageDigest, passagesOf, plainLines } from '../../shared/text/passages.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { startTestLog } from '../support/worker-harness.ts';
import { temporaryFolder } from './support/terminal.ts';

const LAUNCHER = fileURLToPath(new URL('../../sdk/cli/witnessmark.mjs', import.meta.url));
const TEXT =
  'The tide follows the moon, twice a day, with a delay.\n\nThe sun pulls along with it twice a month, and adds.\n';
const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
let log: LocalLog;
let site: Server;
let origin = '';

/** Runs the command as a process; spawnSync would stop the key set's server in this one. */
function witnessmark(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [LAUNCHER, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

beforeAll(async () => {
  log = await startTestLog();
  writeFileSync(at('trust.json'), log.trust);
  writeFileSync(at('answer.txt'), TEXT);
  site = createServer((_request, response) => {
    response.setHeader('content-type', 'application/cose-key-set');
    response.end(readFileSync(at('scitt-keys')));
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const address = site.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});

afterAll(async () => {
  site.close();
  await log.stop();
});

test('keygen, register, issue, verify, tamper, look up, fsck', async () => {
  expect((await witnessmark('keygen', '--out', at('key'), '--key-set', at('scitt-keys'))).code).toBe(0);
  const options = ['--key', at('key'), '--issuer', origin, '--log', log.logUrl];
  const issue = (out: string) => {
    const what = ['--model', 'openai.com/gpt-5', '--level', 'witnessed', '--out', at(out), '--json'];
    return witnessmark('issue', '--text', at('answer.txt'), ...options, ...what);
  };
  const early = await issue('early.json');
  expect([early.code, early.err]).toEqual([10, expect.stringContaining('issuer-unknown')]);
  expect(await witnessmark('register', ...options)).toMatchObject({ code: 0, err: '' });
  const issued = await issue('trail.json');
  expect([issued.code, issued.err]).toEqual([0, '']);
  const { id, url } = JSON.parse(issued.out);

  const verify = (trail: string, text = 'answer.txt') =>
    witnessmark('verify', trail, '--text', at(text), '--policy', at('trust.json'), '--json');
  const verified = await verify(at('trail.json'));
  expect(JSON.parse(verified.out)).toMatchObject({ verdict: 'verified', content: { match: 'exact' }, reasons: [] });
  expect([verified.code, (await verify(url)).code]).toEqual([0, 0]);

  writeFileSync(at('edited.txt'), TEXT.replace('month', 'year'));
  expect(JSON.parse((await verify(at('trail.json'), 'edited.txt')).out).content).toMatchObject({ matched: 1, of: 2 });
  const trail = readFileSync(at('trail.json'), 'utf8');
  writeFileSync(
    at('tampered.json'),
    trail.replace(/("statement":"[^"]{300})(.)/, (_, before, c) => `${before}${c === 'A' ? 'B' : 'A'}`),
  );
  expect((await verify(at('tampered.json'))).code).toBe(10);

  const [passage = ''] = passagesOf(plainLines(TEXT));
  const client = createTrailClient(log.logUrl);
  // Lookup rows follow the publication; a new log's index is begun first.
  await expect
    .poll(() => client.findByDigest('wm-match-1', passageDigest(passage)), { timeout: 15_000 })
    .toEqual({ ok: true, value: [id] });

  const clean = await witnessmark('fsck', log.logUrl, '--policy', at('trust.json'), '--json');
  expect(JSON.parse(clean.out)).toMatchObject({ verdict: 'verified', problems: [], entries: { key: 1, output: 1 } });
  expect([clean.code, clean.err]).toEqual([0, 'read 4 of 4 entries\n']);
});

test('issue discloses what its options say: fingerprints, fingerprints and text, or neither', async () => {
  const options = [
    '--key',
    at('key'),
    '--issuer',
    origin,
    '--log',
    log.logUrl,
    '--model',
    'openai.com/gpt-5',
    '--json',
  ];
  const issue = async (...more: string[]): Promise<string> => {
    // A text of its own each time: what many attestations share identifies none of them.
    const text = Array.from({ length: 50 }, (_, n) => `word${n}of${more.length}`).join(' ');
    writeFileSync(at('long.txt'), text);
    const out = at(`long-${more.length}.json`);
    const issued = await witnessmark('issue', '--text', at('long.txt'), ...options, '--out', out, ...more);
    expect([issued.code, issued.err]).toEqual([0, '']);
    const { id } = JSON.parse(issued.out);
    const all = textFingerprints([text]);
    const [hex = ''] = all['wm-winnow-1'].map(fingerprintHex);
    const digest = passageDigest(passagesOf([text])[0] ?? '');
    // Rows of one attestation arrive together: when the passage is there, fingerprints are, if there are any.
    await expect
      .poll(() => createTrailClient(log.logUrl).findByDigest('wm-match-1', digest), { timeout: 15_000 })
      .toMatchObject({ value: [id] });
    const bucket = await (await fetch(`${log.logUrl}/v1/lookup/wm-winnow-1/${hex.slice(0, 4)}`)).text();
    const served = await fetch(`${log.logUrl}/v1/texts/${id}`);
    return `${bucket.includes(id) ? 'found' : 'not found'}, ${served.status === 200 && (await served.text()) === text ? 'served' : served.status}`;
  };
  expect(await issue()).toBe('found, 404');
  expect(await issue('--publish-text')).toBe('found, served');
  expect(await issue('--no-fingerprints', '--level', 'logged')).toBe('not found, 404');
});
