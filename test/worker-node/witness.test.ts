/** The witness, asked over HTTP: every status of tlog-witness, and a memory that never goes back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { verifyCosignatures } from '#shared/log/cosignature.ts';
import { encodeVkey, noteKey, parseNote, verifyNoteSignature } from '#shared/log/note.ts';
import { describeVectors, vectorJson } from '../support/vectors.ts';
import { startTestWitness, TestLog, type TestWitness } from './support/witness.ts';

const folder = mkdtempSync(join(tmpdir(), 'witnessmark-witness-'));
const LOGS = Array.from({ length: 60 }, (_, n) => new TestLog(`log-${n}.test.example/log`));
const LITEWITNESS = 'sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562';
const LITEWITNESS_KEY = 'ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f';
let unused = LOGS;
let witness: TestWitness;

const start = (): Promise<TestWitness> =>
  startTestWitness(folder, [
    ...LOGS.map(({ key }) => key),
    noteKey(LITEWITNESS, 1, Uint8Array.from(Buffer.from(LITEWITNESS_KEY, 'hex'))),
  ]);

beforeAll(async () => {
  witness = await start();
});
afterAll(async () => {
  await witness.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (body: string): Promise<Response> => fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body });
const monitored = (log: TestLog): Promise<Response> =>
  fetch(`${witness.url}/${toHex(sha256(utf8(log.key.name)))}/checkpoint`);

/** A log nobody has asked about yet. */
function freshLog(): TestLog {
  const [log, ...rest] = unused;
  if (!log) throw new Error('more logs are needed');
  unused = rest;
  return log;
}

/** A fresh log of which the witness has cosigned `size`. */
async function logAt(size: number): Promise<TestLog> {
  const log = freshLog();
  expect((await ask(log.request(0, size))).status).toBe(200);
  return log;
}

/** The size the witness knows, asked as a client without knowledge asks. */
async function knownSize(log: TestLog): Promise<string> {
  const answer = await ask(log.request(2 ** 40, 2 ** 40, { root: new Uint8Array(32) }));
  expect(answer.status).toBe(409);
  expect(answer.headers.get('content-type')).toBe('text/x.tlog.size');
  return answer.text();
}

/** Expects exactly one cosignature of the witness, on this checkpoint and of this time. */
function expectCosigned(checkpoint: string, lines: string): void {
  expect(lines).toMatch(/^— witness\.test\.example [A-Za-z0-9+/=]+\n$/);
  const note = parseNote(checkpoint + lines);
  const cosigned = note.ok ? verifyCosignatures(note.value, [witness.key]) : note;
  expect(cosigned).toMatchObject({ ok: true, value: [{ witness: { name: 'witness.test.example' } }] });
  const [{ timestamp } = { timestamp: 0 }] = cosigned.ok ? cosigned.value : [];
  expect(Math.abs(timestamp - Date.now() / 1000)).toBeLessThan(60);
}

test.each([
  [0, 1],
  [0, 7],
  [1, 2],
  [3, 3],
  [3, 7],
  [4, 300],
])('from %i to %i it cosigns, and its own key verifies the line', async (old, size) => {
  const log = old === 0 ? freshLog() : await logAt(old);
  const answer = await ask(log.request(old, size));
  expect(answer.status).toBe(200);
  expectCosigned(log.checkpoint(size), await answer.text());
  expect(await knownSize(log)).toBe(`${size}\n`);
});

test('an empty tree is cosigned from 0, and grows from there', async () => {
  const log = freshLog();
  const answer = await ask(log.request(0, 0));
  expect(answer.status).toBe(200);
  expectCosigned(log.checkpoint(0), await answer.text());
  expect((await ask(log.request(0, 2))).status).toBe(200);
});

const zeros = new Uint8Array(32);

