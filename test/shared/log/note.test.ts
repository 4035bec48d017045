import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '#shared/bytes/hex.ts';
import {
  ED25519,
  encodeNote,
  encodeSignatureLines,
  MAX_NOTE_LENGTH,
  MAX_NOTE_SIGNATURES,
  type Note,
  noteKey,
  parseNote,
  parseSignatureLines,
  parseVkey,
  signNote,
  verifyLines,
} from '#shared/log/note.ts';
import { keyPair } from '../../support/build-trail.ts';
import { describeVectors, vectorText } from '../../support/vectors.ts';

const read = (text: string): Note => {
  const note = parseNote(text);
  if (!note.ok) throw new Error(note.reason);
  return note.value;
};

describeVectors('C2SP signed-note', () => {
  const example = vectorText('log/signed-note/example.note');
  const key = parseVkey(vectorText('log/signed-note/example.vkey').trim());

  test('the example verifies under its key and is written as it was read', () => {
    if (!key.ok) throw new Error(key.reason);
    expect(verifyLines(read(example), key.value, [ED25519])).toEqual([0]);
    expect(encodeNote(read(example))).toBe(example);
  });

  test('the example with any one bit of its text or signature line changed does not verify', () => {
    if (!key.ok) throw new Error(key.reason);
    const bytes = new TextEncoder().encode(example);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
      const note = parseNote(new TextDecoder().decode(changed));
      expect(note.ok && verifyLines(note.value, key.value, [ED25519])?.length, `byte ${at}`).not.toBe(1);
    }
  });

  test('a text with a blank line inside is split at the last one', () => {
    const note = read(vectorText('log/signed-note/intro-example.note'));
    expect(note.text).toBe(
      'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n',
    );
    expect(note.signatures.map(({ name, keyId }) => [name, toHex(keyId)])).toEqual([
      ['quasimodo.example/salvatore', '367ba04b'],
    ]);
  });

  test('lines of a checkpoint and of its witness are both read', () => {
    const cosigned = vectorText('log/signed-note/behind-the-sofa.cosigned.checkpoint');
    expect(read(cosigned).signatures.map(({ name, signature }) => [name, signature.length])).toEqual([
      ['example.com/behind-the-sofa', 64],
      ['witness.example.com/w1', 72],
    ]);
    expect(encodeNote(read(cosigned))).toBe(cosigned);
  });
});

const pair = keyPair('note');
const key = noteKey('log.example', 1, pair.publicKey);
const signer = { key, secretKey: pair.secretKey };
const text = 'first line\n\nthird line\n';
const signed = encodeNote({ text, signatures: [signNote(text, signer)] });
const line = signed.slice(signed.lastIndexOf('\n\n') + 2);

