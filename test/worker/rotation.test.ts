/** One shard ends, the next one opens: whatever fails between, nothing acknowledged is lost and never two are open. */
import { describe, expect, test } from 'vitest';
import { coseKey, keyThumbprint } from '#shared/attestation/key.ts';
import { parseStatement } from '#shared/attestation/statement.ts';
import { toHex } from '#shared/bytes/hex.ts';
import type { KeyEvent } from '#shared/claim/key-event.ts';
import { leafHash } from '#shared/log/merkle.ts';
import { followShards } from '#shared/shards/follow-shards.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import { trustDocument } from '../../worker/env.ts';
import { prepareKeyEvent } from '../../worker/issuers/key-events.ts';
import type { KeyState } from '../../worker/sequencer/admission.ts';
import { keyPair } from '../../worker/settings.ts';
import { shardDocument } from '../../worker/shards/list-shards.ts';
import { readEntry } from '../../worker/storage/log-store.ts';
import type { Fault, Operation } from './support/faults.ts';
import { RotationUnderTest } from './support/rotation-under-test.ts';
import { ISSUER, submissionOf } from './support/submissions.ts';

const refusedForNow = { ok: false, reason: 'log-unavailable' };
const frozen = { ok: false, reason: 'shard-frozen' };

/** Keys in every state, by their number. */
const STATES: readonly (readonly KeyEvent['action'][])[] = [
  ['add'],
  ['add', 'quarantine'],
  ['add', 'quarantine', 'reinstate'],
  ['add', 'revoke'],
];
const EXPECTED: readonly KeyState['state'][] = ['active', 'quarantined', 'active', 'revoked'];
const issuerKeyOf = (n: number) => keyPair('key', btoa(String.fromCharCode(...new Uint8Array(32).fill(100 + n))));

/** A first shard with a key in every state and two outputs. */
async function started(): Promise<RotationUnderTest> {
  const log = new RotationUnderTest();
  await log.deploy(0);
  const config = log.config(0);
  const keys = STATES.flatMap((actions, n) => {
    const { publicKey } = issuerKeyOf(n);
    return actions.map((action) => {
      const about = { issuer: ISSUER, kid: keyThumbprint(publicKey) };
      const event: KeyEvent =
        action === 'add' ? { action, ...about, key: coseKey(publicKey) } : { action, ...about, cause: 'compromised' };
      return prepareKeyEvent(config, event, publicKey, { issuedAt: 1, subject: `${n} ${action}` }).submission;
    });
  });
  const outcomes = await log.within(0, (sequencer) => sequencer.submitAll([...keys, submissionOf(0), submissionOf(1)]));
  expect(outcomes.every(({ ok }) => ok)).toBe(true);
  return log;
}

const entriesOf = (log: RotationUnderTest, n: number): Promise<string[]> =>
  log.within(n, async ({ tables, store }) => {
    const size = tables.lock()?.size ?? 0;
    const entries = Array.from({ length: size }, (_, index) => readEntry(store, index, size));
    return (await Promise.all(entries)).map((entry) => {
      const parsed = parseStatement(entry ?? new Uint8Array());
      if (!parsed.ok) throw new Error(parsed.reason);
      return `${parsed.value.type} ${parsed.value.preimageType.replace(/.*\.(\w+)\+cbor/, '$1')}`;
    });
  });

/** What must hold about a log that has been rotated. */
async function check(log: RotationUnderTest, acknowledged: ReadonlyMap<number, { shard: number; index: number }>) {
  const [first, second] = [await entriesOf(log, 0), await entriesOf(log, 1)];
  expect(first.filter((each) => each === 'epoch successor')).toHaveLength(1);
  expect(first.at(-1)).toBe('epoch successor');
  expect(second.slice(0, 3)).toEqual(['epoch epoch', 'policy policy', 'epoch shards']);
  // Four keys, of which two are taken back.
  expect(second.slice(3, 9)).toEqual(Array(6).fill('key key'));
  expect(second.slice(9).every((each) => each === 'output claim')).toBe(true);
  const states = await log.within(1, (sequencer) => sequencer.keys({ issuer: ISSUER }));
  const stateOf = new Map(states.map(({ kid, state }) => [toHex(kid), state]));
  expect(EXPECTED.map((_, n) => stateOf.get(toHex(keyThumbprint(issuerKeyOf(n).publicKey))))).toEqual(EXPECTED);
  for (const [n, { shard, index }] of acknowledged) {
    const leaf = leafHash(submissionOf(n).entry);
    for (const i of [0, 1]) {
      const known = await log.within(i, async ({ tables }) => tables.entries.entry(leaf)?.index);
      expect(known, `statement ${n} in shard ${i}`).toBe(i === shard ? index : undefined);
    }
  }
  const trust = parseTrust(trustDocument(log.config(0)));
  if (!trust.ok) throw new Error(trust.detail);
  expect(followShards(await shardDocument(log.env(1), log.config(1)), trust.value)).toMatchObject({ ok: true });
}

const STEPS: readonly Operation['kind'][] = ['write', 'commit', 'call'];

