import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { leafHash } from '#shared/log/merkle.ts';
import { noteKey } from '#shared/log/note.ts';
import { Publisher } from '../../worker/sequencer/publisher.ts';
import { signHead } from '../../worker/sequencer/sequence.ts';
import { keyPair } from '../../worker/settings.ts';
import { CHECKPOINT_KEY } from '../../worker/storage/log-store.ts';
import { writesOf } from './support/faults.ts';
import { type LogUnderTest, withLog } from './support/log-under-test.ts';
import { config, submissionOf, submissions } from './support/submissions.ts';

const refusedForNow = { ok: false, reason: 'log-unavailable' };

test('Azul #84: a reload that fails leaves the log unloaded, and nothing is sequenced over missing tiles', async () => {
  await withLog(async (log) => {
    await log.seed(254);
    const [first, second] = [submissions(0, 2), submissions(2, 3)];
    // The round that fills the first tile is committed, but its tiles do not get out.
    log.faults.decide = ({ kind, name }) => (kind === 'write' && name.startsWith('log/tile/') ? 'failed' : undefined);
    expect(await log.submit(first)).toEqual([refusedForNow, refusedForNow]);
    expect(log.tables.lock()?.size).toBe(256);
    // Then nothing works: each reload fails like the one before, whoever asks for it.
    log.faults.decide = ({ kind }) => (kind === 'commit' ? undefined : 'failed');
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await log.submit(second)).toEqual(second.map(() => refusedForNow));
      await log.sequencer.alarm();
      await expect(log.sequencer.ready()).rejects.toThrow('injected');
    }
    expect(log.tables.lock()?.size).toBe(256);
    expect(log.stored.visibleSize).toBe(254);
    await log.check();
    // Storage is back: what was committed comes first, at its index.
    log.faults.clear();
    expect(await log.submitUntilLogged([...first, ...second])).toEqual([254, 255, 256, 257, 258]);
    await log.check();
  });
});

describe('stored state that contradicts itself is not built upon', () => {
  const other = keyPair('other', btoa(String.fromCharCode(...new Uint8Array(32).fill(9))));
  const sign = (size: number, fill: number, key = config.logKey): Uint8Array =>
    utf8(signHead({ size, root: new Uint8Array(32).fill(fill) }, key));
  const overwrite = async ({ stored }: LogUnderTest, text: Uint8Array): Promise<void> => {
    await stored.delete(CHECKPOINT_KEY);
    await stored.putNew(CHECKPOINT_KEY, text);
  };
  test.each<[string, (log: LogUnderTest) => Promise<void>, string]>([
    ['a tile is gone', ({ stored }) => stored.delete('log/tile/0/001'), 'the last entries do not hash'],
    ['a partial tile is gone', ({ stored }) => stored.delete('log/tile/1/000.p/2'), 'a tile of level 1 is missing'],
    ['the last bundle is gone', ({ stored }) => stored.delete('log/tile/entries/001'), 'the last entries do not hash'],
    [
      'a tile is another',
      ({ stored }) => stored.put('log/tile/1/000.p/2', new Uint8Array(64)),
      'do not hash to the committed root',
    ],
    ['more is published than was committed', (log) => overwrite(log, sign(513, 1)), 'more is published'],
    ['another tree of the same size is published', (log) => overwrite(log, sign(512, 1)), 'another tree'],
    ['an earlier checkpoint is of another tree', (log) => overwrite(log, sign(300, 1)), 'to the published root'],
    [
      'the checkpoint is signed by another key',
      (log) => overwrite(log, sign(512, 1, { ...other, note: noteKey(config.origin, 1, other.publicKey) })),
      'does not open under our key',
    ],
    [
      'the checkpoint is of another log',
      (log) => overwrite(log, sign(512, 1, { ...config.logKey, note: noteKey('other', 1, config.logKey.publicKey) })),
      'does not open under our key',
    ],
    ['the checkpoint is no text', (log) => overwrite(log, Uint8Array.of(0xff)), 'does not open under our key'],
  ])('%s', async (_, damage, message) => {
    await withLog(async (log) => {
      await log.seed(512);
      await damage(log);
      const before = [log.tables.lock(), await log.stored.get(CHECKPOINT_KEY)];
      await expect(log.sequencer.ready()).rejects.toThrow(message);
      expect(await log.submit(submissions(0, 2))).toEqual([refusedForNow, refusedForNow]);
      await log.sequencer.alarm();
      expect([log.tables.lock(), await log.stored.get(CHECKPOINT_KEY)]).toEqual(before);
    });
  });

  test('a checkpoint is published, but nothing was ever committed', async () => {
    await withLog(async (log) => {
      await log.stored.putNew(CHECKPOINT_KEY, sign(2, 1));
      await expect(log.sequencer.ready()).rejects.toThrow('no committed head');
      expect(log.tables.lock()).toBeUndefined();
    });
  });
});

