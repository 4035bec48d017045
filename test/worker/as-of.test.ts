/** A trail says as of which tree it lists the events about its key: it lacks none that this tree has. */
import { expect, test, vi } from 'vitest';
import { coseKey } from '#shared/attestation/key.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { leafHash } from '#shared/log/merkle.ts';
import { parseTlogProof } from '#shared/log/proof.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { sequencerOf } from '../../worker/env.ts';
import { prepareKeyEvent } from '../../worker/issuers/key-events.ts';
import { SequencerDO } from '../../worker/sequencer/sequencer-do.ts';
import { trailOf } from '../../worker/trails/assemble-trail.ts';
import { joinParts } from '../../worker/trails/trail-bytes.ts';
import { bindings, config, ISSUER, issuerKey, issuerKid, submissionOf } from './support/submissions.ts';

const add = { action: 'add', issuer: ISSUER, kid: issuerKid, key: coseKey(issuerKey.publicKey) } as const;
const quarantine = { action: 'quarantine', issuer: ISSUER, kid: issuerKid } as const;
const reinstate = { ...quarantine, action: 'reinstate' } as const;
let subjects = 0;
const event = (what: typeof add | typeof quarantine | typeof reinstate) =>
  prepareKeyEvent(config, what, issuerKey.publicKey, { issuedAt: 1_790_000_000, subject: `s${++subjects}` }).submission;

/** Indices of every event about the key that the log holds. */
async function eventsLogged(n = 0): Promise<readonly number[]> {
  const entry = await sequencerOf(bindings, config).entry(leafHash(submissionOf(n).entry));
  return entry?.events ?? [];
}

const indexOf = (proof: string): number => {
  const parsed = parseTlogProof(proof);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value.index;
};

test('a key event between two entries of one batch is in the trails of the trees that have it', async () => {
  const sequencer = sequencerOf(bindings, config);
  await sequencer.submit(event(add));
  const spy = vi.spyOn(SequencerDO.prototype, 'submitAll').mockImplementation(async function (this: SequencerDO, many) {
    const outcomes = [];
    for (const [i, submission] of many.entries()) {
      if (i > 0) await this.submit(event(quarantine));
      outcomes.push(await this.submit(submission));
    }
    return outcomes;
  });
  const answers = await bindings.BATCHER.getByName('one').submitAll([submissionOf(0), submissionOf(1)]);
  expect(spy).toHaveBeenCalled();
  spy.mockRestore();
  const logged = await eventsLogged();
  expect(logged).toHaveLength(2);
  for (const answer of answers) {
    if (!answer.ok || answer.duplicate) throw new Error('not logged');
    const expected = logged.filter((index) => index < answer.tree.asOf);
    expect(answer.tree.events.map(({ proof }) => indexOf(proof))).toEqual(expected);
  }
});

test('a key event logged while a trail is put together is in it, or the trail is as of a tree before', async () => {
  const sequencer = sequencerOf(bindings, config);
  const content = { preimage: utf8('claim 2'), attachments: new Uint8Array() };
  await sequencer.submit({ ...submissionOf(2), content });
  const entry = SequencerDO.prototype.entry;
  const spy = vi.spyOn(SequencerDO.prototype, 'entry').mockImplementation(async function (this: SequencerDO, leaf) {
    const found = await entry.call(this, leaf);
    await this.submit(event(reinstate));
    return found;
  });
  const parts = await trailOf(bindings, config, toBase64Url(leafHash(submissionOf(2).entry)));
  const trail = parseTrail(new TextDecoder().decode(joinParts(parts)));
  expect(spy).toHaveBeenCalled();
  spy.mockRestore();
  if (!trail.ok) throw new Error(trail.reason);
  const logged = await eventsLogged();
  expect(logged).toHaveLength(3);
  const expected = logged.filter((index) => index < trail.value.asOf);
  expect(trail.value.events.map(({ proof }) => indexOf(proof))).toEqual(expected);
});

test('of more events than a trail has room for it has the first and the last', async () => {
  const sequencer = sequencerOf(bindings, config);
  await sequencer.submit(event(add));
  const content = { preimage: utf8('claim 3'), attachments: new Uint8Array() };
  await sequencer.submitAll([event(reinstate), { ...submissionOf(3), content }]);
  const changes = Array.from({ length: 81 }, (_, n) => event(n % 2 === 0 ? quarantine : reinstate));
  await sequencer.submitAll(changes);
  const logged = await eventsLogged(3);
  expect(logged.length).toBeGreaterThan(80);
  const id = toBase64Url(leafHash(submissionOf(3).entry));
  const trail = parseTrail(new TextDecoder().decode(joinParts(await trailOf(bindings, config, id))));
  if (!trail.ok) throw new Error(trail.reason);
  expect(trail.value.events.map(({ proof }) => indexOf(proof))).toEqual([logged[0], ...logged.slice(-63)]);
});