describe('a signed note', () => {
  test.each([
    ['no blank line', signed.replaceAll('\n\n', '\n')],
    ['no signature', `${text}\n`],
    ['no newline at its end', signed.slice(0, -1)],
    ['a carriage return', signed.replace('first line', 'first line\r')],
    ['a tab', signed.replace('first', 'first\t')],
    ['a null character', signed.replace('first', 'first\0')],
    ['a lone surrogate', signed.replace('first', '\ud800')],
    ['a hyphen for the dash', signed.replace('— ', '- ')],
    ['two spaces behind the dash', signed.replace('— ', '—  ')],
    ['a word behind the signature', signed.replace(/\n$/, ' more\n')],
    ['a plus in the name', signed.replace('— log.example', '— log+example')],
    ['a no-break space in the name', signed.replace('— log.example', '— log\u00a0example')],
    ['an empty name', signed.replace('— log.example ', '—  ')],
    ['a signature of four bytes', `${text}\n— log.example AAAAAA==\n`],
    ['a signature in URL-safe base64', `${text}\n— log.example AAAA_-AA\n`],
    ['a signature respelled in its unused bits', `${text}\n— log.example AAAAAAB=\n`],
    ['a line that is no signature among those that are', `${signed}what else\n`],
  ])('with %s is malformed', (_, changed) => {
    expect(changed).not.toBe(signed);
    expect(parseNote(changed)).toEqual({ ok: false, reason: 'note-malformed' });
  });

  test('is read up to the most signatures and the greatest length, no further', () => {
    const lines = (count: number) => parseNote(`${text}\n${line.repeat(count)}`);
    expect(lines(MAX_NOTE_SIGNATURES)).toMatchObject({ ok: true });
    expect(lines(MAX_NOTE_SIGNATURES + 1)).toEqual({ ok: false, reason: 'note-too-large' });
    const padded = (length: number) => parseNote('a'.repeat(length - signed.length) + signed);
    expect(padded(MAX_NOTE_LENGTH)).toMatchObject({ ok: true });
    expect(padded(MAX_NOTE_LENGTH + 1)).toEqual({ ok: false, reason: 'note-too-large' });
  });

  test('is verified under its own key only, by name, key ID and type', () => {
    const note = read(signed);
    const verify = (other: typeof key) => verifyLines(note, other, [ED25519]);
    expect(verify(key)).toEqual([0]);
    expect(verify(noteKey('other.example', 1, pair.publicKey))).toEqual([]);
    const asWitness = noteKey('log.example', 4, pair.publicKey);
    const signatures = note.signatures.map((each) => ({ ...each, keyId: asWitness.keyId }));
    expect(verifyLines({ text, signatures }, asWitness, [ED25519])).toEqual([]);
    expect(verify(noteKey('log.example', 1, keyPair('other').publicKey))).toEqual([]);
  });

  test('is refused when any line of a known key is false, wherever it stands; lines of strangers are ignored', () => {
    const [good] = read(signed).signatures;
    if (!good) throw new Error('no signature');
    const forged = { ...good, signature: good.signature.map((byte, i) => (i === 9 ? byte ^ 1 : byte)) };
    const strange = { ...forged, name: 'stranger.example' };
    const verify = (...signatures: (typeof good)[]) => verifyLines({ text, signatures }, key, [ED25519]);
    expect(verify(strange, good, strange)).toEqual([0]);
    expect(verify(good, good)).toEqual([0, 0]);
    expect(verify(good, forged)).toBeUndefined();
    expect(verify(forged, good)).toBeUndefined();
    expect(verify({ ...good, signature: good.signature.slice(1) })).toBeUndefined();
    expect(verify(strange)).toEqual([]);
  });

  test('is not written without a final newline or a signature, nor signed with a witness key', () => {
    const [good] = read(signed).signatures;
    expect(() => encodeNote({ text: 'text', signatures: good ? [good] : [] })).toThrow(RangeError);
    expect(() => encodeNote({ text, signatures: [] })).toThrow(RangeError);
    expect(() => signNote('text', signer)).toThrow(RangeError);
    expect(() => signNote(text, { ...signer, key: noteKey('w.example', 4, pair.publicKey) })).toThrow(RangeError);
  });

  test('that is accepted is written again letter by letter', () => {
    const pieces = fc.constantFrom('\n', '\n\n', ' ', '— ', '—', 'a', 'log.example', 'AAAAAAAA', 'AAAAAA==', line, '+');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 9 }), (parts) => {
        const candidate = `${parts.join('')}\n${line}`;
        const note = parseNote(candidate);
        if (note.ok) expect(encodeNote(note.value)).toBe(candidate);
        else expect(note.reason).toBe('note-malformed');
      }),
      { numRuns: 1000 },
    );
  });
});

describe('signature lines on their own', () => {
  test('are read in order and written as they were read', () => {
    const lines = parseSignatureLines(line.repeat(3));
    if (!lines.ok) throw new Error(lines.reason);
    expect(lines.value).toHaveLength(3);
    expect(encodeSignatureLines(lines.value)).toBe(line.repeat(3));
  });

  test.each([
    ['nothing', ''],
    ['a lone newline', '\n'],
    ['a blank line between', `${line}\n${line}`],
    ['no newline at the end', line.slice(0, -1)],
    ['a carriage return', line.replace('\n', '\r\n')],
  ])('with %s are malformed', (_, lines) => {
    expect(parseSignatureLines(lines)).toEqual({ ok: false, reason: 'note-malformed' });
  });
});
