import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CborKey, CborTag, type CborValue, decodeCbor, encodeCbor, MAX_CBOR_DEPTH } from '#shared/bytes/cbor.ts';
import { fromHex } from '#shared/bytes/hex.ts';

const decodeHex = (hex: string) => decodeCbor(fromHex(hex) ?? new Uint8Array(0));

const REFUSED: Readonly<Record<string, readonly (readonly [what: string, hex: string])[]>> = {
  'cbor-not-deterministic': [
    ['an integer in one byte too many', '1817'],
    ['an integer in two bytes that fits one', '1900ff'],
    ['an integer in four bytes that fits two', '1a0000ffff'],
    ['an integer in eight bytes that fits four', '1b00000000ffffffff'],
    ['a negative integer in one byte too many', '3817'],
    ['a byte string with a long length', '580100'],
    ['a text with a long length', '780161'],
    ['an array with a long length', '980100'],
    ['a map with a long length', 'b8010000'],
    ['a tag with a long number', 'd81780'],
    ['a map with a key twice', 'a201000100'],
    ['a map with a text key twice', 'a2616100616100'],
    ['a map with unsorted keys', 'a202000100'],
    ['a map with a negative key before a positive one', 'a220000000'],
    ['a map with a text key before a number', 'a26161000000'],
    ['a map with a longer text key first', 'a262616100617a00'],
    ['an unsorted map inside an array in a map', 'a10081a202000100'],
    ['a text that is not UTF-8', '61ff'],
    ['a text with an overlong encoding', '62c080'],
    ['a text with an encoded surrogate', '63eda080'],
    ['a text cut inside a character', '61c3'],
    ['an indefinite length of an integer', '1f'],
  ],
  'cbor-unsupported': [
    ['a reserved length', '1c'],
    ['a reserved simple value', 'fc'],
    ['a lone break', 'ff'],
    ['2^53', '1b0020000000000000'],
    ['-2^53', '3b001fffffffffffff'],
    ['a byte string of 2^63 bytes', '5b8000000000000000'],
    ['a byte string as a map key', 'a14000'],
    ['an array as a map key', 'a18000'],
    ['null as a map key', 'a1f600'],
    ['a tag as a map key', 'a1c00000'],
    ['false in two bytes', 'f814'],
  ],
  'cbor-truncated': [
    ['nothing', ''],
    ['a length cut short', '1901'],
    ['a byte string longer than the input', '420a'],
    ['a byte string of 4 GiB', '5affffffff'],
    ['an array of 2^53 - 1 items', '9b001fffffffffffff'],
    ['a map of 2^53 - 1 entries', 'bb001fffffffffffff'],
    ['a map without its last value', 'a10a'],
    ['a tag without a value', 'd2'],
  ],
};

describe('deterministic CBOR', () => {
  for (const [reason, cases] of Object.entries(REFUSED)) {
    test.each(cases)(`refuses %s as ${reason}`, (_, hex) => {
      expect(decodeHex(hex)).toEqual({ ok: false, reason });
    });
  }

  test.each([
    ['arrays', '81', '00'],
    ['maps', 'a100', '00'],
    ['tags', 'd2', '00'],
  ])('of %s nested as deep as allowed is read, one deeper refused', (_, head, leaf) => {
    expect(decodeHex(head.repeat(MAX_CBOR_DEPTH) + leaf).ok).toBe(true);
    expect(decodeHex(head.repeat(MAX_CBOR_DEPTH + 1) + leaf)).toEqual({ ok: false, reason: 'cbor-too-deep' });
    expect(decodeHex(head.repeat(20_000) + leaf)).toEqual({ ok: false, reason: 'cbor-too-deep' });
  });

  test('reads integers up to 2^53 - 1 in both directions', () => {
    for (const value of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 32, -(2 ** 32) - 1]) {
      expect(decodeCbor(encodeCbor(value))).toEqual({ ok: true, value });
    }
  });

  test('does not share memory with its input', () => {
    const input = Uint8Array.of(0x41, 7);
    const decoded = decodeCbor(input);
    input[1] = 8;
    expect(decoded).toEqual({ ok: true, value: Uint8Array.of(7) });
  });

  test('reads a view into a larger buffer', () => {
    const buffer = Uint8Array.of(0xff, 0x19, 0x03, 0xe8, 0xff);
    expect(decodeCbor(buffer.subarray(1, 4))).toEqual({ ok: true, value: 1000 });
  });

  test('keeps a byte order mark as the character it is', () => {
    expect(decodeCbor(encodeCbor('\ufeffa'))).toEqual({ ok: true, value: '\ufeffa' });
  });

  test.each([
    ['a fraction', 0.5],
    ['2^53', 2 ** 53],
    ['not a number', Number.NaN],
    ['a lone surrogate', 'a\ud800'],
    ['a lone surrogate as a key', new Map([['\udc00', 1]])],
    ['a fraction as a tag number', new CborTag(0.5, 0)],
    ['a negative tag number', new CborTag(-1, 0)],
  ] satisfies readonly (readonly [string, CborValue])[])(
    'does not write %s, which could not be read back',
    (_, value) => {
      expect(() => encodeCbor(value)).toThrow(RangeError);
    },
  );
});

const integers = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -300, max: 300 })).map((value) => value + 0);
const texts = fc.string({ unit: 'binary', maxLength: 6 });
const { value: values } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'cbor' },
    fc.oneof(integers, texts, fc.boolean(), fc.constant(null), fc.uint8Array({ maxLength: 6 })),
    fc.array(tie('value'), { maxLength: 4, depthIdentifier: 'cbor' }),
    fc
      .uniqueArray(fc.tuple(fc.oneof<fc.Arbitrary<CborKey>[]>(integers, texts), tie('value')), {
        maxLength: 4,
        selector: ([key]) => key,
        depthIdentifier: 'cbor',
      })
      .map((entries) => new Map(entries)),
    fc.tuple(fc.maxSafeNat(), tie('value')).map(([tag, value]) => new CborTag(tag, value)),
  ),
}));

describe('any value of the CBOR subset', () => {
  test('reads back as it was written', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(decodeCbor(encodeCbor(value))).toEqual({ ok: true, value });
      }),
      { numRuns: 1000 },
    );
  });

  test('with one byte changed is another value or refused, never an exception', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, where, flip) => {
        const bytes = encodeCbor(value);
        const at = where % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        const decoded = decodeCbor(bytes);
        if (decoded.ok) expect(encodeCbor(decoded.value)).toEqual(bytes);
        else expect(decoded.reason).toMatch(/^cbor-/);
      }),
      { numRuns: 3000 },
    );
  });

  test('is the only way to read its bytes: whatever decodes encodes to the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 48 }), (bytes) => {
        const decoded = decodeCbor(bytes);
        if (decoded.ok) expect(encodeCbor(decoded.value)).toEqual(bytes);
        else expect(decoded.reason).toMatch(/^cbor-/);
      }),
      { numRuns: 3000 },
    );
  });
});