test('a commit on another size than the one it was made for changes nothing', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    const lock = log.tables.lock();
    if (!lock) throw new Error('no lock');
    const entries = [
      { leaf: new Uint8Array(32), index: 7, kid: new Uint8Array(32), digest: new Uint8Array(32), isKeyEvent: false },
    ];
    const staged = [{ key: 'log/tile/0/000.p/8', value: new Uint8Array(1), fullAt: 256 }];
    const commit = { oldSize: 7, lock: { ...lock, size: 8 }, staged, entries, keys: [] };
    expect(() => log.tables.commit(commit)).toThrow('the committed size has moved');
    expect(log.tables.lock()).toEqual(lock);
    expect(log.tables.staged()).toEqual([]);
    expect(log.tables.entries.indexesOf([new Uint8Array(32)]).size).toBe(0);
  });
});

describe('an answer is an index only where the entry is', () => {
  test('a duplicate of an entry that is committed but not visible waits until it is', async () => {
    await withLog(async (log) => {
      await log.seed(2);
      log.faults.decide = writesOf(CHECKPOINT_KEY);
      expect(await log.submit([submissionOf(0)])).toEqual([refusedForNow]);
      expect(log.sequencer.tables.entries.entry(leafHash(submissionOf(0).entry))?.index).toBe(2);
      expect(await log.submit([submissionOf(0)])).toEqual([refusedForNow]);
      log.restart();
      expect(await log.submit([submissionOf(0)])).toEqual([refusedForNow]);
      log.faults.clear();
      expect(await log.submit([submissionOf(0)])).toMatchObject([{ ok: true, index: 2, duplicate: true }]);
      await log.check();
    });
  });

  test('a duplicate of an entry whose round was not committed is a new entry', async () => {
    await withLog(async (log) => {
      await log.seed(2);
      log.faults.decide = ({ name }) => (name === 'commit' ? 'failed' : undefined);
      expect(await log.submit([submissionOf(0)])).toEqual([refusedForNow]);
      log.faults.clear();
      expect(await log.submit([submissionOf(1), submissionOf(0)])).toMatchObject([
        { ok: true, index: 2, duplicate: false },
        { ok: true, index: 3, duplicate: false },
      ]);
      await log.check();
    });
  });

  test('the same statement many times at once is one entry', async () => {
    await withLog(async (log) => {
      const outcomes = await log.submit(Array.from({ length: 300 }, () => submissionOf(0)));
      expect(new Set(outcomes.map((outcome) => outcome.ok && outcome.index))).toEqual(new Set([2]));
      expect(log.stored.visibleSize).toBe(3);
      await log.check();
    });
  });
});

describe('what is under way when a log is discarded', () => {
  test('staged objects of another round stay staged', async () => {
    await withLog(async (log) => {
      await log.seed(2);
      log.faults.decide = ({ kind }) => (kind === 'write' ? 'failed' : undefined);
      await log.submit(submissions(0, 1));
      const keys = log.tables.staged().map(({ key }) => key);
      expect(keys).toEqual(['log/tile/0/000.p/3', 'log/tile/entries/000.p/3']);
      log.tables.clearStaged(keys.slice(0, 1));
      expect(log.tables.staged().map(({ key }) => key)).toEqual(keys.slice(1));
    });
  });

  test('whoever asks a publisher that was given up is told, not left waiting', async () => {
    await withLog(async (log) => {
      const { policy } = config;
      const parts = {
        store: () => log.stored,
        tables: log.tables,
        policy,
        visible: { size: 2, text: '', version: undefined },
      };
      const publisher = new Publisher(parts);
      const waiting = publisher.published(3);
      publisher.abandon(new Error('given up'));
      await expect(waiting).rejects.toThrow('given up');
      await expect(publisher.published(3)).rejects.toThrow('given up');
    });
  });
});
