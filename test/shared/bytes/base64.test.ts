import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64, fromBase64Url, toBase64, toBase64Url } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { parseDecimal } from '#shared/bytes/decimal.ts';
import { fromHex, toHex } from '#shared/bytes/hex.ts';

/** Any text over an alphabet and the characters that decoders are known to skip or to translate. */
const textOver = (characters: string) => fc.string({ unit: fc.constantFrom(...characters), maxLength: 12 });

/** RFC 4648 §10. */
const RFC_4648 = [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
] as const;

describe('base64', () => {
  test.each(RFC_4648)('of "%s" is "%s", as RFC 4648 §10 has it', (plain, encoded) => {
    expect(toBase64(utf8(plain))).toBe(encoded);
    expect(fromBase64(encoded)).toEqual(utf8(plain));
    expect(toBase64Url(utf8(plain))).toBe(encoded.replaceAll('=', ''));
    expect(fromBase64Url(encoded.replaceAll('=', ''))).toEqual(utf8(plain));
  });

  test('reads every byte back in both alphabets', () => {
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(toBase64(every)).toMatch(/[+/]/);
    expect(toBase64Url(every)).toMatch(/[-_]/);
    expect(fromBase64(toBase64(every))).toEqual(every);
    expect(fromBase64Url(toBase64Url(every))).toEqual(every);
  });

  test.each([
    ['padding left out', 'Zg'],
    ['half the padding', 'Zg='],
    ['padding nothing needs', 'Zm9v===='],
    ['only padding', '===='],
    ['padding in the middle', 'Zg==Zg=='],
    ['unused bits set', 'Zh=='],
    ['unused bits set behind two bytes', 'Zm9='],
    ['a line break', 'Zm9v\n'],
    ['a space inside', 'Zm 9v'],
    ['the other alphabet', '-_8='],
    ['a letter outside ASCII', 'Zm9\u0142'],
    ['one digit', 'A==='],
  ])('with %s is refused', (_, text) => {
    expect(fromBase64(text)).toBeUndefined();
  });

  test.each([
    ['padding', 'Zg=='],
    ['unused bits set', 'Zh'],
    ['the other alphabet', '+/8'],
    ['a single digit behind a group', 'Zm9vY'],
  ])('for URLs with %s is refused', (_, text) => {
    expect(fromBase64Url(text)).toBeUndefined();
  });

  test('reads back whatever it wrote, and accepts nothing it would not write', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), textOver('AQgwZ9+/-_= \n'), (bytes, text) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
        const standard = fromBase64(text);
        if (standard) expect(toBase64(standard)).toBe(text);
        const url = fromBase64Url(text);
        if (url) expect(toBase64Url(url)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('hexadecimal', () => {
  test('is lower case, two digits a byte', () => {
    expect(toHex(Uint8Array.of(0, 15, 16, 255))).toBe('000f10ff');
  });

  test.each(['0', '0A', '0g', ' 00', '00 ', '0x00', '00\n'])('spelled %j is refused', (text) => {
    expect(fromHex(text)).toBeUndefined();
  });

  test('reads back whatever it wrote, and accepts nothing it would not write', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), textOver('0189afAFgx '), (bytes, text) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
        const read = fromHex(text);
        if (read) expect(toHex(read)).toBe(text);
      }),
    );
  });
});

describe('a decimal', () => {
  test.each([
    ['0', 0],
    ['20852163', 20852163],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('%s is read exactly', (text, value) => {
    expect(parseDecimal(text)).toBe(value);
  });

  test.each(['', '00', '01', '-1', '-0', '+5', '1.0', '1e3', ' 1', '1 ', '1\n', '0x1', '\u0661'])(
    'spelled %j is refused',
    (text) => {
      expect(parseDecimal(text)).toBeUndefined();
    },
  );

  test.each(['9007199254740992', '9007199254740993', '9223372036854775807', '99999999999999999999'])(
    'of %s, above 2^53 - 1, is refused, never rounded',
    (text) => {
      expect(parseDecimal(text)).toBeUndefined();
    },
  );
});
