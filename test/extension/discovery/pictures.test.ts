/** Pictures: what a message may be, what is decoded at all, and what a comparison makes of a report. */

import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import { unprovenBecause } from '#shared/verdict/unproven.ts';
import { pictureHeader } from '../../../extension/trails/picture-header.ts';
import { comparePicture, withPicture } from '../../../extension/verification/compare-picture.ts';
import { reportOf } from '../../../extension/verification/report.ts';
import { isShown } from '../../../extension/verification/see-picture.ts';
import { World } from '../../support/build-trail.ts';

const bytes = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();

describe('the header of a picture', () => {
  test.each([
    ['PNG', '89504e470d0a1a0a 0000000d 49484452 00000280 000001e0 08 06 00 00 00', 'image/png', 640, 480],
    ['GIF', '474946383961 8002 e001 f0 00 00', 'image/gif', 640, 480],
    ['JPEG', 'ffd8 ffe0 0004 0000 ffc2 0011 08 01e0 0280 03', 'image/jpeg', 640, 480],
    ['lossy WebP', '52494646 00000000 57454250 56503820 00000000 000000 9d012a 8002 e001', 'image/webp', 640, 480],
    ['lossless WebP', '52494646 00000000 57454250 5650384c 00000000 2f 7fc27700', 'image/webp', 640, 480],
    ['extended WebP', '52494646 00000000 57454250 56503858 0a000000 00000000 7f0200 df0100', 'image/webp', 640, 480],
  ])('of a %s says its sides', (_, hex, type, width, height) => {
    expect(pictureHeader(bytes(hex))).toEqual({ type, width, height });
  });

  test('that is broken off or of another kind says nothing', () => {
    expect(pictureHeader(bytes('89504e470d0a1a0a 0000000d 49484452 0000'))).toBeUndefined();
    expect(pictureHeader(utf8('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (any) => {
        expect(() => pictureHeader(any)).not.toThrow();
        expect(() => pictureHeader(Uint8Array.of(0xff, 0xd8, ...any))).not.toThrow();
      }),
    );
  });
});

describe('a picture from a page', () => {
  const drawn = { width: 2, height: 2, luma: 'AAAAAA==' };
  test.each([
    ['as it is drawn', { address: 'https://a.example/b.png', drawn }, true],
    ['that could not be read', { address: '' }, true],
    ['with a side over 512', { address: '', drawn: { ...drawn, width: 513 } }, false],
    ['with more pixels than fit', { address: '', drawn: { ...drawn, luma: 'A'.repeat(600_000) } }, false],
    ['with half a digest', { address: '', digest: 'ab' }, false],
    ['with a long address', { address: 'x'.repeat(5000) }, false],
  ])('%s is taken: %s', (_, shown, taken) => {
    expect(isShown(shown)).toBe(taken);
  });
});

describe('a picture that names its trail', () => {
  const world = new World();
  const digest = sha256(utf8('a file'));
  const hash = new Uint8Array(32).fill(0x5a);
  const output = { type: 'image/png', size: 6, digest, match: { alg: 'wm-image-1', hash } } as const;
  const trail = world.trailText(world.issue('', { claim: { output } }));
  const other = sha256(utf8('another file'));
  const near = hash.with(0, 0x5b);
  const far = hash.map((byte) => byte ^ 0xff);

  test.each([
    ['the same file', { digest, looks: { hash: far } }, 'exact'],
    ['another file that looks the same', { digest: other, looks: { hash } }, 'similar'],
    ['a file nobody could read, which looks the same', { looks: { hash: near } }, 'similar'],
    ['another file that looks different', { digest: other, looks: { hash: far } }, 'other'],
    ['a file nobody could read, which looks different', { looks: { hash: far } }, 'other'],
    ['another file too plain to be told from others', { digest: other }, 'other'],
    ['one of which nothing is known', {}, 'unread'],
  ])('and is %s is %s', (_, seen, picture) => {
    const report = withPicture(reportOf(unprovenBecause('trail-unreachable')), comparePicture(trail, seen));
    expect(report.content.picture).toBe(picture);
    expect(report.verdict).toBe('unproven');
  });

  test('whose record is of a text is another one', () => {
    const text = world.trailText(world.issue('Words of a text.'));
    expect(
      withPicture(reportOf(unprovenBecause('trail-unreachable')), comparePicture(text, { looks: { hash } })).content
        .picture,
    ).toBe('other');
  });
});
