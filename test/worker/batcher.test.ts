import { expect, test, vi } from 'vitest';
import { openCheckpoint } from '#shared/log/checkpoint.ts';
import { leafHash, verifyInclusion } from '#shared/log/merkle.ts';
import { batcherName, batcherOf } from '../../worker/env.ts';
import { leafHashes } from '../../worker/leaf-hashes.ts';
import type { Submission } from '../../worker/sequencer/admission.ts';
import { SequencerDO } from '../../worker/sequencer/sequencer-do.ts';
import { bindings, config, submissionOf, submissions } from './support/submissions.ts';

const ofStatement = ({ entry }: Submission) => batcherOf(bindings, batcherName(config, leafHash(entry)));

test('a statement always goes to the same batcher, and statements go to all of them', () => {
  const names = submissions(0, 200).map(({ entry }) => batcherName(config, leafHash(entry)));
  const again = submissions(0, 200).map(({ entry }) => batcherName(config, leafHash(entry)));
  expect(again).toEqual(names);
  expect(new Set(names).size).toBe(8);
});

test('entries are hashed by the runtime as they are by the reference', async () => {
  const entries = [0, 1, 55, 56, 64, 317].map((length) => new Uint8Array(length).fill(length));
  expect(await leafHashes(entries)).toEqual(entries.map(leafHash));
});

test('each is answered with the proof of its own entry, in the tree that the log has published', async () => {
  const batch = submissions(0, 40);
  const answers = await Promise.all(batch.map((submission) => ofStatement(submission).submit(submission)));
  for (const [i, answer] of answers.entries()) {
    if (!answer.ok || answer.duplicate) throw new Error('not logged');
    const opened = openCheckpoint(answer.tree.checkpoint, [config.logKey.note]);
    if (!opened.ok) throw new Error(opened.reason);
    const { size, root } = opened.value.checkpoint;
    const hash = leafHash(batch[i]?.entry ?? new Uint8Array());
    const proof = Array.from({ length: answer.path.length / 32 }, (_, n) => answer.path.subarray(n * 32, n * 32 + 32));
    expect(verifyInclusion({ leafHash: hash, index: answer.index, size, root, proof })).toMatchObject({ ok: true });
  }
  const [first] = batch;
  const repeated = first && (await ofStatement(first).submit(first));
  expect(repeated).toMatchObject({ ok: true, duplicate: true, index: answers[0]?.ok && answers[0].index });
});

/** Has every sequencer answer otherwise while `body` runs. */
async function whileItAnswers(answer: SequencerDO['submitAll'], body: () => Promise<void>): Promise<void> {
  const spy = vi.spyOn(SequencerDO.prototype, 'submitAll').mockImplementation(answer);
  await body();
  expect(spy).toHaveBeenCalled();
  spy.mockRestore();
}

test('when the sequencer fails, everybody in the batch is told, and the next batch is served', async () => {
  const batcher = bindings.BATCHER.getByName('one');
  const broken = (): never => {
    throw new Error('broken');
  };
  await whileItAnswers(broken, async () => {
    const answers = await Promise.all(submissions(100, 3).map((submission) => batcher.submit(submission)));
    expect(answers).toEqual(answers.map(() => ({ ok: false, reason: 'log-unavailable' })));
  });
  expect(await batcher.submit(submissionOf(100))).toMatchObject({ ok: true });
});

test('when the events about one key cannot be read, the others in the batch have their proofs', async () => {
  const batch = submissions(110, 3);
  const unreadable: SequencerDO['submitAll'] = async function (this: SequencerDO, many) {
    const outcomes = await Promise.all(many.map((submission) => this.submit(submission)));
    // An output stands where a statement of the registrar should.
    return outcomes.map((outcome, i) => (outcome.ok && i === 1 ? { ...outcome, events: [outcome.index] } : outcome));
  };
  await whileItAnswers(unreadable, async () => {
    const answers = await bindings.BATCHER.getByName('one').submitAll(batch);
    expect(answers.map((answer) => answer.ok || answer.reason)).toEqual([true, 'log-unavailable', true]);
  });
});

test('more than may wait are told to come back, and nobody who waits is forgotten', async () => {
  const batcher = bindings.BATCHER.getByName('two');
  const late: SequencerDO['submitAll'] = async (many) => {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return many.map((_, index) => ({ ok: true, index, duplicate: true, checkpoint: '', events: [] }));
  };
  await whileItAnswers(late, async () => {
    const submission = {
      ...submissionOf(0),
      content: { preimage: new Uint8Array(1024 * 1024), attachments: new Uint8Array() },
    };
    // All batchers may be in one isolate of 128 MB, beside the sequencer's pool and the tiles that are remembered.
    const answers = await Promise.all(Array.from({ length: 10 }, () => batcher.submit(submission)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(3);
    expect(answers.filter((answer) => !answer.ok && answer.reason === 'log-busy')).toHaveLength(7);
    expect(await batcher.submit(submissionOf(0))).toMatchObject({ ok: true });
  });
});
