import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBase64 } from '#shared/bytes/base64.ts';
import { encodeCheckpoint, openCheckpoint, parseCheckpoint } from '#shared/log/checkpoint.ts';
import { EMPTY_ROOT } from '#shared/log/merkle.ts';
import { encodeNote, noteKey, parseNote, signNote } from '#shared/log/note.ts';
import { keyPair } from '../../support/build-trail.ts';
import { describeVectors, vectorJson, vectorText } from '../../support/vectors.ts';

const EMPTY = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
const MALFORMED = { ok: false, reason: 'checkpoint-malformed' };

describeVectors('transparency-dev/formats log', () => {
  interface Case {
    readonly name: string;
    readonly text: string;
    readonly wantErr: boolean;
    readonly want?: { readonly origin: string; readonly size: number; readonly rest: string };
  }
  const { cases } = vectorJson<{ cases: readonly Case[] }>('log/checkpoint/parse.json');
  const withGoodRoot = ({ text }: Case): string =>
    text
      .split('\n')
      .map((line, i) => (i === 2 && line !== '' ? EMPTY : line))
      .join('\n');

  test('all 12 cases are there', () => {
    expect(cases).toHaveLength(12);
  });

  // That library takes roots of any length, a tree of SHA-256 has 32 bytes: none of its cases passes as it is.
  test.each(cases)('$name: refused, its root is not 32 bytes', ({ text }) => {
    expect(parseCheckpoint(text)).toEqual(MALFORMED);
  });

  const accepted = cases.filter(({ wantErr, want }) => !wantErr && want?.rest === '');
  test.each(accepted)('$name: accepted once its root has 32 bytes', (each) => {
    const { origin, size } = each.want ?? {};
    expect(parseCheckpoint(withGoodRoot(each))).toEqual({ ok: true, value: { origin, size, root: EMPTY_ROOT } });
  });

  // The fault of this one lies in the root, so a good root mends it.
  const rootFault = 'invalid roothash - not base64';
  const refused = cases.filter((each) => !accepted.includes(each) && each.name !== rootFault);
  test.each(refused)('$name: refused also with a root of 32 bytes', (each) => {
    expect(parseCheckpoint(withGoodRoot(each))).toEqual(MALFORMED);
  });

  test('two are accepted so, nine are not', () => {
    expect([accepted.length, refused.length]).toEqual([2, 9]);
  });
});

describeVectors('C2SP tlog-checkpoint', () => {
  test.each(['behind-the-sofa.checkpoint', 'behind-the-sofa.cosigned.checkpoint'])('%s is read', (file) => {
    const note = parseNote(vectorText(`log/signed-note/${file}`));
    if (!note.ok) throw new Error(note.reason);
    const checkpoint = parseCheckpoint(note.value.text);
    if (!checkpoint.ok) throw new Error(checkpoint.reason);
    expect(checkpoint.value).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 });
    expect(toBase64(checkpoint.value.root)).toBe('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=');
    expect(encodeCheckpoint(checkpoint.value)).toBe(note.value.text);
  });
});

describe('the text of a checkpoint', () => {
  const text = encodeCheckpoint({ origin: 'log.example', size: 17, root: EMPTY_ROOT });

  test('reads back as it was written, up to a size of 2^53 - 1', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z][a-z/.]{0,20}$/),
        fc.maxSafeNat(),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (origin, size, root) => {
          expect(parseCheckpoint(encodeCheckpoint({ origin, size, root }))).toEqual({
            ok: true,
            value: { origin, size, root },
          });
        },
      ),
    );
  });

  test.each([
    ['no origin', text.replace('log.example', '')],
    ['a size with a leading zero', text.replace('\n17\n', '\n017\n')],
    ['a signed size', text.replace('\n17\n', '\n+17\n')],
    ['a size above 2^53 - 1', text.replace('\n17\n', '\n9007199254740992\n')],
    ['no size', text.replace('\n17\n', '\n\n')],
    ['a root of 31 bytes', text.replace(EMPTY, toBase64(new Uint8Array(31)))],
    ['a root of 33 bytes', text.replace(EMPTY, toBase64(new Uint8Array(33)))],
    ['a root without its padding', text.replace('=', '')],
    ['a root with unused bits set', text.replace('U=', 'V=')],
    ['no final newline', text.slice(0, -1)],
    ['an extension line', `${text}extension\n`],
    ['a blank line behind', `${text}\n`],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
  ])('with %s is malformed', (_, changed) => {
    expect(changed).not.toBe(text);
    expect(parseCheckpoint(changed)).toEqual(MALFORMED);
  });

  test.each([
    ['an empty origin', { origin: '' }],
    ['an origin of two lines', { origin: 'a\nb' }],
    ['a negative size', { size: -1 }],
    ['a fractional size', { size: 0.5 }],
    ['a size above 2^53 - 1', { size: 2 ** 53 }],
    ['a root of 31 bytes', { root: new Uint8Array(31) }],
  ])('is not written with %s', (_, field) => {
    expect(() => encodeCheckpoint({ origin: 'a', size: 0, root: EMPTY_ROOT, ...field })).toThrow(RangeError);
  });
});

describe('a signed checkpoint', () => {
  const pair = keyPair('checkpoint');
  const key = noteKey('log.example', 1, pair.publicKey);
  const sign = (text: string) => encodeNote({ text, signatures: [signNote(text, { key, ...pair })] });
  const checkpoint = { origin: 'log.example', size: 1, root: EMPTY_ROOT };
  const signed = sign(encodeCheckpoint(checkpoint));

  test('of the log whose key is known is opened', () => {
    expect(openCheckpoint(signed, [key])).toMatchObject({ ok: true, value: { checkpoint } });
  });

  test.each([
    ['another size', signed.replace('\n1\n', '\n2\n'), 'signature-invalid'],
    ['another name on its line', signed.replace('— log.example', '— log.exampel'), 'signature-missing'],
    ['no signature', signed.slice(0, signed.indexOf('—')), 'note-malformed'],
    ['more text than is read', `${'a'.repeat(200_000)}\n${signed}`, 'note-too-large'],
    ['a signed text that is no checkpoint', sign('log.example\n01\n'), 'checkpoint-malformed'],
    ['an extension line, though signed', sign(`${encodeCheckpoint(checkpoint)}more\n`), 'checkpoint-malformed'],
    [
      'the origin of another log, signed by this key',
      sign(encodeCheckpoint({ ...checkpoint, origin: 'other.example' })),
      'checkpoint-origin-mismatch',
    ],
  ])('with %s is refused', (_, text, reason) => {
    expect(openCheckpoint(text, [key])).toMatchObject({ ok: false, reason });
  });
});
