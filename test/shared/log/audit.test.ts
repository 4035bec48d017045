import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import type { Hasher } from '#shared/hashing/hasher.ts';
import { Audit, type AuditFault, type AuditInput } from '#shared/log/audit.ts';
import { DerivedTree } from '#shared/log/derived-tree.ts';
import { type LogSource, LogUnreachable } from '#shared/log/log-files.ts';
import { leafHash, treeRoot } from '#shared/log/merkle.ts';
import { newTiles } from '#shared/log/new-tiles.ts';
import { encodeEntryBundle, entriesPath, tilePath } from '#shared/log/tile.ts';
import { err, ok } from '#shared/result.ts';
import { NOBLE, SCALAR, SIMD } from '../../support/hashers.ts';
import { flip, type PublishedLog, publishedLog, sourceOf } from '../../support/published-log.ts';

const ENGINES = [SIMD, SCALAR, NOBLE];

async function audit(log: PublishedLog, more: Partial<AuditInput> = {}, from?: DerivedTree): Promise<AuditFault[]> {
  const run = new Audit({ source: sourceOf(log), checkpoint: log.checkpoint, hasher: SIMD, ...more });
  if (from !== undefined) expect(await run.resume(from)).toBe(true);
  const faults: AuditFault[] = [];
  for await (const bundle of run.bundles()) faults.push(...bundle.faults);
  return [...faults, ...(await run.finish())];
}

/** A tree over the first leaves, as an audit would have left it. */
function treeOver(leaves: readonly Uint8Array[], hasher: Hasher = SIMD): DerivedTree {
  const tree = new DerivedTree(hasher);
  for (const leaf of leaves) tree.add(leaf);
  tree.takeFilled();
  return tree;
}

