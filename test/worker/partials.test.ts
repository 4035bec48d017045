import { expect, test } from 'vitest';
import { equalBytes } from '#shared/bytes/bytes.ts';
import { inclusionProofFromTiles, rootFromTiles } from '#shared/log/tile-proofs.ts';
import { CHECKPOINT_KEY, readEntry, tileReader } from '../../worker/storage/log-store.ts';
import { writesOf } from './support/faults.ts';
import { withLog } from './support/log-under-test.ts';
import { submissionOf, submissions } from './support/submissions.ts';

const partials = (keys: readonly string[]): string[] => keys.filter((key) => key.includes('.p/'));

test('partial tiles and bundles go once the full ones are published, and old trees stay readable', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    await log.submit(submissions(0, 100));
    await log.submit(submissions(100, 153));
    await log.sequencer.alarm();
    const of = (width: number): string[] => [`log/tile/0/000.p/${width}`, `log/tile/entries/000.p/${width}`];
    expect(partials(log.stored.tiles)).toEqual([2, 102, 255].flatMap(of).sort());
    const read = tileReader(log.stored);
    const before = [await rootFromTiles(read, 102), await inclusionProofFromTiles(read, 50, 102)];

    await log.submit([submissionOf(253), submissionOf(254)]);
    await log.sequencer.alarm();
    expect(partials(log.stored.tiles)).toEqual([
      'log/tile/0/001.p/1',
      'log/tile/1/000.p/1',
      'log/tile/entries/001.p/1',
    ]);
    for (const key of [...of(102), ...of(255)]) expect(await log.stored.getFromBucket(key)).toBeUndefined();
    expect([await rootFromTiles(read, 102), await inclusionProofFromTiles(read, 50, 102)]).toEqual(before);
    const entry = await readEntry(log.stored, 50, 102);
    expect(entry && equalBytes(entry, submissionOf(48).entry)).toBe(true);
    await log.check();
  });
});

test('none goes while the checkpoint that has the full tile is not visible', async () => {
  await withLog(async (log) => {
    await log.seed(255);
    const before = partials(log.stored.tiles);
    log.faults.decide = writesOf(CHECKPOINT_KEY);
    await log.submit(submissions(0, 1));
    await log.sequencer.alarm();
    expect(log.tables.lock()?.size).toBe(256);
    expect(partials(log.stored.tiles)).toEqual(expect.arrayContaining(before));
    log.faults.clear();
    await log.sequencer.alarm();
    expect(partials(log.stored.tiles)).toEqual(['log/tile/1/000.p/1']);
  });
});

test('a failed deletion troubles nobody who submits, and is tried again', async () => {
  await withLog(async (log) => {
    await log.seed(255);
    log.faults.decide = ({ kind }) => (kind === 'delete' ? 'failed' : undefined);
    expect(await log.submit(submissions(0, 2))).toMatchObject([{ ok: true }, { ok: true }]);
    await log.sequencer.alarm();
    expect(partials(log.stored.tiles)).toContain('log/tile/0/000.p/255');
    log.faults.clear();
    await log.sequencer.alarm();
    expect(partials(log.stored.tiles)).not.toContain('log/tile/0/000.p/255');
    expect(log.tables.superseded(257, 10)).toEqual([]);
  });
});