test.each<[string, number, (log: TestLog) => string, number]>([
  ['no body', 3, () => '', 400],
  ['no old line', 3, (log) => `\n${log.checkpoint(7)}`, 400],
  ['an old size with a sign', 3, (log) => log.request(3, 7).replace('old 3', 'old +3'), 400],
  ['an old size with a zero before it', 3, (log) => log.request(3, 7).replace('old 3', 'old 03'), 400],
  ['no empty line after the proof', 3, (log) => log.request(3, 7).replace('\n\n', '\n'), 400],
  ['64 proof lines', 3, (log) => log.request(3, 7, { proof: Array(64).fill(zeros) }), 400],
  ['a proof line of 31 bytes', 3, (log) => log.request(3, 7, { proof: [zeros.slice(1)] }), 400],
  ['a checkpoint without a signature', 3, (log) => log.request(3, 7).replace(/— .*\n/, ''), 400],
  ['a checkpoint whose size has a zero before it', 3, (log) => log.request(3, 7).replace('\n7\n', '\n07\n'), 400],
  ['more than it reads', 3, (log) => log.request(3, 7, { more: 'x'.repeat(200_000) }), 400],
  ['an old size above the checkpoint', 7, (log) => log.request(7, 3), 400],
  ['an old size above an empty checkpoint', 3, (log) => log.request(3, 0), 400],
  ['a log nobody told it about', 3, (log) => log.request(3, 7, { origin: 'unknown.test.example/log' }), 404],
  ["another log's key", 3, (log) => log.request(3, 7, { origin: LOGS[59]?.key.name ?? '' }), 403],
  ['a changed size', 3, (log) => log.request(3, 7).replace('\n7\n', '\n8\n'), 403],
  ['a changed signature', 3, (log) => log.request(3, 7).replace(/....\n$/, 'AAA=\n'), 403],
  [
    'a second line of the known key that is forged',
    3,
    (log) => {
      const line = log.checkpoint(7).split('\n').at(-2) ?? '';
      return log.request(3, 7, { more: `${line.replace(/.{8}$/, 'AAAAAAA=')}\n` });
    },
    403,
  ],
  ['an old size below the known one', 3, (log) => log.request(2, 7), 409],
  ['an old size above the known one', 3, (log) => log.request(4, 7), 409],
  ['old 0 for a log it knows', 3, (log) => log.request(0, 7), 409],
  ['an empty tree after entries', 3, (log) => log.request(0, 0), 409],
  ['an old size for a log it has never cosigned', 0, (log) => log.request(3, 7), 409],
  ['another root of the known size', 3, (log) => log.forked(2).request(3, 3), 422],
  ['a branch that left before the known size', 3, (log) => log.forked(2).request(3, 7), 422],
  ['no proof', 3, (log) => log.request(3, 7, { proof: [] }), 422],
  ['a proof with a hash too many', 3, (log) => log.request(3, 7, { proof: [...proof(log), zeros] }), 422],
  ['a proof with a hash too few', 3, (log) => log.request(3, 7, { proof: proof(log).slice(1) }), 422],
  ['a proof of other hashes', 3, (log) => log.request(3, 7, { proof: proof(log).map(() => zeros) }), 422],
  ['a proof where there is nothing to prove', 3, (log) => log.request(3, 3, { proof: [zeros] }), 422],
  ['a proof from size 0', 0, (log) => log.request(0, 7, { proof: [zeros] }), 422],
  ['an empty tree with a root', 0, (log) => log.request(0, 0, { root: zeros }), 422],
])('%s is answered as the protocol asks, and changes nothing', async (_, known, request, status) => {
  const log = known === 0 ? freshLog() : await logAt(known);
  const answer = await ask(request(log));
  expect(answer.status).toBe(status);
  const text = await answer.text();
  expect(text).not.toContain('—');
  if (status === 409) {
    expect([answer.headers.get('content-type'), text]).toEqual(['text/x.tlog.size', `${known}\n`]);
  }
  expect(await knownSize(log)).toBe(`${known}\n`);
});

