/** The lookup index of a log: what gets into it, what it keeps, and that it can be built again from the log alone. */
import { sha256 } from '@noble/hashes/sha2.js';
import { expect, test } from 'vitest';
import { statementId } from '#shared/attestation/statement.ts';
import { concatBytes, utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { imageKeys } from '#shared/image/image-keys.ts';
import { type LOOKUP_ALGS, MAX_BUCKET } from '../../worker/lookup/bucket.ts';
import { type LookupKeys, lookupKeys, placedKeys } from '../../worker/lookup/keys.ts';
import { LookupIndex } from '../../worker/lookup/lookup-index.ts';
import type { Submission } from '../../worker/sequencer/admission.ts';
import { attestation, attestationOf, type Made } from './support/attestation.ts';
import { foundBy } from './support/found-by.ts';
import { type LogUnderTest, withIndexedLog } from './support/log-under-test.ts';
import { bindings } from './support/submissions.ts';

const found = (log: LogUnderTest, { output }: Made): Promise<string[]> => foundBy(log.lookup, 'sha-256', toHex(output));
const NONE: LookupKeys = {
  'sha-256': new Uint8Array(),
  'wm-match-1': new Uint8Array(),
  'wm-winnow-1': new Uint8Array(),
  'wm-oprf-1': new Uint8Array(),
  'wm-minhash-1': new Uint8Array(),
  'wm-image-1': new Uint8Array(),
};

let indexes = 0;
/** An index that has nothing yet, not even a beginning. */
function newIndex(): LookupIndex {
  const name = `index-${++indexes}`;
  return new LookupIndex(bindings.LOOKUP, () => name);
}
/** An index without a log. */
async function startIndex(): Promise<LookupIndex> {
  const index = newIndex();
  await index.begin();
  return index;
}
const leafOf = (index: number): Uint8Array => sha256(utf8(`leaf ${index}`));
/** Fingerprints of one bucket. */
const keyIn = (prefix: string, n: number): Uint8Array => {
  const key = sha256(utf8(`${prefix} ${n}`)).slice(0, 6);
  key.set([Number.parseInt(prefix.slice(0, 2), 16), Number.parseInt(prefix.slice(2), 16)]);
  return key;
};

const fingerprints = {
  'wm-winnow-1': keyIn('0102', 1),
  'wm-minhash-1': concatBytes(keyIn('a1b2', 2), keyIn('ffff', 3)),
};
/** Every key of a submission, as an address and its rest. */
const keysOf = ({ content }: Submission): [(typeof LOOKUP_ALGS)[number], string][] => {
  const keys = content && lookupKeys({ leaf: new Uint8Array(32), ...content });
  return keys ? [...placedKeys(keys)].map(({ alg, key }) => [alg, toHex(key)]) : [];
};
const allFound = (log: LogUnderTest, made: Submission): Promise<string[][]> =>
  Promise.all(keysOf(made).map(([alg, hex]) => foundBy(log.lookup, alg, hex)));

test('an attestation is found by its digest, its passages and every fingerprint it brought', async () => {
  await withIndexedLog(async (log) => {
    await log.seed(2);
    const made = attestation('One passage.\nAnother passage.', 's', { fingerprints, text: utf8('One passage.') });
    await log.submitUntilLogged([made]);
    await log.sequencer.alarm();
    const all = await allFound(log, made);
    expect(all).toHaveLength(6);
    expect(all).toEqual(Array(6).fill([statementId(made.entry)]));
  });
});

test('an image is found by every key of its signed hash, also once the index is built again, until it is withdrawn', async () => {
  await withIndexedLog(async (log) => {
    await log.seed(2);
    const match = { alg: 'wm-image-1', hash: sha256(utf8('looks')) } as const;
    const image = attestationOf({ type: 'image/png', size: 4, digest: sha256(utf8('file')), match });
    await log.submitUntilLogged([image]);
    await log.sequencer.alarm();
    const each = Array(1 + imageKeys(match.hash).length).fill([statementId(image.entry)]);
    expect(await allFound(log, image)).toEqual(each);
    log.tables.content.delivered(0);
    await log.sequencer.alarm();
    expect(await allFound(log, image)).toEqual(each);
    await log.sequencer.withdraw(image.digest);
    expect((await allFound(log, image)).flat()).toEqual([]);
  });
});

test('rows that a crash kept back go out afterwards, and the whole index can be built again', async () => {
  await withIndexedLog(async (log) => {
    await log.seed(2);
    const [one, two] = [attestation('A text to be found.'), attestation('Another text to be found.')];
    log.faults.decide = ({ kind, name }) => (kind === 'read' && name.startsWith('packs/') ? 'failed' : undefined);
    await log.submitUntilLogged([one]);
    await log.submitUntilLogged([two]);
    expect(await found(log, one)).toEqual([]);
    log.restart();
    log.faults.clear();
    await log.sequencer.alarm();
    expect([await found(log, one), await found(log, two)].map(({ length }) => length)).toEqual([1, 1]);
    expect(log.tables.content.undelivered(10)).toEqual([]);
    log.tables.content.delivered(0);
    expect(log.tables.content.undelivered(10)).toHaveLength(2);
    await log.sequencer.alarm();
    expect(await found(log, one)).toHaveLength(1);
  });
});

test('while an index is being built for the first time, nobody is told that nothing was found', async () => {
  const index = await startIndex();
  await index.add([{ index: 7, leaf: leafOf(7), keys: { ...NONE, 'wm-winnow-1': keyIn('0102', 1) } }]);
  expect(await index.bucket('wm-winnow-1', '0102')).toBeUndefined();
  await index.complete();
  expect(await index.bucket('wm-winnow-1', '0102')).toMatchObject({ entries: [{}], complete: true });
});

test('shards that lost what they had say so, and are built again from the log', async () => {
  await withIndexedLog(async (log) => {
    await log.seed(2);
    const [one, two] = [attestation('A text that was indexed.', 'one', { fingerprints }), attestation('A later text.')];
    await log.submitUntilLogged([one]);
    await log.sequencer.alarm();
    // The same log with shards that have nothing, as after the loss of all of them.
    const lost = newIndex();
    log.sequencer.lookup = lost;
    expect(await lost.bucket('sha-256', toHex(one.output).slice(0, 4))).toBeUndefined();
    await log.submitUntilLogged([two]);
    await log.sequencer.alarm();
    await log.sequencer.alarm();
    for (const made of [one, two]) {
      for (const [alg, hex] of keysOf(made)) expect(await foundBy(lost, alg, hex)).toEqual([statementId(made.entry)]);
    }
  });
});

test('a reader who asks a lost shard has it built again, and once it is whole, not again', async () => {
  await withIndexedLog(async (log) => {
    await log.seed(2);
    const made = attestation('A text nobody adds to.');
    await log.submitUntilLogged([made]);
    await log.sequencer.alarm();
    log.sequencer.lookup = newIndex();
    await log.sequencer.reindex();
    expect(log.tables.content.undelivered(10)).toHaveLength(1);
    // Asked again while it is being built: nothing begins anew.
    await log.sequencer.reindex();
    await log.sequencer.alarm();
    expect(await foundBy(log.sequencer.lookup, 'sha-256', toHex(made.output))).toHaveLength(1);
    expect(log.tables.content.indexed().isWhole).toBe(true);
  });
});

test('what is withdrawn leaves the index with all its keys, and does not come back when it is built again', async () => {
  await withIndexedLog(async (log) => {
    await log.seed(2);
    const [gone, stays] = [
      attestation('A text to forget.', 'one', { fingerprints, text: utf8('A text to forget.') }),
      attestation('A text to keep.', 'two', { fingerprints }),
    ];
    await log.submitUntilLogged([gone, stays]);
    await log.sequencer.alarm();
    expect((await allFound(log, gone)).map(({ length }) => length)).toEqual([1, 1, 2, 2, 2]);
    await log.sequencer.withdraw(gone.digest);
    const only = [statementId(stays.entry)];
    expect(await allFound(log, gone)).toEqual([[], [], only, only, only]);
    log.tables.content.delivered(0);
    await log.sequencer.alarm();
    expect(await allFound(log, gone)).toEqual([[], [], only, only, only]);
    await log.check();
  });
});

test('what is withdrawn before its rows went out never gets into the index', async () => {
  await withIndexedLog(async (log) => {
    await log.seed(2);
    const made = attestation('A text withdrawn at once.', 's', { fingerprints });
    log.faults.decide = ({ kind, name }) => (kind === 'read' && name.startsWith('packs/') ? 'failed' : undefined);
    await log.submitUntilLogged([made]);
    await expect(log.sequencer.withdraw(made.digest)).rejects.toThrow('injected');
    log.faults.clear();
    log.restart();
    await log.sequencer.alarm();
    expect((await allFound(log, made)).flat()).toEqual([]);
  });
});

test('a fingerprint of many attestations names the first sixteen, whenever the index is built', async () => {
  const key = keyIn('0abc', 1);
  const items = Array.from({ length: 20 }, (_, n) => ({
    index: n + 2,
    leaf: leafOf(n),
    keys: { ...NONE, 'wm-winnow-1': key },
  }));
  const built = await Promise.all(
    [[items], items.map((item) => [item]), [items, items]].map(async (deliveries) => {
      const index = await startIndex();
      for (const delivery of deliveries) expect(await index.add(delivery)).toBe(true);
      await index.complete();
      return index.bucket('wm-winnow-1', '0abc');
    }),
  );
  expect(built[0]?.entries).toHaveLength(16);
  expect(built).toEqual(Array(3).fill(built[0]));
});

test('one attestation gets eight rows of a bucket, and no more than its share of the index', async () => {
  const keys = concatBytes(...Array.from({ length: 100 }, (_, n) => keyIn('beef', n)), keyIn('0001', 1));
  const index = await startIndex();
  await index.add([{ index: 2, leaf: leafOf(2), keys: { ...NONE, 'wm-minhash-1': keys } }]);
  await index.complete();
  expect((await index.bucket('wm-minhash-1', 'beef'))?.entries).toHaveLength(8);
  expect((await index.bucket('wm-minhash-1', '0001'))?.entries).toHaveLength(1);
});

test('a bucket that is full keeps what came first, and says that it is not complete', async () => {
  const index = await startIndex();
  const items = Array.from({ length: MAX_BUCKET / 8 + 1 }, (_, index) => ({
    index,
    leaf: leafOf(index),
    keys: { ...NONE, 'wm-winnow-1': concatBytes(...Array.from({ length: 8 }, (_, n) => keyIn('ffff', index * 8 + n))) },
  }));
  await index.add(items.slice(0, -2));
  await index.complete();
  expect(await index.bucket('wm-winnow-1', 'ffff')).toMatchObject({ complete: true });
  await index.add(items.slice(-2));
  const full = await index.bucket('wm-winnow-1', 'ffff');
  expect([full?.complete, full?.entries.length]).toEqual([false, MAX_BUCKET]);
  await index.remove(items.slice(0, 1));
  await index.add(items.slice(-1));
  const ids = new Set((await index.bucket('wm-winnow-1', 'ffff'))?.entries.map(({ id }) => id));
  expect(ids.size).toBe(MAX_BUCKET / 8);
});

test.each(['0000', '1fff', '2000', '7fff', 'ffff'])(
  'bucket %s holds its own rows and no neighbour’s',
  async (prefix) => {
    const index = await startIndex();
    const bucket = Number.parseInt(prefix, 16);
    const around = [bucket - 1, bucket, bucket + 1].filter((each) => each >= 0 && each < 65_536);
    const keyOf = (each: number, fill: number): Uint8Array =>
      Uint8Array.of(each >> 8, each & 255, fill, fill, fill, fill);
    const keys = concatBytes(...around.flatMap((each) => [keyOf(each, 0), keyOf(each, 255)]));
    await index.add([{ index: 3, leaf: leafOf(3), keys: { ...NONE, 'wm-winnow-1': keys } }]);
    await index.complete();
    const entries = (await index.bucket('wm-winnow-1', prefix))?.entries ?? [];
    expect(entries.map(({ suffix }) => suffix)).toEqual(['00000000', 'ffffffff']);
  },
);
