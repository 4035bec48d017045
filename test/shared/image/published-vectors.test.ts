/** The vectors that docs/spec/image.md gives to other implementers. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '#shared/bytes/hex.ts';
import { compareImages } from '#shared/image/compare-images.ts';
import { imageKeys, imageProbes } from '#shared/image/image-keys.ts';
import { pdqHash } from '#shared/image/pdq.ts';
import { type Painting, painted } from '../../support/painted.ts';

interface Vectors {
  readonly pictures: readonly (Painting & {
    note: string;
    hash: string | null;
    quality: number | null;
    keys: string[];
  })[];
  readonly probes: { hash: string; probes: string[] };
  readonly compare: readonly { attested: string; shown: string; distance: number; similar: boolean }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../../docs/spec/vectors/image.json', import.meta.url), 'utf8'),
) as Vectors;
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

describe('docs/spec/vectors/image.json', () => {
  test.each(vectors.pictures)('hashes a picture: $note', ({ hash, quality, keys, ...painting }) => {
    const hashed = pdqHash(painted(painting));
    expect(hashed === undefined ? null : toHex(hashed.hash)).toBe(hash);
    expect(hashed?.quality ?? null).toBe(quality);
    expect(hashed === undefined ? [] : imageKeys(hashed.hash)).toEqual(keys);
  });

  test('probes a hash', () => {
    const { hash, probes } = vectors.probes;
    const margins = Float32Array.from({ length: 256 }, (_, n) => (37 * n) % 256);
    expect(imageProbes(bytes(hash), margins).filter((_, n) => n % 24 === 0)).toEqual(probes);
  });

  test.each(vectors.compare)('compares hashes $distance bits apart', ({ attested, shown, distance, similar }) => {
    expect(compareImages(bytes(attested), bytes(shown))).toMatchObject({ distance, similar });
  });
});
