/** Format and size of an image by its first bytes, before anything is decoded. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import { readImageHeader } from '#shared/image/image-header.ts';

const bytes = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();

describe('the header of an image', () => {
  test.each([
    ['PNG', '89504e470d0a1a0a 0000000d 49484452 00000280 000001e0 08 06 00 00 00', 'image/png', 640, 480],
    ['JPEG', 'ffd8 ffe0 0004 0000 ffc2 0011 08 01e0 0280 03', 'image/jpeg', 640, 480],
    ['lossy WebP', '52494646 00000000 57454250 56503820 00000000 000000 9d012a 8002 e001', 'image/webp', 640, 480],
    ['lossless WebP', '52494646 00000000 57454250 5650384c 00000000 2f 7fc27700 0000000000', 'image/webp', 640, 480],
    ['extended WebP', '52494646 00000000 57454250 56503858 0a000000 00000000 7f0200 df0100', 'image/webp', 640, 480],
  ])('of a %s says its sides', (_, hex, type, width, height) => {
    expect(readImageHeader(bytes(hex))).toMatchObject({ type, width, height });
  });

  test('of a JPEG is found and its scans counted as a decoder meets them, not where a segment hides them', () => {
    const start = 'ffd8 ff01 fffe 000c ffda ffc0 0011 08 000800 ffff ffc0 0011 08 01e0 0280 03 000000000000000000';
    const scan = 'ffda 0003 01 a5a5 ff00 da ffd0 a5';
    const end = 'ffd9 ffda 0003 01 00000000';
    const header = { type: 'image/jpeg', width: 640, height: 480, scans: 3 };
    expect(readImageHeader(bytes(start + scan + scan + scan + end))).toEqual(header);
  });

  test('that is broken off or of another kind says nothing', () => {
    expect(readImageHeader(bytes('89504e470d0a1a0a 0000000d 49484452 0000'))).toBeUndefined();
    expect(readImageHeader(utf8('GIF89a, of which no size is read'))).toBeUndefined();
    // Animated.
    expect(
      readImageHeader(bytes('52494646 00000000 57454250 56503858 0a000000 02000000 7f0200 df0100')),
    ).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (any) => {
        expect(() => readImageHeader(any)).not.toThrow();
        expect(() => readImageHeader(Uint8Array.of(0xff, 0xd8, 0xff, ...any))).not.toThrow();
        expect(() => readImageHeader(Uint8Array.of(...utf8('RIFF----WEBPVP8X'), ...any))).not.toThrow();
      }),
    );
  });
});
