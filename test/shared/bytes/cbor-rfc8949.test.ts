import { describe, expect, test } from 'vitest';
import { CborTag, type CborValue, decodeCbor, encodeCbor } from '#shared/bytes/cbor.ts';
import { fromHex, toHex } from '#shared/bytes/hex.ts';

const decodeHex = (hex: string) => decodeCbor(fromHex(hex) ?? new Uint8Array(0));
const h = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);
const upTo25 = Array.from({ length: 25 }, (_, i) => i + 1);

/** The examples of RFC 8949 appendix A that the subset can say, in the order given there. */
const ACCEPTED: readonly (readonly [hex: string, value: CborValue])[] = [
  ['00', 0],
  ['01', 1],
  ['0a', 10],
  ['17', 23],
  ['1818', 24],
  ['1819', 25],
  ['1864', 100],
  ['1903e8', 1000],
  ['1a000f4240', 1_000_000],
  ['1b000000e8d4a51000', 1_000_000_000_000],
  ['c249010000000000000000', new CborTag(2, h('010000000000000000'))],
  ['c349010000000000000000', new CborTag(3, h('010000000000000000'))],
  ['20', -1],
  ['29', -10],
  ['3863', -100],
  ['3903e7', -1000],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['c074323031332d30332d32315432303a30343a30305a', new CborTag(0, '2013-03-21T20:04:00Z')],
  ['c11a514b67b0', new CborTag(1, 1_363_896_240)],
  ['d74401020304', new CborTag(23, h('01020304'))],
  ['d818456449455446', new CborTag(24, h('6449455446'))],
  ['d82076687474703a2f2f7777772e6578616d706c652e636f6d', new CborTag(32, 'http://www.example.com')],
  ['40', new Uint8Array(0)],
  ['4401020304', h('01020304')],
  ['60', ''],
  ['6161', 'a'],
  ['6449455446', 'IETF'],
  ['62225c', '"\\'],
  ['62c3bc', '\u00fc'],
  ['63e6b0b4', '\u6c34'],
  ['64f0908591', '\ud800\udd51'],
  ['80', []],
  ['83010203', [1, 2, 3]],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  ['98190102030405060708090a0b0c0d0e0f101112131415161718181819', upTo25],
  ['a0', new Map()],
  [
    'a201020304',
    new Map([
      [1, 2],
      [3, 4],
    ]),
  ],
  [
    'a26161016162820203',
    new Map<string, CborValue>([
      ['a', 1],
      ['b', [2, 3]],
    ]),
  ],
  ['826161a161626163', ['a', new Map([['b', 'c']])]],
  ['a56161614161626142616361436164614461656145', new Map(Array.from('abcde', (key) => [key, key.toUpperCase()]))],
];

const FLOATS = [
  ...['f90000', 'f98000', 'f93c00', 'fb3ff199999999999a', 'f93e00', 'f97bff', 'fa47c35000', 'fa7f7fffff'],
  ...['fb7e37e43c8800759c', 'f90001', 'f90400', 'f9c400', 'fbc010666666666666', 'f97c00', 'f97e00', 'f9fc00'],
  ...['fa7f800000', 'fa7fc00000', 'faff800000', 'fb7ff0000000000000', 'fb7ff8000000000000', 'fbfff0000000000000'],
  'c1fb41d452d9ec200000',
];
const UNSAFE_INTEGERS = ['1bffffffffffffffff', '3bffffffffffffffff'];
const OTHER_SIMPLE = ['f7', 'f0', 'f8ff'];
const INDEFINITE = [
  '5f42010243030405ff',
  '7f657374726561646d696e67ff',
  '9fff',
  '9f018202039f0405ffff',
  '9f01820203820405ff',
  '83018202039f0405ff',
  '83019f0203ff820405',
  '9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff',
  'bf61610161629f0203ffff',
  '826161bf61626163ff',
  'bf6346756ef563416d7421ff',
];

describe('the examples of RFC 8949 appendix A', () => {
  test('are all here, one way or the other', () => {
    const groups = [ACCEPTED, FLOATS, UNSAFE_INTEGERS, OTHER_SIMPLE, INDEFINITE];
    expect(groups.flat()).toHaveLength(81);
  });

  test.each(ACCEPTED)('%s is read and written again', (hex, value) => {
    expect(decodeHex(hex)).toEqual({ ok: true, value });
    expect(toHex(encodeCbor(value))).toBe(hex);
  });

  test.each([...FLOATS, ...UNSAFE_INTEGERS, ...OTHER_SIMPLE])('%s is outside the subset', (hex) => {
    expect(decodeHex(hex)).toEqual({ ok: false, reason: 'cbor-unsupported' });
  });

  test.each(INDEFINITE)('%s, of indefinite length, is not deterministic', (hex) => {
    expect(decodeHex(hex)).toEqual({ ok: false, reason: 'cbor-not-deterministic' });
  });

  test.each(ACCEPTED)('%s cut anywhere is truncated', (hex) => {
    const whole = h(hex);
    for (let length = 0; length < whole.length; length++) {
      expect(decodeCbor(whole.slice(0, length))).toEqual({ ok: false, reason: 'cbor-truncated' });
    }
  });

  test.each(ACCEPTED)('%s followed by another byte has trailing bytes', (hex) => {
    for (const next of ['00', 'f6', 'ff'])
      expect(decodeHex(hex + next)).toEqual({ ok: false, reason: 'cbor-trailing-bytes' });
  });
});

describe('the map keys of RFC 8949 §4.2.1', () => {
  test('are sorted bytewise by their encoding: 10, 100, -1, "z", "aa"', () => {
    const shuffled = new Map<number | string, number>([
      ['aa', 5],
      [-1, 3],
      ['z', 4],
      [100, 2],
      [10, 1],
    ]);
    expect(toHex(encodeCbor(shuffled))).toBe('a50a011864022003617a0462616105');
  });

  test('are compared as UTF-8, not as UTF-16', () => {
    // U+FF5E is EF BD 9E, U+1F600 is F0 9F 98 80; in UTF-16 the surrogates of the latter sort first.
    const map = new Map([
      ['\u{1f600}', 0],
      ['\uff5e\u0000', 0],
    ]);
    expect(toHex(encodeCbor(map))).toBe('a264efbd9e000064f09f988000');
  });
});
