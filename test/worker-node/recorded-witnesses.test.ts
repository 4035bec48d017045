/**
 * Our client against what litewitness and omniwitness answered when they were asked for real (`npm run interop --
 * --record`): the same requests byte for byte, the same answers, without Go.
 */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fromBase64, toBase64 } from '#shared/bytes/base64.ts';
import { parseCheckpoint } from '#shared/log/checkpoint.ts';
import { verifyCosignatures } from '#shared/log/cosignature.ts';
import { consistencyProof, treeRoot } from '#shared/log/merkle.ts';
import { ED25519, type Note, type NoteKey, parseNote, parseVkey, verifyLines } from '#shared/log/note.ts';
import { type Policy, parsePolicy } from '#shared/log/policy.ts';
import { parseWitnessRequest, type WitnessRequest } from '#shared/log/witness-request.ts';
import { collectCosignatures } from '../../worker/sequencer/collect-cosignatures.ts';
import { type RecordedRound, readRecording, WITNESS_NAMES, type WitnessName } from '../interop/recording.ts';
import type { Exchange } from '../interop/recording-proxy.ts';

const recording = readRecording();
const leaves = recording.leaves.map((leaf) => fromBase64(leaf) ?? new Uint8Array());
const vkey = (text: string): NoteKey => {
  const key = parseVkey(text);
  if (!key.ok) throw new Error(text);
  return key.value;
};
const logKey = vkey(recording.log);
const witnessKeys = WITNESS_NAMES.map((name) => vkey(recording.witnesses[name].vkey));

type Exchanges = RecordedRound['exchanges'];

function policyOf(quorum: 'all' | 'any'): Policy {
  const lines = WITNESS_NAMES.map((name) => `witness ${name} ${recording.witnesses[name].vkey} http://${name}.test/\n`);
  const policy = parsePolicy(`${lines.join('')}group asked ${quorum} ${WITNESS_NAMES.join(' ')}\nquorum asked\n`);
  if (!policy.ok) throw new Error(policy.detail);
  return policy.value;
}

function requestOf({ request }: Exchange): WitnessRequest & { readonly note: Note } {
  const parsed = parseWitnessRequest(request);
  const note = parsed.ok ? parseNote(parsed.value.checkpoint) : parsed;
  if (!parsed.ok || !note.ok) throw new Error('the recorded request is malformed');
  return { ...parsed.value, note: note.value };
}

const sizeOf = (note: Note): number => {
  const checkpoint = parseCheckpoint(note.text);
  return checkpoint.ok ? checkpoint.value.size : Number.NaN;
};

/** Offers what was offered, to witnesses that answer what they answered; everything must be asked, in order. */
async function replay(
  exchanges: Exchanges,
  known: Map<string, number>,
  how: { readonly proof?: WitnessRequest['proof']; readonly quorum?: 'all' | 'any' } = {},
) {
  const { note } = requestOf(exchanges.litewitness[0] ?? { request: '', status: 0, body: '' });
  const size = sizeOf(note);
  const left = new Map(WITNESS_NAMES.map((name) => [`http://${name}.test/add-checkpoint`, [...exchanges[name]]]));
  const collected = await collectCosignatures({
    note,
    size,
    policy: policyOf(how.quorum ?? 'all'),
    deadlineMs: 10_000,
    fetch: async (url, { method, body }) => {
      const next = left.get(url)?.shift();
      expect(method).toBe('POST');
      expect(body).toBe(next?.request);
      const headers = next?.contentType === undefined ? {} : { 'content-type': next.contentType };
      return new Response(next?.body, { status: next?.status ?? 500, headers });
    },
    consistency: async (oldSize) => how.proof ?? consistencyProof(leaves.slice(0, size), oldSize),
    knownSize: (witness) => known.get(witness) ?? 0,
    learnSize: (witness, learned) => known.set(witness, learned),
  });
  expect([...left.values()].flat()).toEqual([]);
  return { ...collected, size };
}

const events: string[] = [];
for (const level of ['warn', 'error'] as const) {
  vi.spyOn(console, level).mockImplementation((line: string) => {
    events.push((JSON.parse(line) as { event: string }).event);
  });
}
afterEach(() => events.splice(0));

