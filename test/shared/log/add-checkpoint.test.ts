import { describe, expect, test } from 'vitest';
import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import { mlDsa44KeyPair } from '#shared/bytes/ml-dsa.ts';
import { authenticate, type Cosigned, type Decision, decide } from '#shared/log/add-checkpoint.ts';
import { type Checkpoint, encodeCheckpoint } from '#shared/log/checkpoint.ts';
import { cosignatureTime, verifyCosignatures } from '#shared/log/cosignature.ts';
import { encodeForkProof, parseForkProof, verifyForkProof } from '#shared/log/fork-proof.ts';
import { consistencyProof, EMPTY_ROOT, leafHash, treeRoot } from '#shared/log/merkle.ts';
import { cosignMlDsa44 } from '#shared/log/ml-dsa-cosignature.ts';
import {
  encodeNote,
  type NoteKey,
  type NoteSignature,
  noteKey,
  parseNote,
  parseSignatureLines,
  signNote,
} from '#shared/log/note.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { parseWitnessRequest } from '#shared/log/witness-request.ts';
import { describeVectors, vectorJson } from '../../support/vectors.ts';

const NOW = 1_790_000_000;
const signer = (name: string, type: 1 | 4, seed: number) => {
  const secretKey = new Uint8Array(32).fill(seed);
  return { key: noteKey(name, type, ed25519PublicKey(secretKey)), secretKey };
};
const LOG = signer('log.example', 1, 1);
const WITNESS = signer('witness.example', 4, 2);
const leaves = (size: number, fill = 0): Uint8Array[] =>
  Array.from({ length: size }, (_, i) => leafHash(Uint8Array.of(i, fill)));
const tree = (size: number, fill = 0): Checkpoint => ({
  origin: LOG.key.name,
  size,
  root: treeRoot(leaves(size, fill)),
});
const note = (checkpoint: Checkpoint, by = LOG): string => {
  const text = encodeCheckpoint(checkpoint);
  return encodeNote({ text, signatures: [signNote(text, by)] });
};

function ask(
  oldSize: number,
  proof: readonly Uint8Array[],
  checkpoint: string,
  stored?: Cosigned,
  logs: readonly NoteKey[] = [LOG.key],
): Decision {
  const authentic = authenticate(checkpoint, logs);
  return 'status' in authentic ? authentic : decide({ oldSize, proof }, authentic, stored, [WITNESS], NOW);
}

const atFive = ask(0, [], note(tree(5))).next;
if (atFive === undefined) throw new Error('a first checkpoint is cosigned');

