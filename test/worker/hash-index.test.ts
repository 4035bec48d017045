/** Entries by hash, over real SQLite: whatever is merged, undone or forgotten, each is found where it is. */
import { runInDurableObject } from 'cloudflare:test';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bigEndian, concatBytes } from '#shared/bytes/bytes.ts';
import { fromHex, toHex } from '#shared/bytes/hex.ts';
import { type Commit, LogTables } from '../../worker/storage/log-tables.ts';
import { bindings } from './support/submissions.ts';

/** At both ends of the hash space and on both sides of where one part of it ends: most hashes share what is indexed. */
const PREFIXES = ['000000000000', '0fffffffffff', '100000000000', '7f0000000000', 'f00000000000', 'ffffffffffff'];
const hash = (n: number, salt: number): Uint8Array =>
  concatBytes(
    fromHex(PREFIXES[n % PREFIXES.length] as string) as Uint8Array,
    bigEndian(n, 4),
    new Uint8Array(22).fill(salt),
  );
const leafOf = (n: number): Uint8Array => hash(n, 1);
/** Every third statement is over what another one is over. */
const digestOf = (n: number): Uint8Array => hash(n % 3 === 0 ? 0 : n, 2);

/** Every fifth statement comes without its content. */
const hasContent = (n: number): boolean => n % 5 !== 4;

/** A round with the statements from `n` on. */
function commitOf(tables: LogTables, n: number, count: number, hashes = { leafOf, digestOf, hasContent }): Commit {
  const size = tables.lock()?.size ?? 0;
  const kid = new Uint8Array(32);
  return {
    oldSize: size,
    lock: { size: size + count, root: kid, checkpoint: '' },
    staged: [],
    keys: [],
    pack: { key: `packs/${size}`, brought: [] },
    entries: Array.from({ length: count }, (_, i) => ({
      leaf: hashes.leafOf(n + i),
      digest: hashes.digestOf(n + i),
      index: size + i,
      kid,
      isKeyEvent: false,
      ...(hashes.hasContent(n + i) && { place: { at: n + i, preimageLength: 1, attachmentsLength: 0 } }),
    })),
  };
}

/** A round that brings content alone. */
function bringing(tables: LogTables, lacking: ReadonlyMap<number, number>): Commit {
  const brought = [...lacking].map(([n, index]) => ({
    index,
    place: { at: n, preimageLength: 1, attachmentsLength: 0 },
  }));
  return { ...commitOf(tables, 0, 0), pack: { key: 'packs/later', brought } };
}

/** A commit that fails after its entries are in. */
const undone = (commit: Commit): Commit => ({
  ...commit,
  keys: [
    { kid: new Uint8Array(32), publicKey: new Uint8Array(32), issuer: null as unknown as string, state: 'active' },
  ],
});

type Step =
  | { readonly do: 'round' | 'undone'; readonly count: number }
  | { readonly do: 'restart' }
  | { readonly do: 'bring' };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('round' as const), count: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undone' as const), count: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('bring' as const) }) },
);

let objects = 0;
const withStorage = (body: (storage: DurableObjectStorage) => void): Promise<void> =>
  runInDurableObject(bindings.SEQUENCER.getByName(`hashes-${++objects}`), (_, state) => body(state.storage));

/** Every leaf that was ever asked in, and where content over its digest stands, as the tables and as they should say. */
function check(
  tables: LogTables,
  indices: ReadonlyMap<number, number>,
  lacking: ReadonlyMap<number, number>,
  asked: number,
): void {
  const found = tables.entries.indexesOf(Array.from({ length: asked }, (_, n) => leafOf(n)));
  const expected = [...indices].map(([n, index]) => [toHex(leafOf(n)), index] as const);
  expect(new Map([...found].map(([leaf, { index }]) => [leaf, index]))).toEqual(new Map(expected));
  for (let n = 0; n < asked; n += 7) {
    const place = tables.content.ofDigest(digestOf(n));
    const others = [...indices.keys()].filter(
      (other) => !lacking.has(other) && toHex(digestOf(other)) === toHex(digestOf(n)),
    );
    expect(others.length === 0 ? place === undefined : place !== 'withdrawn' && others.includes(place?.at ?? -1)).toBe(
      true,
    );
  }
}

