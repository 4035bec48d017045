import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { parseCheckpoint } from '#shared/log/checkpoint.ts';
import { consistencyProof, inclusionProof, treeRoot, verifyConsistency, verifyInclusion } from '#shared/log/merkle.ts';
import { newTiles, rootFromRightEdge } from '#shared/log/new-tiles.ts';
import { parseNote } from '#shared/log/note.ts';
import { entriesPath, parseEntryBundle, tilePath } from '#shared/log/tile.ts';
import {
  consistencyProofFromTiles,
  inclusionProofFromTiles,
  type ReadTile,
  rootFromTiles,
} from '#shared/log/tile-proofs.ts';
import { describeVectors, vectorBytes, vectorText } from '../../support/vectors.ts';

const FOLDER = 'log/sunlight/replica/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706';
const SIZE = 300;
const PATHS: readonly (readonly [level: number, n: number, width: number])[] = [
  [0, 0, 256],
  [0, 1, 44],
  [1, 0, 1],
];

describeVectors('FiloSottile/sunlight skylight', () => {
  const stored = new Map(PATHS.map((name) => [tilePath(...name), vectorBytes(`${FOLDER}/${tilePath(...name)}`)]));
  const read: ReadTile = async (...name) => stored.get(tilePath(...name));
  const leaves = [tilePath(0, 0), tilePath(0, 1, 44)].flatMap((path) => {
    const bytes = stored.get(path) ?? new Uint8Array(0);
    return Array.from({ length: bytes.length / 32 }, (_, i) => bytes.slice(32 * i, 32 * i + 32));
  });
  const note = parseNote(vectorText(`${FOLDER}/checkpoint`));
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!checkpoint.ok) throw new Error(checkpoint.reason);
  const { root, size } = checkpoint.value;

  test('its three tiles hash to the root of its checkpoint of 300 leaves', async () => {
    expect(size).toBe(SIZE);
    expect(await rootFromTiles(read, SIZE)).toEqual({ ok: true, value: root });
  });

  test.each(PATHS)('without the tile of level %i, number %i, width %i there is no root', async (...missing) => {
    const path = tilePath(...missing);
    const reading: ReadTile = async (...name) => (tilePath(...name) === path ? undefined : read(...name));
    // The full tile of level 0 is not read for the root: its hash stands in level 1.
    const expected = path === tilePath(0, 0) ? { ok: true } : { reason: 'tile-missing', detail: path };
    expect(await rootFromTiles(reading, SIZE)).toMatchObject(expected);
  });

  test('every proof from its tiles verifies and is the one made from its leaf hashes', async () => {
    for (let index = 0; index < SIZE; index++) {
      const proof = await inclusionProofFromTiles(read, index, SIZE);
      expect(proof).toEqual({ ok: true, value: inclusionProof(leaves, index) });
      const leafHash = leaves[index];
      if (!proof.ok || !leafHash) throw new Error('no proof');
      expect(verifyInclusion({ leafHash, index, size, root, proof: proof.value }).ok).toBe(true);
    }
    for (const size1 of [1, 2, 255, 256, 257, 299, 300]) {
      const proof = await consistencyProofFromTiles(read, size1, SIZE);
      expect(proof).toEqual({ ok: true, value: consistencyProof(leaves, size1) });
      const root1 = treeRoot(leaves.slice(0, size1));
      if (!proof.ok) throw new Error('no proof');
      expect(verifyConsistency({ size1, root1, size2: size, root2: root, proof: proof.value }).ok).toBe(true);
    }
  });

  test('a tree grown from its leaf hashes, in one batch or by the full tile first, has the same tiles and root', () => {
    const whole = newTiles(0, [], leaves);
    const first = newTiles(0, [], leaves.slice(0, 256));
    const second = newTiles(first.size, first.rightEdge, leaves.slice(256));
    for (const tiles of [whole.tiles, [...first.tiles, ...second.tiles]]) {
      expect(new Map(tiles.map(({ level, n, width, bytes }) => [tilePath(level, n, width), bytes]))).toEqual(stored);
    }
    expect([whole.root, second.root, rootFromRightEdge(SIZE, second.rightEdge)]).toEqual([root, root, root]);
  });

  // Upstream put a sentence where its entries would be, so leaf hashes cannot be derived from these bundles.
  test.each([
    [entriesPath(0), 'fake mirrored entry bundle\n'],
    [entriesPath(1, 44), 'fake mirrored partial entry bundle\n'],
  ])('%s is gzip and holds no entries', (path, sentence) => {
    const packed = vectorBytes(`${FOLDER}/${path}`);
    expect(parseEntryBundle(packed)).toMatchObject({ reason: 'bundle-malformed' });
    const bytes = new Uint8Array(gunzipSync(packed));
    expect(fromUtf8(bytes)).toBe(sentence);
    expect(parseEntryBundle(bytes)).toMatchObject({ reason: 'bundle-malformed' });
  });
});
