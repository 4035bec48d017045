import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBase64 } from '#shared/bytes/base64.ts';
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { parseNote } from '#shared/log/note.ts';
import {
  encodeTlogProof,
  MAX_PROOF_HASHES,
  MAX_PROOF_LENGTH,
  parseHashLines,
  parseTlogProof,
} from '#shared/log/proof.ts';
import { describeVectors, vectorJson, vectorText } from '../../support/vectors.ts';

const MALFORMED = { ok: false, reason: 'proof-malformed' };

describeVectors('transparency-dev/formats proof', () => {
  interface Vectors {
    readonly valid: readonly {
      readonly name: string;
      readonly text: string;
      readonly want: { index: number; hashes: readonly string[]; checkpoint: string; extra: string | null };
    }[];
    readonly invalid: readonly { readonly name: string; readonly text: string }[];
  }
  const { valid, invalid } = vectorJson<Vectors>('log/tlog-proof/parse.json');

  test('3 valid and 7 invalid ones are there', () => {
    expect([valid.length, invalid.length]).toEqual([3, 7]);
  });

  test.each(valid)('$name is read and written as it was read', ({ text, want }) => {
    const proof = parseTlogProof(text);
    if (!proof.ok) throw new Error(proof.detail);
    const { index, hashes, checkpoint, extra } = proof.value;
    expect({
      index,
      hashes: hashes.map(toBase64),
      checkpoint,
      extra: extra === undefined ? null : fromUtf8(extra),
    }).toEqual(want);
    expect(encodeTlogProof(proof.value)).toBe(text);
  });

  test.each(invalid)('$name is malformed', ({ text }) => {
    expect(parseTlogProof(text)).toMatchObject(MALFORMED);
  });

  test('a line of 66,560 letters is no hash', () => {
    const text = `c2sp.org/tlog-proof@v1\nindex 0\n${'a'.repeat(66_560)}\n\ncheckpoint\n`;
    expect(parseTlogProof(text)).toMatchObject(MALFORMED);
  });
});

describeVectors('C2SP tlog-proof', () => {
  test('the container of the example is read; its checkpoint, whose signatures are elided, is no note', () => {
    const proof = parseTlogProof(vectorText('log/tlog-proof/spec-example.elided.txt'));
    if (!proof.ok) throw new Error(proof.detail);
    expect(proof.value.index).toBe(73_894);
    expect(proof.value.hashes).toHaveLength(5);
    expect(parseNote(proof.value.checkpoint)).toEqual({ ok: false, reason: 'note-malformed' });
  });
});

const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const proof = { index: 5, hashes: [hash(1), hash(2)], checkpoint: 'log.example\n\nblank lines belong to it\n' };
const text = encodeTlogProof(proof);
const line = `${toBase64(hash(1))}\n`;

describe('a log proof', () => {
  test.each([
    ['another version', text.replace('@v1', '@v2')],
    ['a byte order mark', `\ufeff${text}`],
    ['a leading newline', `\n${text}`],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
    ['no blank line', text.replaceAll('\n\n', '\n')],
    ['no checkpoint', text.slice(0, text.indexOf('\n\n') + 2)],
    ['no index', text.replace('index 5\n', '')],
    ['two indices', text.replace('index 5\n', 'index 5\nindex 5\n')],
    ['an index with a leading zero', text.replace('index 5', 'index 05')],
    ['a signed index', text.replace('index 5', 'index +5')],
    ['an index above 2^53 - 1', text.replace('index 5', 'index 9007199254740992')],
    ['a space behind the index', text.replace('index 5', 'index 5 ')],
    ['its index behind a hash', text.replace(`index 5\n${line}`, `${line}index 5\n`)],
    ['extra data twice', text.replace('index', 'extra AAAA\nextra AAAA\nindex')],
    ['extra data behind the index', text.replace('index 5\n', 'index 5\nextra AAAA\n')],
    ['extra data respelled', text.replace('index', 'extra AB==\nindex')],
    ['a hash of 31 bytes', text.replace(line, `${toBase64(new Uint8Array(31))}\n`)],
    ['a hash of 33 bytes', text.replace(line, `${toBase64(new Uint8Array(33))}\n`)],
    ['a hash respelled in its unused bits', text.replace('E=\n', 'F=\n')],
    ['64 hashes', text.replace(line, line.repeat(63))],
    ['more than is read', text + 'a'.repeat(MAX_PROOF_LENGTH)],
  ])('with %s is malformed', (_, changed) => {
    expect(changed).not.toBe(text);
    expect(parseTlogProof(changed)).toMatchObject(MALFORMED);
  });

  test('of 63 hashes, the most a tree can need, is read', () => {
    const longest = { ...proof, hashes: Array.from({ length: MAX_PROOF_HASHES }, (_, i) => hash(i)) };
    expect(parseTlogProof(encodeTlogProof(longest))).toEqual({ ok: true, value: longest });
  });

  test.each([
    ['a negative index', { index: -1 }],
    ['an index above 2^53 - 1', { index: 2 ** 53 }],
    ['64 hashes', { hashes: Array.from({ length: 64 }, hash) }],
    ['a hash of 31 bytes', { hashes: [new Uint8Array(31)] }],
    ['no checkpoint', { checkpoint: '' }],
  ])('is not written with %s', (_, field) => {
    expect(() => encodeTlogProof({ ...proof, ...field })).toThrow(RangeError);
  });

  test('reads back as it was written, extra data and all', () => {
    const proofs = fc.record(
      {
        index: fc.maxSafeNat(),
        hashes: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 8 }),
        checkpoint: fc.string({ minLength: 1 }),
        extra: fc.uint8Array({ maxLength: 20 }),
      },
      { requiredKeys: ['index', 'hashes', 'checkpoint'] },
    );
    fc.assert(
      fc.property(proofs, (any) => {
        expect(parseTlogProof(encodeTlogProof(any))).toEqual({ ok: true, value: any });
      }),
    );
  });
});

describe('hash lines', () => {
  test('are read in order, none where there are none', () => {
    expect(parseHashLines([])).toEqual([]);
    expect(parseHashLines([toBase64(hash(2)), toBase64(hash(1))])).toEqual([hash(2), hash(1)]);
  });
});
