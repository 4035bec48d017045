import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from '#shared/bytes/base64.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { openCheckpoint } from '#shared/log/checkpoint.ts';
import {
  encodeNote,
  encodeVkey,
  MAX_NOTE_LENGTH,
  noteKey,
  parseNote,
  parseSignatureLines,
  parseVkey,
  signNote,
  verifyNoteSignature,
} from '#shared/log/note.ts';
import { describeVectors, vectorJson, vectorText } from '../../support/vectors.ts';
import { accepted, log, outcome, signer, witnesses } from './fixtures.ts';

const TEXT = 'first line\n\nafter a blank line: ä\n';
const NOTE = encodeNote({ text: TEXT, signatures: [signNote(TEXT, log)] });
const LINE = '— a AAAAAAAA\n';

describe('signed notes', () => {
  test('read back what was written, split at the last blank line', () => {
    expect(accepted(parseNote(NOTE))).toEqual({ text: TEXT, signatures: [signNote(TEXT, log)] });
  });

  test('whatever is accepted is written back character for character', () => {
    const character = fc.constantFrom('a', '\n', '\n\n', '— ', ' ', 'AAAAAAAA', '+', '=', '\u00a0', 'ä', LINE);
    fc.assert(
      fc.property(fc.array(character), (parts) => {
        const text = parts.join('');
        const note = parseNote(text);
        if (note.ok) expect(encodeNote(note.value)).toBe(text);
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['no signature', 'text\n\n'],
    ['no blank line', `text\n${LINE}`],
    ['a last line without its newline', `text\n\n${LINE.trimEnd()}`],
    ['a hyphen for the dash', `text\n\n${LINE.replace('—', '-')}`],
    ['two spaces before the name', `text\n\n${LINE.replace(' ', '  ')}`],
    ['a name with a plus', 'text\n\n— a+b AAAAAAAA\n'],
    ['a name with a no-break space', 'text\n\n— a\u00a0b AAAAAAAA\n'],
    ['an empty name', 'text\n\n—  AAAAAAAA\n'],
    ['a signature of 4 bytes, the key ID alone', 'text\n\n— a AAAAAA==\n'],
    ['base64 without padding', 'text\n\n— a AAAAAAA\n'],
    ['base64 with unused bits set', 'text\n\n— a AAAAAAB=\n'],
    ['the URL-safe alphabet', 'text\n\n— a AAAAAA-_\n'],
    ['a fourth word', 'text\n\n— a AAAAAAAA x\n'],
    ['a carriage return', `text\r\n\n${LINE}`],
    ['a tab', `te\txt\n\n${LINE}`],
    ['a NUL', `te\0xt\n\n${LINE}`],
    ['a lone surrogate', `te\ud800xt\n\n${LINE}`],
    ['text after the signatures', `text\n\n${LINE}more\n`],
  ])('refuses %s', (_, text) => {
    expect(outcome(parseNote(text))).toBe('note-malformed');
  });

  test('keeps lines of unknown keys and ignores them', () => {
    const greased = `${NOTE}— future.example/+grease AAAAAAAA\n`.replace('/+grease', '/grease');
    expect(accepted(parseNote(greased)).signatures).toHaveLength(2);
    expect(verifyNoteSignature(accepted(parseNote(greased)), log.key).ok).toBe(true);
  });

  test('are bounded in length and in signatures', () => {
    expect(parseNote(`text\n\n${LINE.repeat(100)}`).ok).toBe(true);
    expect(outcome(parseNote(`text\n\n${LINE.repeat(101)}`))).toBe('note-too-large');
    expect(outcome(parseNote(`${'a'.repeat(MAX_NOTE_LENGTH)}\n\n${LINE}`))).toBe('note-too-large');
    expect(outcome(parseSignatureLines('a'.repeat(MAX_NOTE_LENGTH + 1)))).toBe('note-too-large');
  });

  test('without a signature or a final newline are the caller’s mistake', () => {
    expect(() => encodeNote({ text: TEXT, signatures: [] })).toThrow(RangeError);
    expect(() => encodeNote({ text: 'x', signatures: [signNote(TEXT, log)] })).toThrow(RangeError);
    expect(() => signNote('x', log)).toThrow(RangeError);
    expect(() => signNote(TEXT, signer('w', 4, 9))).toThrow(RangeError);
  });
});

describe('a plain signature', () => {
  test('no changed byte of a note verifies', () => {
    const bytes = new TextEncoder().encode(NOTE);
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
      const note = parseNote(new TextDecoder().decode(changed));
      expect(note.ok && verifyNoteSignature(note.value, log.key).ok, `byte ${at}`).toBe(false);
    }
  });

  test('is missing where no line has both the name and the key ID', () => {
    const note = accepted(parseNote(NOTE));
    expect(outcome(verifyNoteSignature(note, signer(log.key.name, 1, 9).key))).toBe('signature-missing');
    expect(outcome(verifyNoteSignature(note, noteKey('other.example', 1, log.key.publicKey)))).toBe(
      'signature-missing',
    );
  });

  test('is invalid when any line of the key is, even after a valid one', () => {
    const note = accepted(parseNote(NOTE));
    const forged = { ...signNote(TEXT, log), signature: new Uint8Array(64) };
    const both = { text: TEXT, signatures: [...note.signatures, forged] };
    expect(outcome(verifyNoteSignature(both, log.key))).toBe('signature-invalid');
  });

  test('of the wrong length is invalid, never an exception', () => {
    for (const length of [1, 63, 65, 2420]) {
      const line = { ...signNote(TEXT, log), signature: new Uint8Array(length) };
      expect(outcome(verifyNoteSignature({ text: TEXT, signatures: [line] }, log.key))).toBe('signature-invalid');
    }
  });

  test('is never found for a cosignature key', () => {
    const [witness] = witnesses;
    if (!witness) expect.fail();
    const { name, keyId } = witness.key;
    const note = { text: TEXT, signatures: [{ name, keyId, signature: new Uint8Array(64) }] };
    expect(outcome(verifyNoteSignature(note, witness.key))).toBe('signature-missing');
  });
});

describe('verifier keys', () => {
  test('are written back as they were read', () => {
    for (const { key } of [log, ...witnesses]) expect(accepted(parseVkey(encodeVkey(key)))).toEqual(key);
  });

  const good = encodeVkey(log.key);
  const [name = '', id = '', encoded = ''] = good
    .split('+', 1)
    .concat(good.split('+').slice(1, 2), good.split('+').slice(2).join('+'));
  const withKey = (bytes: Uint8Array) => `${name}+${id}+${toBase64(bytes)}`;
  const blob = fromBase64(encoded) ?? new Uint8Array(0);
  test.each([
    ['nothing', ''],
    ['no key', `${name}+${id}`],
    ['no name', `+${id}+${encoded}`],
    ['a name with a space', `a b+${id}+${encoded}`],
    ['a key ID that belongs to another key', `${name}+00000000+${encoded}`],
    ['an upper-case key ID', `${name}+${id.toUpperCase()}+${encoded}`],
    ['a short key ID', `${name}+${id.slice(1)}+${encoded}`],
    ['a trailing newline', `${good}\n`],
    ['another name', `x${good}`],
    ['a short key', withKey(blob.slice(0, -1))],
    ['a long key', withKey(Uint8Array.of(...blob, 0))],
    ['another type', withKey(blob.map((byte, i) => (i === 0 ? 4 : byte)))],
    ['an unknown type', withKey(blob.map((byte, i) => (i === 0 ? 2 : byte)))],
    ['base64 with padding too many', `${good}=`],
    ['too much text', `${'a'.repeat(5000)}+${id}+${encoded}`],
  ])('with %s are refused', (_, vkey) => {
    expect(outcome(parseVkey(vkey))).toBe('vkey-malformed');
  });

  test('that cannot exist are the caller’s mistake', () => {
    expect(() => noteKey('a b', 1, new Uint8Array(32))).toThrow(RangeError);
    expect(() => noteKey('a', 6, new Uint8Array(32))).toThrow(RangeError);
  });
});

describeVectors('C2SP signed-note', () => {
  test('the example of the specification verifies', () => {
    const key = accepted(parseVkey(vectorText('log/signed-note/example.vkey').trim()));
    expect(toHex(key.keyId)).toBe('530d903a');
    const note = accepted(parseNote(vectorText('log/signed-note/example.note')));
    expect(note.text).toBe('This is an example message.\n');
    expect(verifyNoteSignature(note, key).ok).toBe(true);
  });

  test('a blank line inside the text does not end it', () => {
    const note = accepted(parseNote(vectorText('log/signed-note/intro-example.note')));
    expect(note.text.split('\n')).toHaveLength(5);
    expect(note.signatures.map((line) => line.name)).toEqual(['quasimodo.example/salvatore']);
  });

  test('the checkpoints of the specification read and are written back', () => {
    for (const file of ['behind-the-sofa.checkpoint', 'behind-the-sofa.cosigned.checkpoint']) {
      const text = vectorText(`log/signed-note/${file}`);
      expect(encodeNote(accepted(parseNote(text)))).toBe(text);
      expect(outcome(openCheckpoint(text, log.key))).toBe('signature-missing');
    }
  });
});

describeVectors('transparency-dev/formats note/note_cosigv1_test.go', () => {
  const { vkeys } = vectorJson<{ vkeys: { name: string; vkey: string; wantErr: boolean; specKeyId?: string }[] }>(
    'log/vkey/cosignature-v1.json',
  );
  test.each(vkeys)('$name', ({ vkey, wantErr, specKeyId }) => {
    // The source never compares the key ID it publishes for ML-DSA-44; here a key ID that does not match is refused.
    expect(parseVkey(vkey).ok).toBe(!wantErr && specKeyId === undefined);
    if (specKeyId) expect(parseVkey(vkey.replace(/\+[0-9a-f]{8}\+/, `+${specKeyId}+`)).ok).toBe(true);
  });
});
