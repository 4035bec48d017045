import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes, utf8 } from '#shared/bytes/bytes.ts';
import { mlDsa44KeyPair, signMlDsa44 } from '#shared/bytes/ml-dsa.ts';
import { encodeCheckpoint } from '#shared/log/checkpoint.ts';
import { cosign, verifyCosignatures } from '#shared/log/cosignature.ts';
import { EMPTY_ROOT, leafHash } from '#shared/log/merkle.ts';
import { cosignedMessage, cosignMlDsa44, ML_DSA_44 } from '#shared/log/ml-dsa-cosignature.ts';
import {
  encodeNote,
  encodeSignatureLines,
  encodeVkey,
  type Note,
  type NoteKey,
  type NoteSignature,
  noteKey,
  parseVkey,
} from '#shared/log/note.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { encodeTlogProof } from '#shared/log/proof.ts';
import { keyPair } from '../../support/build-trail.ts';

const pair = mlDsa44KeyPair(new Uint8Array(32).fill(3));
const named = (name: string) => ({ key: noteKey(name, 6, pair.publicKey), secretKey: pair.secretKey });
const witness = named('witness.example.org');
const checkpoint = { origin: 'log.example/log/2026', size: 20_852_163, root: leafHash(utf8('root')) };
const text = encodeCheckpoint(checkpoint);
const unsigned: Note = { text, signatures: [] };
const TIME = 1_790_000_000;
const line = cosignMlDsa44(unsigned, witness, TIME);
const verify = (signatures: readonly NoteSignature[], keys: readonly NoteKey[] = [witness.key], body = text) =>
  verifyCosignatures({ text: body, signatures }, keys, NOTE_ALGORITHMS);
const REFUSED = { ok: false, reason: 'cosignature-invalid' };

/** The structure of the specification, written without any function under test. */
function byTheBook(name: string, time: bigint, origin: string, size: bigint, root: Uint8Array): Uint8Array {
  const [who, log] = [Buffer.from(name), Buffer.from(origin)];
  const message = Buffer.alloc(12 + 1 + who.length + 8 + 1 + log.length + 8 + 8 + 32);
  let at = message.write('subtree/v1\n\0', 'latin1');
  at = message.writeUInt8(who.length, at);
  at += who.copy(message, at);
  at = message.writeBigUInt64BE(time, at);
  at = message.writeUInt8(log.length, at);
  at += log.copy(message, at);
  at = message.writeBigUInt64BE(0n, at);
  at = message.writeBigUInt64BE(size, at);
  message.set(root, at);
  return new Uint8Array(message);
}

describe('the message that is signed', () => {
  test('is the cosigned_message of the specification, byte for byte', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
        fc.maxSafeNat(),
        fc.maxSafeNat(),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (name, origin, time, size, root) => {
          fc.pre(utf8(name).length < 256 && utf8(origin).length < 256);
          const expected = byTheBook(name, BigInt(time), origin, BigInt(size), root);
          expect(cosignedMessage(name, { origin, size, root }, time)).toEqual(expected);
        },
      ),
    );
  });

  test.each([
    ['a name of 255 bytes', 'n'.repeat(255), 'o', true],
    ['a name of 256 bytes', 'n'.repeat(256), 'o', false],
    ['an origin of 256 bytes', 'n', 'o'.repeat(256), false],
    ['a name of 128 characters with 256 bytes', 'é'.repeat(128), 'o', false],
    ['no name', '', 'o', false],
    ['no origin', 'n', '', false],
  ])('with %s exists: %#', (_, name, origin, exists) => {
    expect(cosignedMessage(name, { ...checkpoint, origin }, 0) !== undefined).toBe(exists);
  });
});