test('lines of unknown keys are ignored, and not passed on', async () => {
  const log = freshLog();
  const body = log.request(0, 7, { more: `— stranger.test.example ${btoa('x'.repeat(68))}\n` });
  const answer = await ask(body);
  expect(answer.status).toBe(200);
  expectCosigned(log.checkpoint(7), await answer.text());
  expect(await (await monitored(log)).text()).not.toContain('stranger');
});

test('of twenty racing requests from one size one wins, the others are told a size, and it never shrinks', async () => {
  const log = await logAt(3);
  const sizes = Array.from({ length: 20 }, (_, n) => 23 - n);
  const answers = await Promise.all(sizes.map((size) => ask(log.request(3, size))));
  const won = sizes.filter((_, n) => answers[n]?.status === 200);
  expect(won).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  expect(await knownSize(log)).toBe(`${won[0]}\n`);
});

test('of racing branches of one size only one is cosigned', async () => {
  const log = await logAt(3);
  const branches = [log, log.forked(3)];
  const answers = await Promise.all([0, 1, 0, 1].map((n) => ask(branches[n]?.request(3, 9) ?? '')));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('monitors are shown the last cosigned checkpoint, signed by the log and the witness alone', async () => {
  const log = freshLog();
  expect((await monitored(log)).status).toBe(404);
  await ask(log.request(0, 5));
  const shown = await monitored(log);
  expect(shown.status).toBe(200);
  const note = parseNote(await shown.text());
  if (!note.ok) throw new Error(note.reason);
  expect(note.value.signatures).toHaveLength(2);
  expect(verifyNoteSignature(note.value, log.key).ok).toBe(true);
  expect(verifyCosignatures(note.value, [witness.key])).toMatchObject({ ok: true, value: { length: 1 } });
});

test('it names its key at /, takes only POST, and knows no other path', async () => {
  expect(await (await fetch(witness.url)).text()).toBe(`${encodeVkey(witness.key)}\n`);
  expect((await fetch(`${witness.url}/add-checkpoint`)).status).toBe(405);
  expect((await fetch(`${witness.url}/add-entries`, { method: 'POST' })).status).toBe(404);
});

test('after a restart it remembers: the old size is refused, the old branch too, and the next one is cosigned', async () => {
  const log = await logAt(9);
  await witness.stop();
  witness = await start();
  const answer = await ask(log.request(0, 9));
  expect([answer.status, await answer.text()]).toEqual([409, '9\n']);
  expect((await ask(log.forked(4).request(9, 12))).status).toBe(422);
  expect((await ask(log.request(9, 12))).status).toBe(200);
});

describeVectors('FiloSottile/torchwood, cmd/litewitness/testdata/litewitness.txt', () => {
  interface Transcript {
    readonly steps: readonly {
      readonly request: string;
      readonly expectedNow: number;
      readonly body: { readonly '=='?: string };
    }[];
  }

  test('the recorded exchange is answered as the protocol asks today', async () => {
    const { steps } = vectorJson<Transcript>('log/litewitness/transcript.json');
    expect(steps.length).toBeGreaterThan(0);
    for (const { request, expectedNow, body } of steps) {
      const answer = await ask(request);
      // The recorded forgery is also a second spelling of its base64, which this witness does not read at all.
      const signature = request.trimEnd().split(' ').at(-1) ?? '';
      const spelledOnce = btoa(atob(signature)) === signature;
      expect(answer.status).toBe(spelledOnce ? expectedNow : 400);
      const text = await answer.text();
      if (body['==']) expect(text).toBe(body['==']);
    }
  });
});

function proof(log: TestLog): Uint8Array[] {
  return log
    .request(3, 7)
    .split('\n\n', 1)[0]
    ?.split('\n')
    .slice(1)
    .map((line) => Uint8Array.from(Buffer.from(line, 'base64'))) as Uint8Array[];
}
