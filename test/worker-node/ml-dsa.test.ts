/** Log and witness in real workerd, each with an Ed25519 and an ML-DSA-44 key: what they publish, and what readers make of it. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseStatement } from '#shared/attestation/statement.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { equalBytes } from '#shared/bytes/bytes.ts';
import { parseEpoch } from '#shared/claim/epoch.ts';
import { openCheckpoint } from '#shared/log/checkpoint.ts';
import { verifyCosignatures } from '#shared/log/cosignature.ts';
import { encodeVkey } from '#shared/log/note.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { parseEntryBundle } from '#shared/log/tile.ts';
import { parseTrust, type Trust } from '#shared/trust/trust.ts';
import { verifyTrail } from '#shared/verdict/verify-trail.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { attestationOf, type IssuerOrigin, postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';

let log: LocalLog;
let issuer: IssuerOrigin;
let trust: Trust;
let trail: string;

beforeAll(async () => {
  [log, issuer] = await Promise.all([startTestLog({ witnesses: 2, quorum: 2 }), startIssuer()]);
  const parsed = parseTrust(log.trust);
  if (!parsed.ok) throw new Error(parsed.detail);
  trust = parsed.value;
  await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  trail = await (await postJson(`${log.logUrl}/v1/attestations`, attestationOf('A mark.', issuer.origin, key))).text();
});
afterAll(async () => {
  await Promise.all([log.stop(), issuer.stop()]);
});

const verdictOn = (text: string, noteAlgorithms = NOTE_ALGORITHMS) =>
  verifyTrail({ trail: text, trust: [trust], evidenceKinds: [], noteAlgorithms });
const checkpoint = async (): Promise<string> => (await fetch(`${log.logUrl}/log/checkpoint`)).text();

describe('the log', () => {
  test('signs every checkpoint with both keys, at no time with ML-DSA-44, and a witness with both answers with both', async () => {
    const opened = openCheckpoint(
      await checkpoint(),
      trust.policy.logs.map(({ key }) => key),
      NOTE_ALGORITHMS,
    );
    if (!opened.ok) throw new Error(opened.reason);
    const { note } = opened.value;
    const lengths = note.signatures.map(({ name, signature }) => `${name} ${signature.length}`);
    expect(lengths.slice(0, 2)).toEqual(['localhost/log/2026 64', 'localhost/log/2026 2428']);
    expect(note.signatures[1]?.signature.subarray(0, 8)).toEqual(new Uint8Array(8));
    expect(lengths.slice(2).sort()).toEqual([
      'witness-1.localhost 2428',
      'witness-1.localhost 72',
      'witness-2.localhost 72',
    ]);
    const keys = trust.policy.witnesses.map(({ key }) => key);
    const cosigned = verifyCosignatures(note, keys, NOTE_ALGORITHMS);
    expect(cosigned.ok && cosigned.value.map(({ witness }) => witness.type).sort()).toEqual([4, 4, 6]);
    expect(cosigned.ok && cosigned.value.every(({ timestamp }) => Math.abs(timestamp - Date.now() / 1000) < 120)).toBe(
      true,
    );
  });

  test('names both keys in its trust document, in genesis and in its configuration', async () => {
    const [ed25519, mlDsa] = trust.policy.logs.map(({ key }) => encodeVkey(key));
    expect(trust.policy.logs.map(({ key }) => key.type)).toEqual([1, 6]);
    const bundle = parseEntryBundle(
      new Uint8Array(await (await fetch(`${log.logUrl}/log/tile/entries/000.p/2`)).arrayBuffer()),
    );
    const [genesis, configuration] = bundle.ok ? bundle.value.map((entry) => parseStatement(entry)) : [];
    if (!genesis?.ok || !configuration?.ok) throw new Error('no first entries');
    const claimOf = async (digest: Uint8Array): Promise<Uint8Array> => {
      const bytes = new Uint8Array(await (await fetch(`${log.logUrl}/v1/claims/${toBase64Url(digest)}`)).arrayBuffer());
      expect(equalBytes(sha256(bytes), digest)).toBe(true);
      return bytes;
    };
    const epoch = parseEpoch(await claimOf(genesis.value.payload));
    expect(epoch).toMatchObject({ ok: true, value: { log: ed25519, logMlDsa44: mlDsa } });
    expect(epoch.ok && trust.registrars[0]?.receiptKey).toEqual(epoch.ok && epoch.value.receipts);
    expect(new TextDecoder().decode(await claimOf(configuration.value.payload))).toContain(`log ${mlDsa} `);
  });

  test('gives trails that verify under its own policy, which demands ML-DSA-44 of log and witness', () => {
    const verdict = verdictOn(trail);
    expect(verdict).toMatchObject({ verdict: 'verified', reasons: [] });
    expect(verdict.facts?.witnesses.map(({ name }) => name).sort()).toEqual([
      'witness-1.localhost',
      'witness-2.localhost',
    ]);
    // Two copies of the checkpoint, one with the entry and one with the key event.
    expect(trail.length).toBeLessThan(24_000);
  });
});

describe('a trail of it', () => {
  /** The trail with every ML-DSA-44 line by `name` changed; its checkpoint stands in it once for each proof. */
  const change = (name: string, to: (line: string) => string): string =>
    trail.replaceAll(/— ([^ ]+) [A-Za-z0-9+/=]{3000,}\\n/g, (line, by: string) =>
      by.startsWith(name) ? to(line) : line,
    );
  const strip = (): string => '';
  const forge = (line: string): string => line.slice(0, 500) + (line[500] === 'A' ? 'B' : 'A') + line.slice(501);

  test.each([
    ['without the ML-DSA-44 line of the log', 'localhost/log', strip, 'unproven', 'log-signature-incomplete'],
    ['with a forged ML-DSA-44 line of the log', 'localhost/log', forge, 'invalid', 'log-signature-invalid'],
    ['without the ML-DSA-44 line of the witness', 'witness-1', strip, 'unproven', 'quorum-unmet'],
    ['with a forged ML-DSA-44 line of the witness', 'witness-1', forge, 'invalid', 'cosignature-invalid'],
  ])('%s is not verified', (_, name, to, verdict, reason) => {
    const changed = change(name, to);
    expect(changed).not.toBe(trail);
    const found = verdictOn(changed);
    expect([found.verdict, found.reasons[0]]).toEqual([verdict, reason]);
  });

  test('is unproven for a reader who cannot check ML-DSA-44', () => {
    expect(verdictOn(trail, [])).toMatchObject({ verdict: 'unproven' });
    expect(verdictOn(trail, []).reasons[0]).toBe('log-signature-incomplete');
  });
});

test('a log that began with Ed25519 alone does not start with a second key: what it has signed lacks it for good', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'witnessmark-late-'));
  const file = join(folder, 'keys.json');
  const seed = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
  const keys = { log: seed(1), registrar: seed(2), receipts: seed(3), adminToken: 'x'.repeat(32), witnesses: [] };
  try {
    writeFileSync(file, JSON.stringify(keys));
    const first = await startTestLog({ folder, witnesses: 0 });
    const policy: string = JSON.parse(first.trust).policy;
    await first.stop();
    expect(policy.match(/^log /gm)).toHaveLength(1);
    writeFileSync(
      file,
      JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), mlDsa: { log: seed(4), witness: seed(5) } }),
    );
    const said: string[] = [];
    await expect(startTestLog({ folder, witnesses: 0, onLog: (line) => said.push(line) })).rejects.toThrow('ready');
    expect(said.join('\n')).toContain('signature-incomplete');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