describe('a witness', () => {
  const toNine = consistencyProof(leaves(9), 5);

  test.each<[string, Parameters<typeof ask>, number, string?]>([
    ['cosigns the first checkpoint it sees of any size', [0, [], note(tree(5))], 200],
    ['cosigns a tree without leaves', [0, [], note(tree(0))], 200],
    ['cosigns what continues the last', [5, toNine, note(tree(9)), atFive], 200],
    ['cosigns the same again', [5, [], note(tree(5)), atFive], 200],
    ['refuses what is no note', [0, [], 'x'], 400],
    [
      'refuses a note that is no checkpoint',
      [0, [], note({ ...tree(5), origin: 'a' }).replace('\n5\n', '\n05\n')],
      400,
    ],
    ['refuses an old size above the new one', [6, [], note(tree(5)), atFive], 400],
    ['does not know other origins', [0, [], note({ ...tree(5), origin: 'other.example' })], 404],
    ['refuses a signature of nobody it knows', [0, [], note(tree(5), signer('log.example', 1, 9))], 403],
    ['says the size it knows', [0, [], note(tree(9)), atFive], 409, '5\n'],
    ['says the size it knows of a log new to it', [3, [], note(tree(9))], 409, '0\n'],
    ['refuses a proof from nothing', [0, [EMPTY_ROOT], note(tree(5))], 422],
    ['refuses an empty tree with a root of its own', [0, [], note({ ...tree(0), root: leafHash(EMPTY_ROOT) })], 422],
    ['refuses another root of the same size', [5, [], note(tree(5, 1)), atFive], 422],
    ['refuses a proof between equal trees', [5, [EMPTY_ROOT], note(tree(5)), atFive], 422],
    ['refuses a proof of another tree', [5, consistencyProof(leaves(9, 1), 5), note(tree(9)), atFive], 422],
    ['refuses growth without a proof', [5, [], note(tree(9)), atFive], 422],
  ])('%s', (_, request, status, body) => {
    const decision = ask(...request);
    expect(decision.status).toBe(status);
    if (body !== undefined) expect(decision.body).toBe(body);
    expect(decision.next !== undefined).toBe(status === 200);
  });

  test('answers with its cosignature alone, and keeps it beside the line of the log alone', () => {
    const text = encodeCheckpoint(tree(5));
    const stranger = signNote(text, signer('stranger.example', 1, 5));
    const many = encodeNote({ text, signatures: [stranger, signNote(text, LOG), stranger] });
    const { body, next } = ask(0, [], many);
    const lines = parseSignatureLines(body);
    expect(lines.ok && lines.value.map(({ name }) => name)).toEqual(['witness.example']);
    expect(lines.ok && cosignatureTime(lines.value[0]?.signature ?? new Uint8Array())).toBe(NOW);
    const kept = parseNote(next?.note ?? '');
    expect(kept.ok && kept.value.signatures.map(({ name }) => name)).toEqual(['log.example', 'witness.example']);
    expect(kept.ok && verifyCosignatures(kept.value, [WITNESS.key]).ok).toBe(true);
  });

  test('is not moved by a second line under the key of the log that does not verify', () => {
    const text = encodeCheckpoint(tree(5));
    const forged = { ...signNote(text, LOG), signature: new Uint8Array(64) };
    expect(ask(0, [], encodeNote({ text, signatures: [signNote(text, LOG), forged] })).status).toBe(403);
  });

  test('knows a log by any of its keys', () => {
    const next = signer('log.example', 1, 8);
    expect(ask(0, [], note(tree(5), next), undefined, [LOG.key, next.key]).status).toBe(200);
  });
});

describe('a witness with an Ed25519 and an ML-DSA-44 key', () => {
  const post = (name: string, seed: number) => {
    const { publicKey, secretKey } = mlDsa44KeyPair(new Uint8Array(32).fill(seed));
    return { key: noteKey(name, 6, publicKey), secretKey };
  };
  const [log, second] = [post(LOG.key.name, 3), post(WITNESS.key.name, 4)];
  const text = encodeCheckpoint(tree(5));
  const own = [signNote(text, LOG), cosignMlDsa44({ text, signatures: [] }, log, 0)];
  const answer = (signatures: NoteSignature[], logs: readonly NoteKey[]): Decision => {
    const authentic = authenticate(encodeNote({ text, signatures }), logs);
    const request = { oldSize: 0, proof: [] };
    return 'status' in authentic ? authentic : decide(request, authentic, undefined, [WITNESS, second], NOW);
  };

  test('answers with one line of each, of one time, and keeps them beside both lines of the log', () => {
    const { status, body, next } = answer(own, [LOG.key, log.key]);
    const [lines, kept] = [parseSignatureLines(body), parseNote(next?.note ?? '')];
    if (status !== 200 || !lines.ok || !kept.ok) throw new Error('refused');
    expect(lines.value.map(({ signature }) => signature.length)).toEqual([72, 2428]);
    expect(kept.value.signatures.slice(0, 2)).toEqual(own);
    expect(verifyCosignatures(kept.value, [WITNESS.key, second.key], NOTE_ALGORITHMS)).toMatchObject({
      ok: true,
      value: [
        { witness: { type: 4 }, timestamp: NOW },
        { witness: { type: 6 }, timestamp: NOW },
      ],
    });
  });

  test.each<[string, NoteSignature[], number]>([
    ['both lines', own, 200],
    ['only Ed25519', own.slice(0, 1), 403],
    ['only ML-DSA-44', own.slice(1), 403],
    [
      'a false ML-DSA-44 line',
      [...own.slice(0, 1), { ...own[0], ...own[1], signature: new Uint8Array(2428) } as NoteSignature],
      403,
    ],
  ])('demands of a log known by both types, which brings %s, that it signed with both: %#', (_, lines, status) => {
    expect(answer(lines, [LOG.key, log.key]).status).toBe(status);
  });

  test('passes over the second line of a log that it knows by one key', () => {
    expect(answer(own, [LOG.key]).status).toBe(200);
    expect(answer(own, [LOG.key]).next?.note.match(/^— log\.example/gm)).toHaveLength(1);
  });
});

