/** What a submission is answered besides its index: enough for a trail without asking again. */
import { expect, test } from 'vitest';
import { coseKey } from '#shared/attestation/key.ts';
import { openCheckpoint } from '#shared/log/checkpoint.ts';
import { prepareKeyEvent } from '../../worker/issuers/key-events.ts';
import { withLog } from './support/log-under-test.ts';
import { config, ISSUER, issuerKey, issuerKid, submissionOf } from './support/submissions.ts';

const at = { issuedAt: 1_790_000_000, subject: 's' };
const add = { action: 'add', issuer: ISSUER, kid: issuerKid, key: coseKey(issuerKey.publicKey) } as const;
const retire = { action: 'revoke', issuer: ISSUER, kid: issuerKid, cause: 'retired' } as const;

test('an entry is answered with the checkpoint that covers it and the events about its key', async () => {
  await withLog(async ({ sequencer }) => {
    await sequencer.submit(prepareKeyEvent(config, add, issuerKey.publicKey, at).submission);
    const answer = await sequencer.submit(submissionOf(0));
    if (!answer.ok) throw new Error('not logged');
    expect(answer).toMatchObject({ index: 3, duplicate: false, events: [2] });
    const opened = openCheckpoint(answer.checkpoint, [config.logKey.note]);
    expect(opened).toMatchObject({ ok: true, value: { checkpoint: { size: 4 } } });
  });
});

test('a statement that readers could see already is answered with the events of today, and waits for nothing', async () => {
  await withLog(async ({ sequencer }) => {
    await sequencer.submit(prepareKeyEvent(config, add, issuerKey.publicKey, at).submission);
    await sequencer.submit(submissionOf(0));
    await sequencer.submit(prepareKeyEvent(config, retire, issuerKey.publicKey, at).submission);
    expect(await sequencer.submit(submissionOf(0))).toMatchObject({
      ok: true,
      index: 3,
      duplicate: true,
      events: [2, 4],
    });
  });
});

test('many are answered in their order, each with its own outcome', async () => {
  await withLog(async ({ sequencer }) => {
    const event = prepareKeyEvent(config, retire, issuerKey.publicKey, at).submission;
    const answers = await sequencer.submitAll([submissionOf(1), event, submissionOf(0), submissionOf(1)]);
    expect(answers).toMatchObject([
      { index: 2, duplicate: false },
      { ok: false, reason: 'key-unknown' },
      { index: 3, duplicate: false },
      { index: 2, duplicate: true },
    ]);
  });
});
