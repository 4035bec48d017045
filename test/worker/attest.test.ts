/** Many attestations in one request: what befalls some of them costs the others nothing. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { beforeAll, expect, test, vi } from 'vitest';
import { coseKey } from '#shared/attestation/key.ts';
import { signStatement } from '#shared/attestation/statement.ts';
import { toBase64 } from '#shared/bytes/base64.ts';
import { CLAIM_MEDIA_TYPE, encodeClaim } from '#shared/claim/claim.ts';
import { textOutput } from '#shared/claim/text-output.ts';
import { leafHash } from '#shared/log/merkle.ts';
import { plainLines } from '#shared/text/passages.ts';
import { app } from '../../worker/app.ts';
import { batcherName, sequencerOf } from '../../worker/env.ts';
import { AppError } from '../../worker/errors.ts';
import { attestAll } from '../../worker/issuance/attest.ts';
import { prepareKeyEvent } from '../../worker/issuers/key-events.ts';
import { BatcherDO } from '../../worker/sequencer/batcher-do.ts';
import { SequencerDO } from '../../worker/sequencer/sequencer-do.ts';
import { openShardOf } from '../../worker/shards/shards.ts';
import { bindings, config, ISSUER, issuerKey, issuerKid } from './support/submissions.ts';

const issuedAt = 1_790_000_000;

/** The n-th attestation: its body, and the name of its batcher. */
function attestation(n: number, key = issuerKey) {
  const text = `Text ${n}.`;
  const { output } = textOutput(text, 'text/plain', plainLines(text));
  const preimage = encodeClaim({
    v: 1,
    output,
    model: { provider: 'model.example', name: 'sample-1' },
    run: { at: issuedAt, operator: 'news.example', by: 'self' },
    accountability: { level: 'logged' },
    evidence: [],
    parents: [],
    nonce: new Uint8Array(16),
  });
  const over = { preimage, preimageType: CLAIM_MEDIA_TYPE, location: `${ISSUER}/claims/1` };
  const statement = signStatement({ type: 'output', issuer: ISSUER, subject: 's', issuedAt, ...over }, key);
  return {
    body: { statement: toBase64(statement), claim: toBase64(preimage) },
    batcher: batcherName(config, leafHash(statement)),
  };
}

/** Whether each was there before, or why it has no trail. */
async function attested(of: readonly ReturnType<typeof attestation>[]): Promise<(string | boolean)[]> {
  const bodies = of.map(({ body }) => body);
  const answers: (string | boolean)[] = [];
  for (const answer of await attestAll(bindings, config, bodies)) {
    if (answer instanceof AppError) answers.push(answer.reason);
    else {
      const trail = await answer.trail();
      answers.push(trail instanceof AppError ? trail.reason : answer.duplicate);
    }
  }
  return answers;
}

beforeAll(async () => {
  const add = { action: 'add', issuer: ISSUER, kid: issuerKid, key: coseKey(issuerKey.publicKey) } as const;
  const { submission } = prepareKeyEvent(config, add, issuerKey.publicKey, { issuedAt, subject: 's' });
  expect(await sequencerOf(bindings, config).submit(submission)).toMatchObject({ ok: true });
});

test('when one batcher fails, those that went to others are answered all the same', async () => {
  const many = Array.from({ length: 12 }, (_, n) => attestation(n));
  const broken = many[0]?.batcher;
  const submitAll = BatcherDO.prototype.submitAll;
  const spy = vi.spyOn(BatcherDO.prototype, 'submitAll').mockImplementation(async function (this: BatcherDO, all) {
    const [first] = all;
    if (first && batcherName(config, leafHash(first.entry)) === broken) throw new Error('broken');
    return submitAll.call(this, all);
  });
  const answers = await attested(many);
  spy.mockRestore();
  expect(answers).toEqual(many.map(({ batcher }) => (batcher === broken ? 'log-unavailable' : false)));
  expect(new Set(answers).size).toBe(2);
});

test('when the trail of a repeated one cannot be put together, the new ones are answered all the same', async () => {
  const many = [attestation(100), attestation(101)] as const;
  await attested([many[0]]);
  const spy = vi.spyOn(SequencerDO.prototype, 'entry').mockRejectedValue(new Error('broken'));
  const answers = await attested(many);
  spy.mockRestore();
  expect(answers).toEqual(['log-unavailable', false]);
});

test('when nobody can be asked for a key, the answer is to come back', async () => {
  const spy = vi.spyOn(SequencerDO.prototype, 'keys').mockRejectedValue(new Error('broken'));
  const unknown = { ...config, origin: 'log.other.example/log/2026' };
  const answers = await attestAll(bindings, unknown, [attestation(200).body]);
  spy.mockRestore();
  expect(answers).toMatchObject([{ reason: 'log-unavailable' }]);
});

test('however many keys the statements of a request name, the sequencer is asked once', async () => {
  const many = [attestation(300), ...Array.from({ length: 20 }, (_, n) => attestation(n, ed25519.keygen()))];
  const spy = vi.spyOn(SequencerDO.prototype, 'keys');
  const answers = await attested(many);
  const asked = spy.mock.calls.length;
  spy.mockRestore();
  expect(answers).toEqual(many.map((_, i) => (i === 0 ? false : 'issuer-unknown')));
  expect(asked).toBe(1);
});

test('the trails of a batch are put together one after the other, as they are read', async () => {
  const many = Array.from({ length: 6 }, (_, n) => attestation(400 + n));
  await attested(many);
  const entry = SequencerDO.prototype.entry;
  let open = 0;
  let most = 0;
  const spy = vi.spyOn(SequencerDO.prototype, 'entry').mockImplementation(async function (this: SequencerDO, leaf) {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setTimeout(resolve, 20));
    open--;
    return entry.call(this, leaf);
  });
  const request = new Request('https://log.test.example/v1/attestations/batch', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ attestations: many.map(({ body }) => body) }),
  });
  const { answers } = await (await app.fetch(request, bindings)).json<{ answers: object[] }>();
  expect(spy).toHaveBeenCalledTimes(6);
  spy.mockRestore();
  expect(answers).toMatchObject(
    many.map(({ body: { statement, claim } }) => ({ duplicate: true, trail: { statement, claim } })),
  );
  expect(most).toBe(1);
});

test('when an earlier shard cannot say what it has, nothing is logged, and the answer is to come back', async () => {
  const unknown = { ...openShardOf(config), origin: 'log.test.example/log/2025' };
  const answers = await attestAll(bindings, { ...config, shards: [unknown, ...config.shards] }, [
    attestation(500).body,
  ]);
  expect(answers).toMatchObject([{ reason: 'log-unavailable' }]);
  expect(await attested([attestation(500)])).toEqual([false]);
});