describe('an audit', () => {
  test.each(
    ENGINES.flatMap((hasher) => [0, 1, 255, 256, 257, 600, 1024].map((size) => [size, hasher.engine, hasher] as const)),
  )('finds a log of %i entries whole, hashing with %s', async (size, _, hasher) => {
    expect(await audit(publishedLog(size), { hasher })).toEqual([]);
  });

  test('goes up three levels', async () => {
    const leaf = leafHash(new Uint8Array(0));
    const bundle = encodeEntryBundle(Array.from({ length: 256 }, () => new Uint8Array(0)));
    const size = 65_536 + 256;
    const { tiles, root } = newTiles(0, [], Array(size).fill(leaf));
    const files = new Map(tiles.map(({ level, n, width, bytes }) => [tilePath(level, n, width), bytes]));
    const read: LogSource['read'] = async (path) => ok(path.includes('entries') ? bundle : files.get(path));
    const run = { source: { name: 'memory', read }, checkpoint: { size, root } };
    expect(await audit(publishedLog(0), run)).toEqual([]);
    files.set(tilePath(1, 0), new Uint8Array(8192));
    expect(await audit(publishedLog(0), run)).toEqual([
      { where: 'tile/1/000', what: 'differs from the entries at hash 0' },
    ]);
  });

  test.each([
    ['tile/0/001', 32 * 156 + 5, 'tile/0/001', 'differs from the entries at hash 156'],
    ['tile/0/002.p/88', 32 * 87, 'tile/0/002.p/88', 'differs from the entries at hash 87'],
    ['tile/1/000.p/2', 63, 'tile/1/000.p/2', 'differs from the entries at hash 1'],
  ])('names %s alone where a bit of it was changed', async (path, offset, where, what) => {
    const log = publishedLog(600);
    flip(log, path, offset);
    expect(await audit(log)).toEqual([{ where, what }]);
  });

  test('names the entry that was changed, which the log’s own tiles prove', async () => {
    const log = publishedLog(600);
    flip(log, 'tile/entries/001', 3);
    expect(await audit(log)).toEqual([
      { where: 'tile/0/001', what: 'differs from the entries at hash 0' },
      { where: 'tile/1/000.p/2', what: 'differs from the entries at hash 1' },
      { where: 'checkpoint', what: 'root-mismatch' },
      { where: 'tile/entries/001', what: 'entry 256 is not the one that was signed' },
    ]);
  });

  test('accuses no entry where the tile it differs from is not the signed one either', async () => {
    const log = publishedLog(600);
    flip(log, 'tile/entries/001', 3);
    flip(log, 'tile/0/001', 5);
    expect((await audit(log)).map(({ where }) => where)).toEqual(['tile/0/001', 'tile/1/000.p/2', 'checkpoint']);
  });

  test('finds that entries and tiles agree on another log than the signed one', async () => {
    const log = publishedLog(600);
    const other = { ...log.checkpoint, root: leafHash(utf8('another')) };
    expect(await audit(log, { checkpoint: other })).toEqual([{ where: 'checkpoint', what: 'root-mismatch' }]);
  });

  test('finds every change of any byte of any file, and says so without an exception', async () => {
    const log = publishedLog(300);
    const paths = [...log.files.keys()];
    await fc.assert(
      fc.asyncProperty(
        fc.nat(paths.length - 1),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (which, at, bits) => {
          const changed = { ...log, files: new Map(log.files) };
          const path = paths[which] ?? '';
          const bytes = log.files.get(path)?.slice() ?? new Uint8Array(1);
          bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ bits;
          changed.files.set(path, bytes);
          expect(await audit(changed)).not.toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('answers any files at all with faults', async () => {
    const log = publishedLog(300);
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.option(fc.uint8Array({ maxLength: 70 }))), async (bytes) => {
        const read: LogSource['read'] = async () => ok(bytes.next().value ?? undefined);
        expect(await audit(log, { source: { name: 'anything', read } })).not.toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ['is not there', undefined, 'missing'],
    ['is cut short', Uint8Array.of(0, 9), 'bundle-malformed'],
    ['holds too few', Uint8Array.of(0, 1, 7), 'too few entries'],
  ])('ends at a bundle that %s', async (_, bytes, what) => {
    const log = publishedLog(600);
    if (bytes === undefined) log.files.delete('tile/entries/001');
    else log.files.set('tile/entries/001', bytes);
    expect(await audit(log)).toContainEqual({ where: 'tile/entries/001', what });
    expect(await audit(log)).toContainEqual({ where: 'checkpoint', what: 'entries end at 256 of 600' });
  });

  test('takes the full file where the partial one is gone', async () => {
    const log = publishedLog(600);
    const grown = publishedLog(768);
    for (const path of [entriesPath(2, 88), tilePath(0, 2, 88)]) log.files.delete(path);
    for (const path of [entriesPath(2), tilePath(0, 2)])
      log.files.set(path, grown.files.get(path) ?? new Uint8Array(0));
    expect(await audit(log)).toEqual([]);
  });

  test('throws where the log does not answer: nothing is known then', async () => {
    const source: LogSource = { name: 'gone', read: async () => err('log-unreachable', 'no route') };
    await expect(audit(publishedLog(3), { source })).rejects.toThrow(LogUnreachable);
  });
});

describe('an audit through an earlier state', () => {
  const log = publishedLog(600);
  const otherwise = 'another history';
  const at = (size: number) => ({ size, root: treeRoot(log.leaves.slice(0, size)), otherwise });

  test.each([1, 255, 256, 257, 600])('of %i entries finds it on the way', async (size) => {
    expect(await audit(log, { through: [at(size)] })).toEqual([]);
  });

  test('finds several, in whatever order they are given', async () => {
    expect(await audit(log, { through: [300, 7, 512, 290].map(at) })).toEqual([]);
  });

  test.each([1, 256, 257, 600])('finds that another of %i entries is not on the way', async (size) => {
    const through = [{ ...at(size), root: leafHash(utf8('another')) }, at(599)];
    expect(await audit(log, { through })).toEqual([{ where: 'checkpoint', what: otherwise }]);
  });
});

describe('an audit that goes on', () => {
  test('reads nothing before, and finds the log whole', async () => {
    const log = publishedLog(600);
    for (const path of ['tile/entries/000', 'tile/0/000', 'tile/entries/001', 'tile/0/001']) log.files.delete(path);
    expect(await audit(log, {}, treeOver(log.leaves.slice(0, 512)))).toEqual([]);
  });

  test.each([
    ['a tree that ends inside a bundle', 300],
    ['a tree larger than the log', 768],
  ])('refuses %s', async (_, size) => {
    const tree = treeOver(publishedLog(768).leaves.slice(0, size));
    const log = publishedLog(600);
    const run = new Audit({ source: sourceOf(log), checkpoint: log.checkpoint, hasher: SIMD });
    expect(await run.resume(tree)).toBe(false);
  });

  test('refuses a tree whose tiles the log does not serve', async () => {
    const log = publishedLog(600);
    const run = new Audit({ source: sourceOf(log), checkpoint: log.checkpoint, hasher: SIMD });
    expect(await run.resume(treeOver(log.leaves.toReversed().slice(0, 512)))).toBe(false);
  });
});

describe('a derived tree', () => {
  const leaves = Array.from({ length: 1500 }, (_, i) => leafHash(utf8(`leaf ${i}`)));

  test('has the root and the tiles of the tree, however its leaves come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(700), { maxLength: 4 }), fc.constantFrom(...ENGINES), (steps, hasher) => {
        const tree = new DerivedTree(hasher);
        for (const step of steps) tree.add(new Uint8Array(Buffer.concat(leaves.slice(tree.size, tree.size + step))));
        const expected = newTiles(0, [], leaves.slice(0, tree.size));
        const tiles = [...tree.takeFilled(), ...tree.unfilled()].map(({ level, n, bytes }) => [
          tilePath(level, n, bytes.length / 32),
          Buffer.from(bytes).toString('hex'),
        ]);
        expect(tiles.toSorted()).toEqual(
          expected.tiles
            .map(({ level, n, width, bytes }) => [tilePath(level, n, width), Buffer.from(bytes).toString('hex')])
            .toSorted(),
        );
        expect(tree.root()).toEqual(expected.root);
      }),
      { numRuns: 40 },
    );
  });

  test.each([0, 1, 256, 700])('of %i leaves goes on from what it saved', (size) => {
    const before = treeOver(leaves.slice(0, size));
    const tree = DerivedTree.resume(SIMD, size, JSON.parse(JSON.stringify(before.saved())));
    for (const leaf of leaves.slice(size)) tree?.add(leaf);
    expect(tree?.root()).toEqual(treeRoot(leaves));
    expect(tree?.takeFilled().map(({ n }) => n)).toEqual([0, 1, 2, 3, 4].slice(Math.floor(size / 256)));
  });

  test.each([
    ['another size', 701, (edge: string[]) => edge],
    ['a size that is none', '700', (edge: string[]) => edge],
    ['an edge that is none', 700, () => 'edge'],
    ['a level that is no base64', 700, (edge: string[]) => ['!', ...edge.slice(1)]],
    ['a level that is no text', 700, (edge: string[]) => [7, ...edge.slice(1)]],
    ['a level less', 700, (edge: string[]) => edge.slice(1)],
  ])('is not made from %s', (_, size, change) => {
    expect(DerivedTree.resume(SIMD, size, change(treeOver(leaves.slice(0, 700)).saved()))).toBeUndefined();
  });
});
