/** Which keys of a log must have signed its checkpoint: one of each type that the reader lists for it. */
import { describe, expect, test } from 'vitest';
import { mlDsa44KeyPair } from '#shared/bytes/ml-dsa.ts';
import { encodeCheckpoint, openCheckpoint } from '#shared/log/checkpoint.ts';
import { EMPTY_ROOT } from '#shared/log/merkle.ts';
import { cosignMlDsa44 } from '#shared/log/ml-dsa-cosignature.ts';
import { encodeNote, type NoteSignature, noteKey, signNote } from '#shared/log/note.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { keyPair } from '../../support/build-trail.ts';

const ORIGIN = 'log.example';
const text = encodeCheckpoint({ origin: ORIGIN, size: 0, root: EMPTY_ROOT });
const ed25519 = (name: string) => {
  const { publicKey, secretKey } = keyPair(name);
  const key = noteKey(ORIGIN, 1, publicKey);
  return { key, line: signNote(text, { key, secretKey }) };
};
const mlDsa = (seed: number, time = 0) => {
  const { publicKey, secretKey } = mlDsa44KeyPair(new Uint8Array(32).fill(seed));
  const key = noteKey(ORIGIN, 6, publicKey);
  return { key, line: cosignMlDsa44({ text, signatures: [] }, { key, secretKey }, time) };
};
const broken = (line: NoteSignature): NoteSignature => ({
  ...line,
  signature: line.signature.map((byte, i) => (i === line.signature.length - 1 ? byte ^ 1 : byte)),
});
const [old, next, post, later] = [ed25519('old'), ed25519('next'), mlDsa(1), mlDsa(2)];
const other = { ...noteKey('other.example', 6, post.key.publicKey) };
const stranger = ed25519('stranger');

describe('a checkpoint under the keys its reader lists', () => {
  test.each([
    ['the one key, and it signed', [old], [old.line], true],
    ['the one key of type 6, and it signed', [post], [post.line], true],
    ['a key of type 6, and it signed with a time', [post], [mlDsa(1, 1_790_000_000).line], true],
    ['two of one type, and one signed', [old, next], [next.line], true],
    ['two of one type, and both signed', [old, next], [old.line, next.line], true],
    ['two of type 6, and one signed', [post, later], [later.line], true],
    ['both types, and both signed', [old, post], [post.line, old.line], true],
    ['both types with one to be replaced, and one of each signed', [old, next, post], [next.line, post.line], true],
    ['one type, and a line of a key it does not list', [old], [old.line, broken(post.line)], true],
    ['both types, and only Ed25519 signed', [old, post], [old.line], 'signature-incomplete'],
    ['both types, and only ML-DSA-44 signed', [old, post], [post.line], 'signature-incomplete'],
    ['type 6, and only Ed25519 signed', [post], [old.line], 'signature-missing'],
    ['both types, and a stranger signed', [old, post], [stranger.line], 'signature-missing'],
    ['both types, and one of them falsely', [old, post], [old.line, broken(post.line)], 'signature-invalid'],
    ['both types, and the other falsely', [old, post], [broken(old.line), post.line], 'signature-invalid'],
    ['two of one type, and one of them falsely', [old, next], [old.line, broken(next.line)], 'signature-invalid'],
  ])('of %s: %#', (_, keys, signatures, expected) => {
    const opened = openCheckpoint(
      encodeNote({ text, signatures }),
      keys.map(({ key }) => key),
      NOTE_ALGORITHMS,
    );
    expect(opened.ok || opened.reason).toBe(expected);
  });

  test('does not need the keys of other logs', () => {
    const note = encodeNote({ text, signatures: [old.line] });
    expect(openCheckpoint(note, [old.key, other], NOTE_ALGORITHMS).ok).toBe(true);
    expect(openCheckpoint(note, [other], NOTE_ALGORITHMS)).toMatchObject({ reason: 'checkpoint-origin-mismatch' });
  });

  test.each([
    ['both signatures', [old.line, post.line], 'signature-incomplete'],
    ['a false one, which nobody here can tell', [old.line, broken(post.line)], 'signature-incomplete'],
    ['only the one that can be checked', [old.line], 'signature-incomplete'],
  ])('is never complete without the algorithm, with %s', (_, signatures, reason) => {
    const note = encodeNote({ text, signatures });
    expect(openCheckpoint(note, [old.key, post.key])).toMatchObject({ reason, detail: 'key type 6' });
  });

  test('of a log with type 6 alone is not proven false without the algorithm, unless nobody signed', () => {
    const open = (line: NoteSignature) => openCheckpoint(encodeNote({ text, signatures: [line] }), [post.key]);
    expect(open(post.line)).toMatchObject({ reason: 'signature-incomplete' });
    expect(open(old.line)).toMatchObject({ reason: 'signature-missing' });
  });
});