describe('a witness that sees two histories', () => {
  const alarmOf = (oldSize: number, proof: readonly Uint8Array[], checkpoint: Checkpoint, stored: Cosigned) =>
    ask(oldSize, proof, note(checkpoint), stored).alarm;
  const provenBy = (alarm: Decision['alarm']): unknown => {
    const read = parseForkProof(encodeForkProof(alarm?.proof ?? { at: 0, kept: '', offered: '' }));
    const fork = read.ok ? verifyForkProof(read.value, [LOG.key]) : read;
    return fork.ok ? fork.value.kind : fork.reason;
  };

  test.each([
    ['of one size', [], tree(5, 1), 'fork', 'same-size'],
    [
      'with a proof that leads to the other root',
      consistencyProof(leaves(9, 1), 5),
      tree(9, 1),
      'fork',
      'other-prefix',
    ],
    ['beside a proof of something else', consistencyProof(leaves(9, 2), 5), tree(9, 1), 'unproven', 'fork-unproven'],
    ['beside no proof', [], tree(9, 1), 'unproven', 'fork-unproven'],
    ['of one tree, beside junk: no fork', consistencyProof(leaves(9, 2), 5), tree(9), 'unproven', 'fork-unproven'],
  ] as const)('%s, says so and keeps what proves it', (_, proof, checkpoint, state, proven) => {
    const alarm = alarmOf(5, proof, checkpoint, atFive);
    expect(alarm?.state).toBe(state);
    expect(provenBy(alarm)).toBe(proven);
  });

  test('raises no alarm over what a client gets wrong', () => {
    const alarms = [
      ask(0, [], note(tree(9)), atFive),
      ask(5, [EMPTY_ROOT], note(tree(5)), atFive),
      ask(6, [], note(tree(5)), atFive),
    ];
    expect(alarms.map(({ alarm }) => alarm)).toEqual([undefined, undefined, undefined]);
  });
});

interface Transcript {
  readonly log: { readonly name: string; readonly ed25519PublicKeyHex: string };
  readonly steps: readonly { readonly request: string; readonly expectedNow: number }[];
}

describeVectors('FiloSottile/torchwood cmd/litewitness/testdata', () => {
  test('the exchange with litewitness gives the statuses of the specification', () => {
    const { log, steps } = vectorJson<Transcript>('log/litewitness/transcript.json');
    const key = noteKey(log.name, 1, fromHex(log.ed25519PublicKeyHex) ?? new Uint8Array());
    let stored: Cosigned | undefined;
    const statuses = steps.map(({ request }) => {
      const parsed = parseWitnessRequest(request);
      if (!parsed.ok) return 400;
      const { oldSize, proof, checkpoint } = parsed.value;
      const decision = ask(oldSize, proof, checkpoint, stored, [key]);
      stored = decision.next ?? stored;
      return decision.status;
    });
    // The second spoils the signature in the unused bits of its base64, which are nothing but malformed here.
    expect(statuses).toEqual(steps.map(({ expectedNow }, step) => (step === 1 ? 400 : expectedNow)));
  });
});
