/** The witness over time: racing requests, a restart, key changes, monitors, and an exchange recorded elsewhere. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromHex } from '#shared/bytes/hex.ts';
import { verifyCosignatures } from '#shared/log/cosignature.ts';
import { ED25519, encodeVkey, noteKey, verifyLines } from '#shared/log/note.ts';
import { describeVectors, vectorJson } from '../support/vectors.ts';
import { noteOf, TestWitness } from './support/witness.ts';

const LITEWITNESS = 'sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562';
const LITEWITNESS_KEY = 'ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f';
const witness = new TestWitness([noteKey(LITEWITNESS, 1, fromHex(LITEWITNESS_KEY) ?? new Uint8Array())]);
beforeAll(() => witness.start());
afterAll(() => witness.stop());

test('a log that changes its key signs with either, or with both', async () => {
  const log = witness.freshLog();
  const lineOf = (size: number): string => log.nextLine(noteOf(log.checkpoint(size)).text);
  expect((await witness.ask(log.request(0, 3))).status).toBe(200);
  expect((await witness.ask(log.request(3, 5, { more: lineOf(5) }))).status).toBe(200);
  expect((await witness.ask(log.request(5, 7).replace(/— .*\n$/, lineOf(7)))).status).toBe(200);
});

test('lines of unknown keys are ignored, and not passed on', async () => {
  const log = witness.freshLog();
  const body = log.request(0, 7, { more: `— stranger.test.example ${btoa('x'.repeat(68))}\n` });
  const answer = await witness.ask(body);
  expect(answer.status).toBe(200);
  witness.expectCosigned(log.checkpoint(7), await answer.text());
  expect(await (await witness.monitored(log)).text()).not.toContain('stranger');
});

test('of twenty racing requests from one size one wins, the others are told a size, and it never shrinks', async () => {
  const log = await witness.logAt(3);
  const sizes = Array.from({ length: 20 }, (_, n) => 23 - n);
  const answers = await Promise.all(sizes.map((size) => witness.ask(log.request(3, size))));
  const won = sizes.filter((_, n) => answers[n]?.status === 200);
  expect(won).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  expect(await witness.knownSize(log)).toBe(`${won[0]}\n`);
});

test('of racing branches of one size only one is cosigned', async () => {
  const log = await witness.logAt(3);
  const branches = [log, log.forked(3)];
  const answers = await Promise.all([0, 1, 0, 1].map((n) => witness.ask(branches[n]?.request(3, 9) ?? '')));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('monitors are shown the last cosigned checkpoint, signed by the log and the witness alone', async () => {
  const log = witness.freshLog();
  expect((await witness.monitored(log)).status).toBe(404);
  await witness.ask(log.request(0, 5));
  const shown = await witness.monitored(log);
  expect(shown.status).toBe(200);
  const note = noteOf(await shown.text());
  expect(note.signatures).toHaveLength(2);
  expect(verifyLines(note, log.key, [ED25519])).toEqual([0]);
  expect(verifyCosignatures(note, [witness.key])).toMatchObject({ ok: true, value: { length: 1 } });
});

test('it names its key at /, takes only POST, and knows no other path', async () => {
  expect(await (await witness.get('/')).text()).toBe(`${encodeVkey(witness.key)}\n`);
  expect((await witness.get(`/add-checkpoint`)).status).toBe(405);
  expect((await witness.get(`/add-entries`, { method: 'POST' })).status).toBe(404);
});

test('after a restart it remembers: the old size is refused, the old branch too, and the next one is cosigned', async () => {
  const log = await witness.logAt(9);
  await witness.restart();
  const answer = await witness.ask(log.request(0, 9));
  expect([answer.status, await answer.text()]).toEqual([409, '9\n']);
  expect((await witness.ask(log.forked(4).request(9, 12))).status).toBe(422);
  expect((await witness.ask(log.request(9, 12))).status).toBe(200);
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
      const answer = await witness.ask(request);
      // The recorded forgery is also a second spelling of its base64, which this witness does not read at all.
      const signature = request.trimEnd().split(' ').at(-1) ?? '';
      const spelledOnce = btoa(atob(signature)) === signature;
      expect(answer.status).toBe(spelledOnce ? expectedNow : 400);
      const text = await answer.text();
      if (body['==']) expect(text).toBe(body['==']);
    }
  });
});
