import { runInDurableObject, SELF } from 'cloudflare:test';
import { expect, test, vi } from 'vitest';
import { coseKey } from '#shared/attestation/key.ts';
import { toBase64 } from '#shared/bytes/base64.ts';
import { sequencerOf } from '../../worker/env.ts';
import { prepareKeyEvent } from '../../worker/issuers/key-events.ts';
import { MAX_POOL, MAX_ROUND, Pool } from '../../worker/sequencer/pool.ts';
import { attestation } from './support/attestation.ts';
import { withLog } from './support/log-under-test.ts';
import { bindings, config, ISSUER, issuerKey, issuerKid } from './support/submissions.ts';

/** Entries without statements: what is counted here is waiting, not content. */
const plain = (n: number) => ({
  entry: new TextEncoder().encode(`entry ${n}`),
  kid: issuerKid,
  issuer: ISSUER,
  digest: new Uint8Array(32),
  isEpoch: true,
});

test('more submissions than may wait: every one is answered, and every accepted one is in the log', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    await log.sequencer.ready();
    const beyond = 500;
    const batch = Array.from({ length: MAX_POOL + beyond }, (_, n) => plain(n));
    const outcomes = await log.submit(batch);
    expect(outcomes.filter((outcome) => !outcome.ok && outcome.reason === 'log-busy')).toHaveLength(beyond);
    const indices = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.index] : []));
    expect(indices).toHaveLength(MAX_POOL);
    expect(new Set(indices)).toEqual(new Set(Array.from({ length: MAX_POOL }, (_, i) => i + 2)));
    await log.check();
    expect(await log.submitUntilLogged(batch.slice(MAX_POOL))).toHaveLength(beyond);
    await log.check();
  });
});

test('a storage outage in the middle: nobody who waits is forgotten', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    let writes = 0;
    log.faults.decide = ({ kind }) => (kind === 'write' && writes++ >= 16 ? 'failed' : undefined);
    const batch = Array.from({ length: 3 * MAX_ROUND }, (_, n) => plain(n));
    const outcomes = await log.submit(batch);
    expect(outcomes.some(({ ok }) => ok)).toBe(true);
    expect(
      outcomes.filter(({ ok }) => !ok).every((outcome) => !outcome.ok && outcome.reason === 'log-unavailable'),
    ).toBe(true);
    log.faults.clear();
    await log.submitUntilLogged(batch);
    await log.check();
    expect(log.stored.visibleSize).toBe(2 + batch.length);
  });
});

test('while too many wait, an attestation is answered 503 with Retry-After and reason log-busy', async () => {
  const { entry, content } = attestation('One passage.');
  const body = JSON.stringify({ statement: toBase64(entry), claim: toBase64(content?.preimage ?? new Uint8Array()) });
  const post = (): Promise<Response> =>
    SELF.fetch('https://log.test.example/v1/attestations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  const sequencer = sequencerOf(bindings, config);
  const event = { action: 'add', issuer: ISSUER, kid: issuerKid, key: coseKey(issuerKey.publicKey) } as const;
  const added = prepareKeyEvent(config, event, issuerKey.publicKey, { issuedAt: 1_790_000_000, subject: 's' });
  await sequencer.submit(added.submission);
  await runInDurableObject(sequencer, async (instance) => {
    instance.pool.roundMs = 0;
    const gate = Promise.withResolvers<void>();
    const put = instance.store.put.bind(instance.store);
    instance.store.put = (key, value) => gate.promise.then(() => put(key, value));
    const size = instance.tables.lock()?.size;
    const waiting = [instance.submit(plain(0))];
    // One round is under way and cannot end; the pool fills behind it.
    await vi.waitUntil(() => instance.tables.lock()?.size !== size, { timeout: 20_000 });
    for (let n = 1; n <= MAX_POOL; n++) waiting.push(instance.submit(plain(n)));
    const answer = await post();
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await answer.json()).toMatchObject({ reason: 'log-busy' });
    gate.resolve();
    expect((await Promise.all(waiting)).every(({ ok }) => ok)).toBe(true);
  });
  expect((await post()).status).toBe(201);
});

test('a round gathers twice as long after one of many, and as ever after one of few', async () => {
  const waits = vi.spyOn(globalThis, 'setTimeout');
  const sizes: number[] = [];
  const pool = new Pool(async (batch) => {
    sizes.push(batch.length);
    for (const { settle } of batch) settle({ ok: true, index: 0, duplicate: false });
  });
  // A number of its own: others may wait meanwhile.
  pool.roundMs = 7;
  for (const count of [1, MAX_ROUND, 1, 1]) {
    await Promise.all(Array.from({ length: count }, (_, n) => pool.add(plain(n), new Uint8Array(32))));
  }
  expect(sizes).toEqual([1, MAX_ROUND, 1, 1]);
  const rounds = waits.mock.calls.map(([, ms]) => ms).filter((ms) => ms === 7 || ms === 14);
  expect(rounds).toEqual([7, 7, 14, 7]);
  waits.mockRestore();
});