/** The sizes each witness was left with before a round, as our client knew them. */
function knownBefore(round: number): Map<string, number> {
  const before = recording.rounds[round - 1];
  const size = before ? sizeOf(requestOf(before.exchanges.litewitness[0] as Exchange).note) : 0;
  return new Map(WITNESS_NAMES.map((name) => [name, size]));
}

describe('recorded from real witnesses', () => {
  test('the log grew from genesis, over proofs, to a witness set back by a restored backup', () => {
    const statuses = (name: WitnessName) =>
      recording.rounds.flatMap(({ exchanges }) => exchanges[name].map((e) => e.status));
    for (const name of WITNESS_NAMES) {
      expect(statuses(name).filter((status) => status === 409)).toHaveLength(1);
      expect(statuses(name).filter((status) => status === 200).length).toBeGreaterThanOrEqual(6);
    }
  });

  test.each(recording.rounds.map(({ size }, round) => [size, round] as const))(
    'size %i is asked for in the same bytes and cosigned by both',
    async (_, round) => {
      const { exchanges } = recording.rounds[round] as RecordedRound;
      const known = knownBefore(round);
      const { note, quorum, size } = await replay(exchanges, known);
      expect(quorum).toBe(true);
      expect(verifyLines(note, logKey, [ED25519])).toEqual([0]);
      const checkpoint = parseCheckpoint(note.text);
      expect(checkpoint.ok && toBase64(checkpoint.value.root)).toBe(toBase64(treeRoot(leaves.slice(0, size))));
      expect(verifyCosignatures(note, witnessKeys)).toMatchObject({ ok: true, value: [{}, {}] });
      expect(known).toEqual(new Map(WITNESS_NAMES.map((name) => [name, size])));
      expect(events).toEqual([]);
    },
  );

  test.each(WITNESS_NAMES)('a changed byte in the cosignature of %s is no cosignature', async (name) => {
    const { exchanges } = recording.rounds[1] as RecordedRound;
    const changed = exchanges[name].map((exchange) => ({ ...exchange, body: otherSignature(exchange.body) }));
    const { note, quorum } = await replay({ ...exchanges, [name]: changed }, knownBefore(1));
    expect(quorum).toBe(false);
    expect(verifyCosignatures(note, witnessKeys)).toMatchObject({ ok: true, value: { length: 1 } });
    expect(events).toEqual(['witness-answer-invalid']);
  });

  test.each(WITNESS_NAMES)('a 409 of %s that names no size is a fork alarm, never a retry', async (name) => {
    const round = recording.rounds.findIndex(({ exchanges }) => exchanges[name][0]?.status === 409);
    const { exchanges } = recording.rounds[round] as RecordedRound;
    const [{ request }] = exchanges[name] as [Exchange];
    const { quorum } = await replay({ ...exchanges, [name]: [{ request, status: 409, body: '' }] }, knownBefore(round));
    expect(quorum).toBe(false);
    expect(events).toEqual(['fork-alarm']);
  });

  test.each(recording.refusals.map((refusal) => [refusal.what, refusal] as const))(
    '%s is reported and not cosigned',
    async (_, { exchanges, event }) => {
      const { oldSize, proof } = requestOf(exchanges.litewitness[0] as Exchange);
      const { note, quorum } = await replay(exchanges, new Map(WITNESS_NAMES.map((name) => [name, oldSize])), {
        proof,
        quorum: 'any',
      });
      expect(quorum).toBe(false);
      expect(note.signatures).toHaveLength(1);
      expect(events).toEqual([event, event]);
    },
  );
});

/** The answer with one bit of the signature itself changed. */
function otherSignature(line: string): string {
  const [dash, name, encoded = ''] = line.trimEnd().split(' ');
  const blob = fromBase64(encoded) ?? new Uint8Array();
  blob[blob.length - 40] = (blob[blob.length - 40] ?? 0) ^ 1;
  return `${dash} ${name} ${toBase64(blob)}\n`;
}
