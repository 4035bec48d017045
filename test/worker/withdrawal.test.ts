/** Withdrawn content is served no more, and overwritten wherever it stands. */
import { expect, test, vi } from 'vitest';
import { leafHash } from '#shared/log/merkle.ts';
import type { Submission } from '../../worker/sequencer/admission.ts';
import { readContent } from '../../worker/storage/content.ts';
import { parsePack } from '../../worker/storage/packs.ts';
import { attestation, type Made } from './support/attestation.ts';
import { type LogUnderTest, withLog } from './support/log-under-test.ts';

const contentOf = async (log: LogUnderTest, { entry, digest }: Submission): Promise<unknown> => {
  const found = await readContent(log.stored, log.sequencer.tables.entries.entry(leafHash(entry))?.content, digest);
  return typeof found === 'object' ? found.preimage : found;
};
const packWrites = ({ kind, name }: { kind: string; name: string }): boolean =>
  kind === 'write' && name.startsWith('packs/');

test('withdrawn content is overwritten wherever it stands, and what stands beside it stays', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    const [gone, again, stays] = [
      attestation('A text to forget.', 'one'),
      attestation('A text to forget.', 'two'),
      attestation('A text to keep.'),
    ];
    await log.submitUntilLogged([gone, stays]);
    await log.submitUntilLogged([again]);
    const places = [gone, again].map(({ entry }) => log.tables.entries.entry(leafHash(entry))?.content);
    await log.sequencer.withdraw(gone.digest);
    for (const place of places) {
      if (typeof place !== 'object') throw new Error('no place');
      const range = { offset: place.at, length: place.preimageLength + place.attachmentsLength };
      const bytes = await log.stored.get(place.pack, range);
      expect(bytes).toEqual(new Uint8Array(range.length));
    }
    expect(await contentOf(log, gone)).toBe('withdrawn');
    expect(await contentOf(log, again)).toBe('withdrawn');
    expect(await contentOf(log, stays)).toEqual(stays.content?.preimage);
    expect(await log.submit([gone])).toMatchObject([{ index: 2, duplicate: true }]);
    expect(await log.submit([attestation('A text to forget.', 'three')])).toEqual([
      { ok: false, reason: 'claim-withdrawn' },
    ]);
    await log.check();
  });
});

test('a withdrawal that storage interrupts is served no more at once, and finished by the alarm', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    const made = attestation('A text that lingers.');
    await log.submitUntilLogged([made]);
    const place = log.tables.entries.entry(leafHash(made.entry))?.content;
    if (typeof place !== 'object') throw new Error('no place');
    const stored = () => log.stored.get(place.pack, { offset: place.at, length: place.preimageLength });
    log.faults.decide = (operation) => (packWrites(operation) ? 'failed' : undefined);
    await expect(log.sequencer.withdraw(made.digest)).rejects.toThrow('injected');
    expect(await contentOf(log, made)).toBe('withdrawn');
    expect(await stored()).toEqual(made.content?.preimage);
    log.faults.clear();
    log.restart();
    await log.sequencer.alarm();
    expect(await stored()).toEqual(new Uint8Array(place.preimageLength));
    await log.faults.arrive();
    expect(await stored()).toEqual(new Uint8Array(place.preimageLength));
  });
});

test('a withdrawal goes on where it was interrupted, in however many packs the content stands', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    const many = ['one', 'two', 'three'].map((subject) => attestation('A text in three packs.', subject));
    for (const made of many) await log.submitUntilLogged([made]);
    const places = many.map(({ entry }) => log.tables.entries.entry(leafHash(entry))?.content);
    const rewritten: string[] = [];
    log.faults.decide = ({ kind, name }) => {
      if (kind !== 'write' || !name.startsWith('packs/')) return undefined;
      rewritten.push(name);
      return rewritten.length % 2 === 0 ? 'failed' : undefined;
    };
    await expect(log.sequencer.withdraw(many[0]?.digest ?? new Uint8Array())).rejects.toThrow('injected');
    log.restart();
    await log.sequencer.alarm();
    log.restart();
    await log.sequencer.alarm();
    const packs = places.map((place) => (typeof place === 'object' ? place.pack : ''));
    expect(new Set(rewritten)).toEqual(new Set(packs));
    // Three that were done, two that failed before.
    expect(rewritten).toHaveLength(5);
    for (const place of places) {
      if (typeof place !== 'object') throw new Error('no place');
      const range = { offset: place.at, length: place.preimageLength + place.attachmentsLength };
      expect(await log.stored.get(place.pack, range)).toEqual(new Uint8Array(range.length));
    }
    expect(log.tables.content.notBlanked()).toBeUndefined();
    expect(await contentOf(log, many[0] as Made)).toBe('withdrawn');
  });
});

test('a claim that was restated over and over is withdrawn without rewriting its pack for each', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    const made = Array.from({ length: 250 }, (_, n) => attestation('A text restated.', `${n}`));
    const stays = attestation('A text beside it.');
    await log.submitUntilLogged([...made, stays]);
    const pack = log.tables.entries.entry(leafHash(stays.entry))?.content;
    if (typeof pack !== 'object') throw new Error('no place');
    let rewritten = 0;
    log.faults.decide = (operation) => {
      if (packWrites(operation)) rewritten++;
      return undefined;
    };
    await log.sequencer.withdraw(made[0]?.digest ?? new Uint8Array());
    expect(rewritten).toBe(3);
    const left = [...parsePack((await log.stored.get(pack.pack)) ?? new Uint8Array())];
    expect(left.filter(({ preimage }) => preimage.some((byte) => byte !== 0))).toMatchObject([
      { leaf: leafHash(stays.entry), preimage: stays.content?.preimage },
    ]);
    expect(left).toHaveLength(251);
  });
});

test('a claim withdrawn while a round stores it again is not logged with it', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    const [first, second] = [
      attestation('A text withdrawn in between.', 'one'),
      attestation('A text withdrawn in between.', 'two'),
    ];
    await log.submitUntilLogged([first]);
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const putNew = log.stored.putNew.bind(log.stored);
    let pack = '';
    vi.spyOn(log.stored, 'putNew').mockImplementation(async (key, value) => {
      pack = key;
      reached.resolve();
      await gate.promise;
      return putNew(key, value);
    });
    const answers = log.submit([second]);
    await reached.promise;
    await log.sequencer.withdraw(first.digest);
    gate.resolve();
    expect(await answers).toEqual([{ ok: false, reason: 'log-unavailable' }]);
    expect(await log.submit([second])).toEqual([{ ok: false, reason: 'claim-withdrawn' }]);
    const [left] = [...parsePack((await log.stored.get(pack)) ?? new Uint8Array())];
    expect(left?.preimage).toEqual(new Uint8Array(second.content?.preimage.length ?? 0));
    await log.check();
  });
});
