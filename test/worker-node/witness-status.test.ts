/** The witness, asked over HTTP: every status of tlog-witness, in the order the protocol prescribes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestLog } from './support/test-log.ts';
import { TestWitness } from './support/witness.ts';

const witness = new TestWitness();
beforeAll(() => witness.start());
afterAll(() => witness.stop());

test.each([
  [0, 1],
  [0, 7],
  [1, 2],
  [3, 3],
  [3, 7],
  [4, 300],
])('from %i to %i it cosigns, and its own key verifies the line', async (old, size) => {
  const log = old === 0 ? witness.freshLog() : await witness.logAt(old);
  const answer = await witness.ask(log.request(old, size));
  expect(answer.status).toBe(200);
  witness.expectCosigned(log.checkpoint(size), await answer.text());
  expect(await witness.knownSize(log)).toBe(`${size}\n`);
});

test('an empty tree is cosigned from 0, and grows from there', async () => {
  const log = witness.freshLog();
  const answer = await witness.ask(log.request(0, 0));
  expect(answer.status).toBe(200);
  witness.expectCosigned(log.checkpoint(0), await answer.text());
  expect((await witness.ask(log.request(0, 2))).status).toBe(200);
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
  ["another log's key", 3, (log) => log.request(3, 7, { origin: witness.otherLog?.key.name ?? '' }), 403],
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
  [
    'a line of another known key that is forged',
    3,
    (log) => {
      return log.request(3, 7, { more: log.nextLine('another text\n') });
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
  const log = known === 0 ? witness.freshLog() : await witness.logAt(known);
  const answer = await witness.ask(request(log));
  expect(answer.status).toBe(status);
  const text = await answer.text();
  expect(text).not.toContain('—');
  if (status === 409) {
    expect([answer.headers.get('content-type'), text]).toEqual(['text/x.tlog.size', `${known}\n`]);
  }
  expect(await witness.knownSize(log)).toBe(`${known}\n`);
});

function proof(log: TestLog): Uint8Array[] {
  return log
    .request(3, 7)
    .split('\n\n', 1)[0]
    ?.split('\n')
    .slice(1)
    .map((line) => Uint8Array.from(Buffer.from(line, 'base64'))) as Uint8Array[];
}