describe('an ML-DSA-44 cosignature', () => {
  test('is the time and 2,420 bytes, in a line of 3,269 bytes for witness.example.org', () => {
    expect(line.signature.length).toBe(8 + 2420);
    expect(utf8(encodeSignatureLines([line])).length).toBe(3269);
    const ed25519 = keyPair('one');
    const short = { key: noteKey('witness.example.org', 4, ed25519.publicKey), secretKey: ed25519.secretKey };
    expect(utf8(encodeSignatureLines([cosign(unsigned, short, TIME)])).length).toBe(129);
  });

  test('beside Ed25519, of a log and three witnesses, leaves a proof among a million entries under 15 KB', () => {
    const ed25519 = keyPair('one');
    const lines = ['log.example/log/2026', 'witness-1.example', 'witness-2.example', 'witness-3.example'].flatMap(
      (name) => [
        cosign(unsigned, { key: noteKey(name, 4, ed25519.publicKey), secretKey: ed25519.secretKey }, TIME),
        cosignMlDsa44(unsigned, named(name), TIME),
      ],
    );
    const hashes = Array<Uint8Array>(20).fill(EMPTY_ROOT);
    const proof = encodeTlogProof({ index: 999_999, hashes, checkpoint: encodeNote({ text, signatures: lines }) });
    expect(utf8(proof).length).toBeLessThan(15_000);
  });

  test('of a witness that is known counts with its time, and its vkey reads back', () => {
    expect(verify([line])).toEqual({ ok: true, value: [{ witness: witness.key, timestamp: TIME }] });
    expect(parseVkey(encodeVkey(witness.key))).toEqual({ ok: true, value: witness.key });
  });

  test('made elsewhere over the bytes of the specification is the same', () => {
    const { origin, size, root } = checkpoint;
    const message = byTheBook(witness.key.name, BigInt(TIME), origin, BigInt(size), root);
    expect(line.signature.subarray(8)).toEqual(signMlDsa44(message, pair.secretKey));
  });

  test('holds for any name, log, size, root and time', () => {
    const name = fc.stringMatching(/^[a-z][a-z/.]{0,20}$/);
    fc.assert(
      fc.property(name, name, fc.maxSafeNat(), fc.integer({ min: 1, max: 2 ** 40 }), (who, origin, size, time) => {
        const body = encodeCheckpoint({ origin, size, root: EMPTY_ROOT });
        const made = cosignMlDsa44({ text: body, signatures: [] }, named(who), time);
        const value = [{ witness: named(who).key, timestamp: time }];
        expect(verify([made], [named(who).key], body)).toEqual({ ok: true, value });
      }),
      { numRuns: 10 },
    );
  });

  test('where the algorithm is not given is a line of an unknown key, even when false', () => {
    const forged = { ...line, signature: line.signature.map((byte) => byte ^ 1) };
    for (const each of [line, forged]) {
      expect(verifyCosignatures({ text, signatures: [each] }, [witness.key])).toEqual({ ok: true, value: [] });
    }
  });

  test.each([
    ['another size', text.replace('20852163', '20852164')],
    ['another log', text.replace('2026', '2027')],
    ['another root', encodeCheckpoint({ ...checkpoint, root: EMPTY_ROOT })],
    ['a text that is no checkpoint', `${text}extension\n`],
  ])('does not hold for %s', (_, body) => {
    expect(body).not.toBe(text);
    expect(verify([line], [witness.key], body)).toMatchObject(REFUSED);
  });

  test('with one bit of the time or of the signature changed is refused, also beside a good one', () => {
    for (let at = 0; at < line.signature.length; at += at < 8 ? 1 : 173) {
      const signature = line.signature.map((byte, i) => (i === at ? byte ^ 1 : byte));
      expect(verify([line, { ...line, signature }]), `byte ${at}`).toMatchObject(REFUSED);
    }
  });

  test.each([
    ['nothing', new Uint8Array(0)],
    ['the signature without a time', line.signature.slice(8)],
    ['a byte too few', line.signature.slice(0, -1)],
    ['a byte too many', concatBytes(line.signature, Uint8Array.of(0))],
    ['a time above 2^53 - 1', concatBytes(Uint8Array.of(0, 32, 0, 0, 0, 0, 0, 0), line.signature.slice(8))],
  ])('of %s is refused', (_, signature) => {
    expect(verify([{ ...line, signature }])).toMatchObject(REFUSED);
  });

  // What Ed25519 cosignatures do not do: the name is signed.
  test('under another name of the same key does not hold', () => {
    const alias = named('alias.example.org').key;
    expect(verify([{ ...line, name: alias.name, keyId: alias.keyId }], [alias])).toMatchObject(REFUSED);
  });

  test('of time 0 is no claim to be the newest: genuine, and not counted', () => {
    const timeless = cosignMlDsa44(unsigned, witness, 0);
    expect(ML_DSA_44.verify(unsigned, timeless.signature, witness.key)).toBe(0);
    expect(verify([timeless])).toEqual({ ok: true, value: [] });
    expect(verify([timeless, line])).toEqual({ ok: true, value: [{ witness: witness.key, timestamp: TIME }] });
  });

  test.each([
    ['a key of another type', unsigned, { ...witness, key: noteKey('w', 4, new Uint8Array(32)) }, TIME],
    ['a text that is no checkpoint', { text: 'x\n', signatures: [] }, witness, TIME],
    ['a name of 256 bytes', unsigned, named('n'.repeat(256)), TIME],
    ['a time before 1970', unsigned, witness, -1],
    ['half a second', unsigned, witness, 0.5],
    ['a time above 2^53 - 1', unsigned, witness, 2 ** 53],
  ])('is not made with %s', (_, note, signer, time) => {
    expect(() => cosignMlDsa44(note, signer, time)).toThrow(RangeError);
  });
});
