import { describe, expect, test } from 'vitest';
import { fromBase64 } from '#shared/bytes/base64.ts';
import { concatBytes, utf8 } from '#shared/bytes/bytes.ts';
import { signEd25519 } from '#shared/bytes/ed25519.ts';
import { openCheckpoint, parseCheckpoint } from '#shared/log/checkpoint.ts';
import { cosign, cosignatureTime, verifyCosignatures } from '#shared/log/cosignature.ts';
import { type Note, type NoteKey, type NoteSignature, noteKey, parseNote, parseVkey } from '#shared/log/note.ts';
import { keyPair } from '../../support/build-trail.ts';
import { describeVectors, vectorJson, vectorText } from '../../support/vectors.ts';

describeVectors('transparency-dev/formats note', () => {
  interface Timestamp {
    readonly name: string;
    readonly signatureBlobBase64: string;
    readonly wantUnixSeconds?: number;
  }
  const { timestamps } = vectorJson<{ timestamps: readonly Timestamp[] }>('log/vkey/cosignature-v1.json');

  test('all 3 signatures are there', () => {
    expect(timestamps).toHaveLength(3);
  });

  test.each(timestamps)('the time of "$name" is $wantUnixSeconds', ({ signatureBlobBase64, wantUnixSeconds }) => {
    const blob = fromBase64(signatureBlobBase64);
    expect(blob && cosignatureTime(blob.slice(4))).toBe(wantUnixSeconds);
  });
});

describeVectors('FiloSottile/sunlight skylight', () => {
  const ROME = '000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706';
  const MILAN = '88ad7a28caeb0b2aa890fdf0304c2fcaf59fca2ee140134ff8c1300bac493482';
  const cosigned = [
    ['witness/witness.v0.json', `witness/${ROME}/checkpoint`],
    ['witness2/witness.v0.json', `witness2/${MILAN}/checkpoint`],
    ['replica/replica.v0.json', `replica/${ROME}/checkpoint`],
  ] as const;

  const load = (keys: string, checkpoint: string): { note: Note; witness: NoteKey } => {
    const [vkey = ''] = vectorJson<{ verifier_keys: readonly string[] }>(`log/sunlight/${keys}`).verifier_keys;
    const note = parseNote(vectorText(`log/sunlight/${checkpoint}`));
    const witness = parseVkey(vkey);
    if (!note.ok || !witness.ok) throw new Error('unreadable');
    return { note: note.value, witness: witness.value };
  };

  test.each(cosigned)('the cosignature by the key in %s on %s is of the start of 2025-12-31', (keys, checkpoint) => {
    const { note, witness } = load(keys, checkpoint);
    const timestamp = Date.UTC(2025, 11, 31) / 1000;
    expect(verifyCosignatures(note, [witness])).toEqual({ ok: true, value: [{ witness, timestamp }] });
  });

  test.each(cosigned)('the cosignature by the key in %s does not cover another size', (keys, checkpoint) => {
    const { note, witness } = load(keys, checkpoint);
    const forged = { ...note, text: note.text.replace('\n300\n', '\n301\n') };
    expect(verifyCosignatures(forged, [witness])).toMatchObject({ reason: 'cosignature-invalid' });
  });

  test('the checkpoints of the witness and of the replica are a fork: same origin and size, other roots', () => {
    const [first, second] = [cosigned[0], cosigned[2]].map(([keys, checkpoint]) =>
      parseCheckpoint(load(keys, checkpoint).note.text),
    );
    if (!first?.ok || !second?.ok) throw new Error('unreadable');
    expect([second.value.origin, second.value.size]).toEqual([first.value.origin, first.value.size]);
    expect(second.value.root).not.toEqual(first.value.root);
  });

  test.each(['witness/checkpoint', 'replica/checkpoint'])('the decoy %s is no checkpoint', (path) => {
    const key = noteKey('decoy.example', 1, new Uint8Array(32));
    expect(openCheckpoint(vectorText(`log/sunlight/${path}`), [key])).toMatchObject({ reason: 'note-malformed' });
  });
});

