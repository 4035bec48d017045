/** Pictures: what a message may be, and what a comparison makes of a report. */

import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { unprovenBecause } from '#shared/verdict/unproven.ts';
import { comparePicture, withPicture } from '../../../extension/verification/compare-picture.ts';
import { reportOf } from '../../../extension/verification/report.ts';
import { isShown } from '../../../extension/verification/see-picture.ts';
import { World } from '../../support/build-trail.ts';

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