test('through merges, commits that are undone and lost memory, each entry is found under its own index', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(1, 5, 30),
      fc.array(step, { minLength: 30, maxLength: 60 }),
      async (least, steps) => {
        await withStorage((storage) => {
          const open = (): LogTables => {
            const opened = new LogTables(storage);
            opened.hashes.least = least;
            return opened;
          };
          let tables = open();
          const indices = new Map<number, number>();
          const lacking = new Map<number, number>();
          let asked = 0;
          for (const each of steps) {
            if (each.do === 'restart') tables = open();
            else if (each.do === 'bring') {
              tables.commit(bringing(tables, lacking));
              lacking.clear();
            } else {
              const commit = commitOf(tables, asked, each.count);
              // As a round does, which memory is then there for.
              tables.entries.indexesOf(commit.entries.map(({ leaf }) => leaf));
              if (each.do === 'undone') expect(() => tables.commit(undone(commit))).toThrow();
              else {
                tables.commit(commit);
                for (const [i, { index, place }] of commit.entries.entries()) {
                  indices.set(asked + i, index);
                  if (!place) lacking.set(asked + i, index);
                }
              }
              asked += each.count;
            }
            if (each.do !== 'round') check(tables, indices, lacking, asked);
          }
          check(tables, indices, lacking, asked);
          check(open(), indices, lacking, asked);
        });
      },
    ),
    { numRuns: 20 },
  );
});

test('a merge goes part by part, across restarts, and what is not merged yet is in memory', async () => {
  await withStorage((storage) => {
    const merged = (): number => Number(storage.sql.exec('SELECT count(*) AS n FROM hashes').one().n);
    // Twelve entries are too many; with that round begin sixteen that take a part of them each.
    let tables = new LogTables(storage);
    for (let n = 0; n < 57; n += 3) {
      // However rarely a log lives for two rounds, a merge comes to its end.
      tables = new LogTables(storage);
      tables.hashes.least = 10;
      tables.entries.indexesOf([leafOf(n)]);
      tables.commit(commitOf(tables, n, 3));
      if (n === 6) expect(merged()).toBe(0);
      if (n === 9) expect(merged()).toBeGreaterThan(0);
    }
    expect(storage.sql.exec('SELECT first, until, part FROM merge').one()).toEqual({ first: 12, until: 12, part: 0 });
    // Of twelve their leaf hashes, of two of them no digest.
    expect(merged()).toBe(22);
    expect(tables.entries.indexesOf([leafOf(0), leafOf(56), leafOf(57)]).size).toBe(2);
  });
});

test('whoever claims the hash of an entry as the digest of many, with or without content, makes it no harder to find', async () => {
  await withStorage((storage) => {
    const tables = new LogTables(storage);
    tables.hashes.least = 60;
    const victim = leafOf(0);
    const hashes = { leafOf, digestOf: () => victim, hasContent: (n: number) => n % 2 === 1 };
    for (let n = 0; n < 240; n += 6) {
      tables.entries.indexesOf([victim]);
      tables.commit(commitOf(tables, n, 6, hashes));
    }
    for (const each of [tables, new LogTables(storage)]) {
      // Its prefix is that of every sixth leaf hash here; that of every digest counts for nothing.
      expect(each.hashes.ofLeaves([victim])).toHaveLength(40);
      expect(new Set([...each.hashes.ofDigest(victim)].flat()).size).toBe(120);
    }
  });
});

test('of however many entries with one digest, merged or not, each is overwritten once it is withdrawn', async () => {
  await withStorage((storage) => {
    const tables = new LogTables(storage);
    tables.hashes.least = 250;
    const digest = leafOf(1000);
    for (let n = 0; n < 600; n += 20) {
      tables.entries.indexesOf([leafOf(n)]);
      tables.commit(commitOf(tables, n, 20, { leafOf, digestOf: () => digest, hasContent: () => true }));
    }
    expect(storage.sql.exec('SELECT * FROM merge').one()).toEqual({ id: 0, first: 260, until: 580, part: 2 });
    tables.content.withdraw(digest);
    const overwritten: number[] = [];
    for (const { entries } of tables.content.notBlanked()?.standing ?? []) {
      for (const { index } of entries) {
        tables.content.blankedPlace(index);
        overwritten.push(index);
      }
      // Rounds go on, and merge what has not been reached yet.
      tables.commit(commitOf(tables, 600 + overwritten.length, 1));
    }
    expect(storage.sql.exec('SELECT * FROM merge').one()).toEqual({ id: 0, first: 580, until: 580, part: 0 });
    expect(overwritten.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, n) => n));
    expect([...(tables.content.notBlanked()?.standing ?? [])]).toEqual([]);
  });
});
