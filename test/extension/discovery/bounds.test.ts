/** What is read of a log's answers, how much is asked, and when filters are fetched. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import type { FilterManifest } from '#shared/filter/manifest.ts';
import { lookupAddress, parseBucket } from '../../../extension/discovery/bucket.ts';
import { type Spent, spendOne } from '../../../extension/discovery/budget.ts';
import { isDue, MAX_BYTES, missing, nextRefresh, supersedes } from '../../../extension/discovery/refresh-plan.ts';

describe('a bucket', () => {
  const name = { alg: 'wm-match-1', prefix: '0a1b' };
  const entry = { suffix: 'a'.repeat(60), id: 'b'.repeat(43) };
  const read = (document: unknown, of = name) => parseBucket(utf8(JSON.stringify(document)), of);

  test('gives its rows', () => {
    expect(read({ alg: 'wm-match-1', prefix: '0a1b', entries: [entry] })).toEqual([entry]);
  });

  test.each([
    ['another prefix', { prefix: 'ffff', entries: [entry] }],
    ['no object', null],
    ['a list', []],
    ['nothing in it', {}],
    ['rows that are no list', { prefix: '0a1b', entries: {} }],
  ])('with %s is empty', (_, document) => {
    expect(read(document)).toEqual([]);
  });

  test('that is no JSON or no text is empty', () => {
    expect(parseBucket(utf8('{'), name)).toEqual([]);
    expect(parseBucket(Uint8Array.of(0xff), name)).toEqual([]);
  });

  test.each([
    ['null', null],
    ['a number', 1],
    ['nothing', {}],
    ['an id that is a path', { ...entry, id: '../../x' }],
    ['capitals', { ...entry, suffix: 'A'.repeat(60) }],
    ['a long id', { ...entry, id: 'b'.repeat(44) }],
    ['a fingerprint’s length', { ...entry, suffix: 'a'.repeat(8) }],
  ])('loses a row with %s', (_, row) => {
    expect(read({ prefix: '0a1b', entries: [row, entry] })).toEqual([entry]);
  });

  test.each(['wm-winnow-1', 'wm-minhash-1'])('of %s has rows of eight digits', (alg) => {
    const short = { ...entry, suffix: 'a'.repeat(8) };
    expect(read({ prefix: '0a1b', entries: [short, entry] }, { alg, prefix: '0a1b' })).toEqual([short]);
  });

  test.each([
    [undefined, 'https://log.example/v1/lookup/wm-match-1/0a1b'],
    ['https://relay.example', 'https://relay.example/log.example/v1/lookup/wm-match-1/0a1b'],
    ['https://relay.example/to', 'https://relay.example/to/log.example/v1/lookup/wm-match-1/0a1b'],
  ])('through the relay %s is at %s', (relay, address) => {
    expect(lookupAddress('https://log.example', 'wm-match-1/0a1b', relay)).toBe(address);
  });
});

describe('what may be asked', () => {
  const HOUR = 3_600_000;
  /** How many of these could be spent, one after the other. */
  const spendAll = (list: readonly Spent[]): number => {
    let [spent, count]: [readonly Spent[], number] = [[], 0];
    for (const next of list) {
      const after = spendOne(spent, next);
      if (after) [spent, count] = [after, count + 1];
    }
    return count;
  };
  const many = (what: Spent['what'], count: number, page: (n: number) => string, at = (_: number) => 5): Spent[] =>
    Array.from({ length: count }, (_, n) => ({ what, page: page(n), at: at(n) }));

  test.each([
    ['buckets', 4],
    ['oblivious', 1],
  ] as const)('of %s ends for one page at %i', (what, limit) => {
    expect(spendAll(many(what, 20, () => 'one'))).toBe(limit);
  });

  test.each([
    ['buckets', 24],
    ['oblivious', 30],
  ] as const)('of %s ends for all pages of an hour at %i', (what, limit) => {
    expect(spendAll(many(what, 100, String))).toBe(limit);
  });

  test('is counted apart for buckets and evaluations', () => {
    expect(spendAll([...many('buckets', 99, String), ...many('oblivious', 99, String)])).toBe(54);
  });

  test('comes back an hour later', () => {
    expect(spendAll(many('buckets', 48, String, (n) => (n < 24 ? 0 : HOUR)))).toBe(48);
    expect(spendAll(many('buckets', 48, String, (n) => (n < 24 ? 1 : HOUR)))).toBe(24);
  });

  test('never exceeds an hour’s limit in any hour, whatever comes when', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4 * HOUR), { maxLength: 120 }), (times) => {
        const sorted = times.toSorted((a, b) => a - b);
        const done: number[] = [];
        let spent: readonly Spent[] = [];
        for (const [n, at] of sorted.entries()) {
          const after = spendOne(spent, { what: 'buckets', page: `${n}`, at });
          if (!after) continue;
          spent = after;
          done.push(at);
        }
        for (const end of done) {
          expect(done.filter((at) => at > end - HOUR && at <= end).length).toBeLessThanOrEqual(24);
        }
      }),
    );
  });
});

describe('filters', () => {
  const entry = (n: number, size: number) => ({
    name: `wm-winnow-1/${n.toString(16)}`,
    count: 1,
    size,
    digest: new Uint8Array(32).fill(n),
  });
  const manifest = (change: Partial<FilterManifest> = {}): FilterManifest => ({
    log: 'log.example/1',
    asOf: 10,
    at: 100,
    filters: [entry(1, 100), entry(2, 200)],
    ...change,
  });

  test('that are here are not fetched again', () => {
    const kept = new Set([toHex(new Uint8Array(32).fill(1))]);
    expect(missing(manifest(), kept).map(({ size }) => size)).toEqual([200]);
    expect(missing(manifest(), new Set()).map(({ size }) => size)).toEqual([100, 200]);
  });

  test('are fetched as far as there is room, those that are here counted', () => {
    const filters = Array.from({ length: 40 }, (_, n) => entry(n, 2 << 20));
    const sizes = missing(manifest({ filters }), new Set([toHex(new Uint8Array(32))])).map(({ size }) => size);
    expect(sizes.reduce((sum, size) => sum + size, 2 << 20)).toBe(MAX_BYTES);
  });

  test.each([
    [manifest({ asOf: 11, at: 101 }), true],
    [manifest(), true],
    [manifest({ asOf: 9, at: 101 }), false],
    [manifest({ asOf: 11, at: 99 }), false],
    [manifest({ asOf: 2, at: 101, log: 'log.example/2' }), true],
    [manifest({ asOf: 2, at: 99, log: 'log.example/2' }), false],
  ])('of a list that goes back are not taken (%#)', (next, taken) => {
    expect(supersedes(next, manifest())).toBe(taken);
    expect(supersedes(next, undefined)).toBe(true);
  });

  test('are asked for when it is time, at once for a reader who asks, and when the clock was set back', () => {
    const kept = { at: 1_000_000, next: 2_000_000 };
    expect(isDue(kept, 1_999_999, false)).toBe(false);
    expect(isDue(kept, 2_000_000, false)).toBe(true);
    expect(isDue(kept, 1_059_999, true)).toBe(false);
    expect(isDue(kept, 1_060_000, true)).toBe(true);
    expect(isDue(kept, 999_999, false)).toBe(true);
  });

  test('are asked for at a time that chance decides', () => {
    expect(nextRefresh(0, 100, () => 0)).toBe(100);
    expect(nextRefresh(0, 100, () => 0.5)).toBe(150);
  });
});