describe('a rotation', () => {
  test('opens the next shard at its first use, and the last one refuses from then on', async () => {
    const log = await started();
    await log.deploy(1);
    expect(await log.submit(0, submissionOf(2))).toMatchObject({ ok: true });
    const outcome = await log.submit(1, submissionOf(3));
    expect(outcome).toMatchObject({ ok: true, index: 9 });
    expect(await log.submit(0, submissionOf(4))).toEqual(frozen);
    expect(await log.submit(0, submissionOf(0))).toMatchObject({ ok: true, duplicate: true });
    await check(log, new Map([[3, { shard: 1, index: 9 }]]));
  });

  test.each<Fault>(['failed', 'failed but persisted'])(
    'of which any one step is %s is done at the next attempt; nobody waits who is not answered',
    async (fault) => {
      const faulted: string[] = [];
      for (let n = 0; faulted.length === n; n++) {
        const log = await started();
        await log.deploy(1);
        let step = 0;
        log.faults.decide = (operation): Fault | undefined => {
          if (!STEPS.includes(operation.kind) || step++ !== n) return undefined;
          faulted.push(operation.name);
          return fault;
        };
        const acknowledged = new Map<number, { shard: number; index: number }>();
        const note = (statement: number, shard: number, outcome: Awaited<ReturnType<RotationUnderTest['submit']>>) => {
          if (outcome.ok) acknowledged.set(statement, { shard, index: outcome.index });
          else expect([refusedForNow, frozen]).toContainEqual(outcome);
        };
        // Old isolates still send to the old shard while the new one opens.
        const [late, early] = await Promise.all([log.submit(0, submissionOf(10)), log.submit(1, submissionOf(11))]);
        note(10, 0, late);
        note(11, 1, early);
        log.faults.clear();
        await log.deploy(1);
        await log.faults.arrive();
        for (let attempt = 0; attempt < 3; attempt++) note(12, 1, await log.submit(1, submissionOf(12)));
        expect(acknowledged.get(12)).toBeDefined();
        expect(await log.submit(0, submissionOf(13))).toEqual(frozen);
        await check(log, acknowledged);
      }
      expect(faulted).toEqual(expect.arrayContaining(['freeze', 'carriedKeys', 'commit', 'clearStaged']));
      expect(faulted.filter((name) => name === 'commit').length).toBeGreaterThanOrEqual(4);
    },
    300_000,
  );

  test('carries keys over page by page, and goes on where it was interrupted', async () => {
    const log = await started();
    const many: KeyState[] = Array.from({ length: 150 }, (_, n) => {
      const seed = new Uint8Array(32).fill(7).fill(n, 0, 1);
      const { publicKey } = keyPair('key', btoa(String.fromCharCode(...seed)));
      return { kid: keyThumbprint(publicKey), issuer: `https://i${n}.example`, publicKey, state: 'retired' };
    });
    await log.within(0, async ({ tables }) => {
      const lock = tables.lock();
      if (!lock) throw new Error('no lock');
      tables.commit({ oldSize: lock.size, lock, staged: [], entries: [], keys: many });
    });
    await log.deploy(1);
    let pages = 0;
    log.faults.decide = ({ name }) => (name === 'carriedKeys' && ++pages === 3 ? 'failed' : undefined);
    expect(await log.submit(1, submissionOf(3))).toEqual(refusedForNow);
    expect(pages).toBe(3);
    log.faults.clear();
    await log.deploy(1);
    expect(await log.submit(1, submissionOf(3))).toMatchObject({ ok: true, index: 9 + 300 });
    const states = await log.within(1, (sequencer) => sequencer.keys({ issuer: 'https://i149.example' }));
    expect(states.map(({ state }) => state)).toEqual(['retired']);
  });
});

describe('no second shard is opened', () => {
  test('in place of the one that the end names', async () => {
    const log = await started();
    await log.deploy(1);
    expect(await log.submit(1, submissionOf(3))).toMatchObject({ ok: true });
    const { LOG_KEY, LOG_ORIGIN } = log.env(2);
    const other = { ...(LOG_KEY && { LOG_KEY }), ...(LOG_ORIGIN && { LOG_ORIGIN }) };
    await log.deploy(2, {
      EARLIER_SHARDS: log.env(1).EARLIER_SHARDS ?? '',
      PREVIOUS_LOG_KEY: log.env(1).PREVIOUS_LOG_KEY ?? '',
      ...other,
    });
    expect(await log.submit(2, submissionOf(4))).toEqual(refusedForNow);
    expect(await log.within(2, async ({ tables }) => tables.lock())).toBeUndefined();
  });

  test('while the last one cannot end, because its key is not there', async () => {
    const log = await started();
    const { PREVIOUS_LOG_KEY: _, ...withoutKey } = log.env(1);
    await log.deploy(1, withoutKey);
    await log.deploy(1, { PREVIOUS_LOG_KEY: undefined } as never);
    expect(await log.submit(1, submissionOf(3))).toEqual(refusedForNow);
    expect(await log.within(1, async ({ tables }) => tables.lock())).toBeUndefined();
    await log.deploy(1);
    expect(await log.submit(1, submissionOf(3))).toMatchObject({ ok: true });
  });

  test('after one that never existed', async () => {
    const log = new RotationUnderTest();
    await log.deploy(1);
    expect(await log.submit(1, submissionOf(3))).toEqual(refusedForNow);
    expect(await log.within(0, async ({ tables }) => tables.lock())).toBeUndefined();
  });

  test('by an object that is no shard of the configuration', async () => {
    const log = await started();
    await log.deploy(1);
    await log.deploy(0);
    expect(await log.submit(1, submissionOf(3))).toEqual(refusedForNow);
  });
});
