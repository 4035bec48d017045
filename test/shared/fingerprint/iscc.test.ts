import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { isccTextCode } from '#shared/fingerprint/iscc.ts';
import { xxh32 } from '#shared/fingerprint/xxh32.ts';

describe('the ISCC Text-Code', () => {
  // The published conformance values of iscc/iscc-core, `iscc_core/data.json`, `gen_text_code_v0`.
  test.each([
    ['an empty text', '', 64, 'ISCC:EAASL4F2WZY7KBXB'],
    ['a short text', 'Hello World', 64, 'ISCC:EAASKDNZNYGUUF5A'],
    ['256 bits', 'Hello World', 256, 'ISCC:EADSKDNZNYGUUF5AMFEJLZ5P66CP5YKCOA3X7F36RWE4CIRCBTUWXYY'],
    [
      'letters with marks',
      'Iñtërnâtiônàlizætiøn☃    Iñtërnâtiônàlizætiøn☃',
      256,
      'ISCC:EADTJCW2DT555KK6DEQAR5DQT7VYJGZM6CXHG3BM56WOMQDDVS7754I',
    ],
    [
      'a paragraph',
      'Their most significant and usefull property of similarity-preserving fingerprints gets lost in the fragmentation ' +
        'of individual, propietary and use case specific implementations. The real benefit lies in similarity ' +
        'preservation beyond your local data archive on a global scale accross vendors.\n',
      128,
      'ISCC:EABZHFKU6PNI7UVWYEEIQLOYHYLX6',
    ],
  ])('of %s is the published one', (_, text, bits, code) => {
    expect(isccTextCode(text, bits)).toBe(code);
  });

  test('does not see white space, case, marks or punctuation', () => {
    expect(isccTextCode('¡HÉLLO,\n\tworld!')).toBe(isccTextCode('Hello World'));
  });

  test.each([0, 16, 48, 288, Number.NaN])('refuses a length of %d bits', (bits) => {
    expect(() => isccTextCode('', bits)).toThrow(RangeError);
  });
});

describe('xxHash 32', () => {
  // Published values of the reference implementation, seed 0.
  test.each([
    ['', 0x02cc5d05],
    ['a', 0x550d7456],
    ['abc', 0x32d153ff],
    ['abcdefghijklmnopqrstuvwxyz', 0x63a14d5f],
    ['Nobody inspects the spammish repetition', 0xe2293b2f],
  ])('of %j', (text, hash) => {
    expect(xxh32(utf8(text))).toBe(hash);
  });

  test('reads a view that begins inside its buffer', () => {
    const padded = utf8('xxabcdefghijklmnopqrstuvwxyz');
    expect(xxh32(padded.subarray(2))).toBe(0x63a14d5f);
  });
});
