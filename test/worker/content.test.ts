/** What statements are over: stored before its entry is, and found again. */
import { expect, test, vi } from 'vitest';
import { toHex } from '#shared/bytes/hex.ts';
import { leafHash } from '#shared/log/merkle.ts';
import type { Submission } from '../../worker/sequencer/admission.ts';
import { readContent } from '../../worker/storage/content.ts';
import { attestation, type Made } from './support/attestation.ts';
import { foundBy } from './support/found-by.ts';
import { type LogUnderTest, withIndexedLog, withLog } from './support/log-under-test.ts';
import { submissionOf } from './support/submissions.ts';

const contentOf = async (log: LogUnderTest, { entry, digest }: Submission): Promise<unknown> => {
  const found = await readContent(log.stored, log.sequencer.tables.entries.entry(leafHash(entry))?.content, digest);
  return typeof found === 'object' ? found.preimage : found;
};
const found = (log: LogUnderTest, { output }: Made): Promise<string[]> => foundBy(log.lookup, 'sha-256', toHex(output));
const packWrites = ({ kind, name }: { kind: string; name: string }): boolean =>
  kind === 'write' && name.startsWith('packs/');

test('content that cannot be stored logs nothing, and the same submission is logged with it later', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    const made = attestation('A text that is stored.');
    log.faults.decide = (operation) => (packWrites(operation) ? 'failed' : undefined);
    expect(await log.submit([made])).toEqual([{ ok: false, reason: 'log-unavailable' }]);
    expect(log.tables.lock()?.size).toBe(2);
    log.faults.clear();
    expect(await log.submitUntilLogged([made])).toEqual([2]);
    await log.faults.arrive();
    expect(await contentOf(log, made)).toEqual(made.content?.preimage);
    await log.check();
  });
});

test('whoever brings the claim of a statement that was logged alone completes it, once', async () => {
  await withIndexedLog(async (log) => {
    await log.seed(2);
    const made = attestation('A text whose statement came alone.');
    const { content: _, ...alone } = made;
    expect(await log.submitUntilLogged([alone])).toEqual([2]);
    expect(await contentOf(log, made)).toBeUndefined();
    expect(await log.submit([made])).toMatchObject([{ index: 2, duplicate: true }]);
    expect(await contentOf(log, made)).toEqual(made.content?.preimage);
    const other = { ...made, content: { preimage: new Uint8Array(3), attachments: new Uint8Array() } };
    expect(await log.submit([other])).toMatchObject([{ index: 2, duplicate: true }]);
    expect(await contentOf(log, made)).toEqual(made.content?.preimage);
    expect(log.tables.lock()?.size).toBe(3);
    await log.sequencer.alarm();
    expect(await found(log, made)).toHaveLength(1);
    await log.check();
  });
});

test('in one round, too, the claim may come after its statement', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    const made = attestation('A text that follows its statement.');
    const { content: _, ...alone } = made;
    expect(await log.submit([alone, made])).toMatchObject([{ index: 2 }, { index: 2, duplicate: true }]);
    expect(await contentOf(log, made)).toEqual(made.content?.preimage);
  });
});

test('content that storage has lost is not said to be withdrawn', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    const made = attestation('A text that gets lost.');
    await log.submitUntilLogged([made]);
    const place = log.tables.entries.entry(leafHash(made.entry))?.content;
    await log.stored.delete(typeof place === 'object' ? place.pack : '');
    await expect(contentOf(log, made)).rejects.toThrow('missing');
  });
});

test('a round takes no more content than one pack holds, and more than the pool holds is told to come back', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    const big = { preimage: new Uint8Array(1024 * 1024), attachments: new Uint8Array() };
    const batch = Array.from({ length: 40 }, (_, n) => ({ ...submissionOf(n), content: big }));
    const packs: number[] = [];
    const putNew = log.stored.putNew.bind(log.stored);
    vi.spyOn(log.stored, 'putNew').mockImplementation((key, value) => {
      packs.push(value.length);
      return putNew(key, value);
    });
    const outcomes = await log.submit(batch);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(31);
    expect(outcomes.filter((outcome) => !outcome.ok && outcome.reason === 'log-busy')).toHaveLength(9);
    expect(Math.max(...packs)).toBeLessThan(8.5 * 1024 * 1024);
    await log.submitUntilLogged(batch.slice(20));
    await log.check();
  });
});
