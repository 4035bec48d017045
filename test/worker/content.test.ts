/** What statements are over: stored before its entry is, found again, and gone when it is withdrawn. */
import { sha256 } from '@noble/hashes/sha2.js';
import { expect, test, vi } from 'vitest';
import { signStatement } from '#shared/attestation/statement.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { CLAIM_MEDIA_TYPE, encodeClaim } from '#shared/claim/claim.ts';
import { textOutput } from '#shared/claim/text-output.ts';
import { MAX_PASSAGES } from '#shared/limits.ts';
import { leafHash } from '#shared/log/merkle.ts';
import { plainLines } from '#shared/text/passages.ts';
import { PREFIX_LENGTH } from '../../worker/lookup/bucket.ts';
import { shardName } from '../../worker/lookup/deliver.ts';
import { LookupDO } from '../../worker/lookup/lookup-do.ts';
import type { Submission } from '../../worker/sequencer/admission.ts';
import { readContent } from '../../worker/storage/content.ts';
import { encodeAttachments, parsePack } from '../../worker/storage/packs.ts';
import { type LogUnderTest, withLog } from './support/log-under-test.ts';
import { bindings, ISSUER, issuerKey, issuerKid, submissionOf } from './support/submissions.ts';

interface Made extends Submission {
  readonly output: Uint8Array;
}

/** An attestation of `text`. */
function attestation(text: string, subject = 's'): Made {
  const { output, passages } = textOutput(text, 'text/plain', plainLines(text));
  const preimage = encodeClaim({
    v: 1,
    output,
    model: { provider: 'model.example', name: 'sample-1' },
    run: { at: 1_790_000_000, operator: 'news.example', by: 'self' },
    accountability: { level: 'logged' },
    evidence: [],
    parents: [],
    nonce: new Uint8Array(16),
  });
  const content = { type: 'output', issuer: ISSUER, subject, issuedAt: 1_790_000_000 } as const;
  const over = { preimage, preimageType: CLAIM_MEDIA_TYPE, location: `${ISSUER}/claims/1` };
  return {
    entry: signStatement({ ...content, ...over }, issuerKey),
    kid: issuerKid,
    issuer: ISSUER,
    digest: sha256(preimage),
    content: { preimage, attachments: encodeAttachments({ passages, evidence: [] }) },
    isEpoch: true,
    output: output.digest,
  };
}

const contentOf = async (log: LogUnderTest, { entry, digest }: Submission): Promise<unknown> => {
  const found = await readContent(log.stored, log.sequencer.tables.entry(leafHash(entry))?.content, digest);
  return typeof found === 'object' ? found.preimage : found;
};
const found = async ({ output }: Made): Promise<string[]> => {
  const prefix = toHex(output).slice(0, PREFIX_LENGTH);
  const rows = await bindings.LOOKUP.getByName(shardName('sha-256', prefix)).bucket('sha-256', prefix);
  return rows.filter(({ suffix }) => prefix + suffix === toHex(output)).map(({ id }) => id);
};
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
  await withLog(async (log) => {
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
    expect(await found(made)).toHaveLength(1);
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
    const places = [gone, again].map(({ entry }) => log.tables.entry(leafHash(entry))?.content);
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
    const place = log.tables.entry(leafHash(made.entry))?.content;
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
    const places = many.map(({ entry }) => log.tables.entry(leafHash(entry))?.content);
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

test('lookup rows that a crash kept back go out afterwards, and the whole index can be built again', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    const [one, two] = [attestation('A text to be found.'), attestation('Another text to be found.')];
    log.faults.decide = ({ kind, name }) => (kind === 'read' && name.startsWith('packs/') ? 'failed' : undefined);
    await log.submitUntilLogged([one]);
    await log.submitUntilLogged([two]);
    expect(await found(one)).toEqual([]);
    log.restart();
    log.faults.clear();
    await log.sequencer.alarm();
    expect([await found(one), await found(two)].map(({ length }) => length)).toEqual([1, 1]);
    expect(log.tables.content.undelivered(10)).toEqual([]);
    log.tables.content.delivered(0);
    expect(log.tables.content.undelivered(10)).toHaveLength(2);
    await log.sequencer.alarm();
    expect(await found(one)).toHaveLength(1);
  });
});

test('passages that all fall into one shard do not keep the rest of the log out of the index', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    const passages = (seed: number): Uint8Array[] =>
      Array.from({ length: MAX_PASSAGES }, (_, n) => {
        const digest = new Uint8Array(32).fill(seed, 4);
        new DataView(digest.buffer).setUint32(0, n);
        return digest;
      });
    const many = Array.from({ length: 60 }, (_, n) => {
      const { content, ...made } = attestation('A text of many passages.', `${n}`);
      const attachments = encodeAttachments({ passages: passages(n), evidence: [] });
      return { ...made, content: { preimage: content?.preimage ?? new Uint8Array(), attachments } };
    });
    const last = attestation('A text after all of them.');
    let rows = 0;
    const spy = vi.spyOn(LookupDO.prototype, 'add').mockImplementation((added) => {
      rows += added.length;
    });
    await log.submitUntilLogged(many);
    await log.submitUntilLogged([last]);
    await log.sequencer.alarm();
    spy.mockRestore();
    expect(log.tables.content.undelivered(10)).toEqual([]);
    expect(rows).toBe(60 * (1 + MAX_PASSAGES) + 2);
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