const witnessOf = (name: string) => {
  const { publicKey, secretKey } = keyPair(name);
  return { key: noteKey(`${name}.example`, 4, publicKey), secretKey };
};
const [one, two] = [witnessOf('one'), witnessOf('two')];
const text = 'log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n';
const unsigned: Note = { text, signatures: [] };
const at = (signer: typeof one, timestamp: number) => cosign(unsigned, signer, timestamp);
const verify = (signatures: readonly NoteSignature[], witnesses: readonly NoteKey[]) =>
  verifyCosignatures({ text, signatures }, witnesses);
const withSignature = (line: NoteSignature, signature: Uint8Array): NoteSignature => ({ ...line, signature });

describe('cosignatures', () => {
  test('are given in the order of the witnesses asked for, whatever the order of lines', () => {
    const lines = [at(two, 20), at(one, 10)];
    expect(verify(lines, [one.key, two.key])).toEqual({
      ok: true,
      value: [
        { witness: one.key, timestamp: 10 },
        { witness: two.key, timestamp: 20 },
      ],
    });
    expect(verify(lines, [two.key])).toEqual({ ok: true, value: [{ witness: two.key, timestamp: 20 }] });
    expect(verify([], [one.key])).toEqual({ ok: true, value: [] });
  });

  test('count each key once, with its earliest time, under however many names', () => {
    const alias = { key: noteKey('alias.example', 4, one.key.publicKey), secretKey: one.secretKey };
    const lines = [at(one, 30), at(alias, 5), at(one, 10), at(one, 20)];
    const expected = { ok: true, value: [{ witness: one.key, timestamp: 5 }] };
    expect(verify(lines, [one.key, alias.key])).toEqual(expected);
    expect(verify(lines.toReversed(), [one.key, alias.key, one.key])).toEqual(expected);
  });

  test('by strangers are ignored, even when false', () => {
    const line = at(two, 10);
    expect(verify([withSignature(line, new Uint8Array(3)), at(one, 10)], [one.key])).toMatchObject({ ok: true });
  });

  test('with any one bit of the time or the signature changed are refused, also beside a good one', () => {
    const line = at(one, 1_795_000_000);
    for (let byte = 0; byte < line.signature.length; byte++) {
      const changed = line.signature.map((value, i) => (i === byte ? value ^ 1 : value));
      const outcome = verify([line, withSignature(line, changed)], [one.key]);
      expect(outcome, `byte ${byte}`).toMatchObject({ reason: 'cosignature-invalid', detail: 'one.example' });
    }
  });

  test.each([
    ['nothing', new Uint8Array(0)],
    ['a plain signature without a time', new Uint8Array(64)],
    ['a byte too few', at(one, 10).signature.slice(1)],
    ['a byte too many', concatBytes(at(one, 10).signature, Uint8Array.of(0))],
  ])('of %s are refused', (_, signature) => {
    expect(verify([withSignature(at(one, 10), signature)], [one.key])).toMatchObject({ reason: 'cosignature-invalid' });
  });

  test('by a log key of type 1 are no cosignatures', () => {
    const plain = noteKey('one.example', 1, one.key.publicKey);
    const line = { ...at(one, 10), keyId: plain.keyId };
    expect(verify([line], [plain])).toEqual({ ok: true, value: [] });
    expect(() => cosign(unsigned, { ...one, key: plain }, 10)).toThrow(RangeError);
  });

  test.each([0, -1, 0.5, 2 ** 53, Number.NaN])('are not made at the time %d', (timestamp) => {
    expect(() => at(one, timestamp)).toThrow(RangeError);
  });

  test('carry times up to 2^53 - 1 seconds, no later', () => {
    const last = at(one, Number.MAX_SAFE_INTEGER).signature;
    expect(cosignatureTime(last)).toBe(Number.MAX_SAFE_INTEGER);
    const later = last.slice();
    new DataView(later.buffer).setBigUint64(0, 2n ** 53n);
    expect(cosignatureTime(later)).toBeUndefined();
  });

  test('of time 0, which claims nothing, are refused though the signature is good', () => {
    const signature = signEd25519(utf8(`cosignature/v1\ntime 0\n${text}`), one.secretKey);
    const line = { ...at(one, 10), signature: concatBytes(new Uint8Array(8), signature) };
    expect(verify([line], [one.key])).toMatchObject({ reason: 'cosignature-invalid' });
  });
});
