/** The ladder: each rung is climbed only for a reason, and what leaves looks the same for every page. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { toHex } from '#shared/bytes/hex.ts';
import { buildFilter } from '#shared/filter/build-filter.ts';
import { filterKey } from '#shared/filter/filter.ts';
import { fingerprintHex } from '#shared/fingerprint/text-fingerprints.ts';
import {
  type BucketName,
  bucketOf,
  chooseBuckets,
  GROUP,
  isBucket,
  MAX_REAL,
} from '../../../extension/discovery/choose-buckets.ts';
import { climb, type LadderLog, type Means, type Sought } from '../../../extension/discovery/climb.ts';
import { type Hit, hitsIn, worthAsking } from '../../../extension/discovery/hits.ts';

const hex = fc.integer({ min: 0, max: 2 ** 48 - 1 }).map(fingerprintHex);
const hit = fc.record({ alg: fc.constantFrom('wm-winnow-1', 'wm-minhash-1'), hex });
const seeded = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

describe('hits', () => {
  const filters = [
    buildFilter('wm-winnow-1/0', [0x0123456789ab], 1),
    buildFilter('wm-winnow-1/0', [0x0fffffffffff], 2),
    buildFilter('wm-minhash-1/', [0xabcdef012345], 3),
    buildFilter('wm-match-1/a', [0xabababababab], 4),
  ];

  test('are the fingerprints that a filter of their algorithm knows, each once', () => {
    const found = hitsIn(filters, {
      'wm-winnow-1': ['0fffffffffff', '0123456789ab', '0123456789ab', '0123456789ac'],
      'wm-minhash-1': ['0123456789ab', 'abcdef012345'],
      'wm-match-1': ['ab'.repeat(32)],
    });
    expect(found.map(({ alg, hex: digits }) => `${alg} ${digits.slice(0, 4)}`)).toEqual([
      'wm-winnow-1 0fff',
      'wm-winnow-1 0123',
      'wm-minhash-1 abcd',
      'wm-match-1 abab',
    ]);
  });

  test('need the first digits of their shard, whatever its filter says', () => {
    const key = filterKey('1123456789ab') ?? 0;
    expect(hitsIn([buildFilter('wm-winnow-1/0', [key], 1)], { 'wm-winnow-1': ['1123456789ab'] })).toEqual([]);
  });

  test.each([
    [[], false],
    [['wm-winnow-1'], false],
    [['wm-winnow-1', 'wm-winnow-1'], true],
    [['wm-minhash-1'], true],
    [['wm-match-1'], true],
    [['wm-oprf-1'], true],
    [['wm-image-1'], false],
    [['wm-image-1', 'wm-image-1'], true],
    [['wm-winnow-1', 'wm-image-1'], false],
    [['sha-256'], true],
  ])('of %j are a reason to ask: %s', (algs, reason) => {
    expect(worthAsking(algs.map((alg) => ({ alg, hex: '0'.repeat(12) })))).toBe(reason);
  });
});

describe('the buckets asked together', () => {
  test('are as many as for any other page, all different, at most three of them the page’s own', () => {
    fc.assert(
      fc.property(fc.array(hit, { minLength: 1, maxLength: 40 }), fc.integer(), (hits, seed) => {
        const group = chooseBuckets(hits, seeded(seed));
        expect(group).toHaveLength(GROUP);
        expect(new Set(group.map(({ alg, prefix }) => `${alg}/${prefix}`)).size).toBe(GROUP);
        const own = group.filter((bucket) => hits.some((each) => isBucket(bucketOf(each), bucket)));
        const needed = new Set(hits.map((each) => JSON.stringify(bucketOf(each)))).size;
        expect(own.length).toBeGreaterThanOrEqual(Math.min(MAX_REAL, needed));
        for (const { alg, prefix } of group) {
          expect(hits.some((each) => each.alg === alg)).toBe(true);
          expect(prefix).toMatch(/^[0-9a-f]{4}$/);
        }
      }),
    );
  });

  test('are none without a hit', () => {
    expect(chooseBuckets([], seeded(1))).toEqual([]);
  });

  test('stand in an order that does not tell the page’s own', () => {
    const own: Hit = { alg: 'wm-winnow-1', hex: 'ffff00000000' };
    const places = new Array(GROUP).fill(0) as number[];
    for (let seed = 0; seed < 4000; seed++) {
      const at = chooseBuckets([own], seeded(seed * 7919)).findIndex(({ prefix }) => prefix === 'ffff');
      places[at] = (places[at] ?? 0) + 1;
    }
    for (const count of places) expect(count).toBeGreaterThan(350);
  });

  test.each([
    // Of five draws the least: a sixth of the range on the average; of one draw a half.
    ['wm-winnow-1', 0.14, 0.19],
    ['wm-minhash-1', 0.47, 0.53],
  ])('are drawn for %s as its fingerprints are spread', (alg, least, most) => {
    let [sum, count] = [0, 0];
    for (let seed = 0; seed < 1000; seed++) {
      for (const { prefix } of chooseBuckets([{ alg, hex: 'ffff00000000' }], seeded(seed * 104_729))) {
        if (prefix === 'ffff') continue;
        sum += Number.parseInt(prefix, 16) / 0x10000;
        count++;
      }
    }
    expect(sum / count).toBeGreaterThan(least);
    expect(sum / count).toBeLessThan(most);
  });
});

describe('a text', () => {
  const BASE = 'https://log.example';
  const attested = Array.from({ length: 12 }, (_, n) => fingerprintHex(n * 0x0fff_ffff_1111 + 5));
  const strange = Array.from({ length: 12 }, (_, n) => fingerprintHex(n * 0x0eee_eeee_2222 + 77));
  const filters = [
    buildFilter(
      'wm-winnow-1/',
      attested.map((each) => filterKey(each) ?? 0),
      9,
    ),
  ];
  const ID = 'i'.repeat(43);
  const OTHER = 'o'.repeat(43);
  let asked: string[];
  let answers: Map<string, readonly string[]>;
  let allowed: number;
  let means: Means;

  beforeEach(() => {
    asked = [];
    answers = new Map();
    allowed = 9;
    means = {
      random: seeded(4),
      known: (base, { alg, hex: digits }) => answers.get(`${base} ${alg} ${digits}`),
      remember: (base, { alg, hex: digits }, ids) => void answers.set(`${base} ${alg} ${digits}`, ids),
      mayAsk: () => Promise.resolve(allowed-- > 0),
      pause: () => Promise.resolve(),
      ask: (_, { alg, prefix }: BucketName) => {
        asked.push(`${alg}/${prefix}`);
        const rows = attested
          .filter((each) => each.startsWith(prefix))
          .map((each) => ({ suffix: each.slice(4), id: ID }));
        return Promise.resolve([...rows, { suffix: '00000000', id: OTHER }]);
      },
    };
  });
  const text = (list: readonly string[], change: Partial<Sought> = {}): Sought => ({
    fingerprints: { 'wm-winnow-1': list },
    words: 60,
    page: 'p',
    ...change,
  });
  const log: LadderLog = { base: BASE, filters };

  test.each([
    ['under forty words', text(attested, { words: 39 })],
    ['that names its own trail', text(attested, { marked: true })],
    ['that no filter knows', text(strange)],
    ['with one accidental hit', text([...strange, attested[0] ?? ''])],
  ])('%s sends nothing', async (_, sought) => {
    expect(await climb(sought, log, means)).toEqual({ outcome: 'quiet', candidates: [] });
    expect(asked).toEqual([]);
  });

  test('is found by a group of buckets, and the second time by none', async () => {
    const found = await climb(text(attested), log, means);
    expect(found).toEqual({ outcome: 'asked', candidates: [{ id: ID, log: BASE, shared: MAX_REAL }] });
    expect(asked).toHaveLength(GROUP);
    expect(await climb(text(attested), log, means)).toEqual(found);
    expect(asked).toHaveLength(GROUP);
  });

  test('that was not found is not asked for again', async () => {
    const ask: Means['ask'] = (_, { prefix }) => {
      asked.push(prefix);
      return Promise.resolve([]);
    };
    means = { ...means, ask };
    const two = text(attested.slice(0, 2));
    expect(await climb(two, log, means)).toEqual({ outcome: 'asked', candidates: [] });
    await climb(two, log, means);
    expect(asked).toHaveLength(GROUP);
  });

  test('waits where enough was asked already', async () => {
    allowed = 0;
    expect(await climb(text(attested), log, means)).toEqual({ outcome: 'deferred', candidates: [] });
    expect(asked).toEqual([]);
  });

  test('whose log does not answer is unanswered, and is asked for again', async () => {
    const down = { ...means, ask: () => Promise.resolve(undefined) };
    expect((await climb(text(attested), log, down)).outcome).toBe('unreachable');
    expect((await climb(text(attested), log, means)).outcome).toBe('asked');
  });

  test('without filters sends nothing, unless the reader asked for this very text', async () => {
    const blind: LadderLog = { base: BASE, filters: undefined };
    expect(await climb(text(attested), blind, means)).toEqual({ outcome: 'blind', candidates: [] });
    expect(asked).toEqual([]);
    const found = await climb(text(attested, { explicit: true }), blind, means);
    expect(found.candidates.map(({ id }) => id)).toEqual([ID]);
    expect(asked).toHaveLength(GROUP);
  });

  test('is named obliviously only where nothing else found it', async () => {
    const name = toHex(new Uint8Array(32).fill(5));
    let evaluations = 0;
    const hidden: LadderLog = {
      base: BASE,
      filters: [...filters, buildFilter('wm-oprf-1/', [filterKey(name) ?? 0], 3)],
      oblivious: () => {
        evaluations++;
        return Promise.resolve({ 'wm-oprf-1': [name] });
      },
    };
    const ask: Means['ask'] = (_, { alg, prefix }) => {
      asked.push(`${alg}/${prefix}`);
      return Promise.resolve(alg === 'wm-oprf-1' ? [{ suffix: name.slice(4), id: OTHER }] : []);
    };
    expect((await climb(text(attested), hidden, means)).candidates[0]?.id).toBe(ID);
    expect(evaluations).toBe(0);
    asked = [];
    const found = await climb(text(strange), hidden, { ...means, ask });
    expect(found).toEqual({ outcome: 'asked', candidates: [{ id: OTHER, log: BASE, shared: 1 }] });
    expect(asked).toHaveLength(GROUP);
    expect(evaluations).toBe(1);
  });

  test('whose log gives no proof for its names is left at that', async () => {
    const unproved: LadderLog = { base: BASE, filters, oblivious: () => Promise.resolve(undefined) };
    expect(await climb(text(strange), unproved, means)).toEqual({ outcome: 'quiet', candidates: [] });
  });
});

describe('a picture', () => {
  const probes = Array.from({ length: 40 }, (_, n) => fingerprintHex(n * 0x0123_4567_0001 + 3));
  const digest = toHex(new Uint8Array(32).fill(0xd1));
  const known = buildFilter(
    'wm-image-1/',
    probes.slice(30).map((each) => filterKey(each) ?? 0),
    9,
  );
  const picture = (explicit: boolean, fingerprints: Sought['fingerprints']): Sought => ({
    fingerprints,
    page: 'p',
    explicit,
  });

  /** The buckets that are asked for, for a picture and the filters of a log. */
  async function asked(sought: Sought, filters: LadderLog['filters']): Promise<string[]> {
    const buckets: string[] = [];
    await climb(
      sought,
      { base: 'https://log.example', filters },
      {
        random: seeded(4),
        known: () => undefined,
        remember: () => undefined,
        mayAsk: () => Promise.resolve(true),
        pause: () => Promise.resolve(),
        ask: (_, { alg, prefix }) => {
          buckets.push(`${alg}/${prefix}`);
          return Promise.resolve([]);
        },
      },
    );
    return buckets;
  }
  const bucketsOf = (list: readonly string[]): string[] => list.map((hex) => `wm-image-1/${hex.slice(0, 4)}`);

  test.each([
    ['whose looks two of its probes share with the lists', { 'wm-image-1': probes }, GROUP],
    ['whose looks one of them shares', { 'wm-image-1': probes.slice(0, 31) }, 0],
    [
      'whose looks none of them shares, with the digest of its file',
      { 'wm-image-1': probes.slice(0, 30), 'sha-256': [digest] },
      0,
    ],
    ['that could be anybody’s', {}, 0],
  ] as const)('in view %s sends no more than that is worth', async (_, fingerprints, count) => {
    expect(await asked(picture(false, fingerprints), [known])).toHaveLength(count);
  });

  test('that the reader points at is asked for by the digest of its file as well', async () => {
    const buckets = await asked(picture(true, { 'wm-image-1': probes.slice(0, 30), 'sha-256': [digest] }), [known]);
    expect(buckets).toHaveLength(GROUP);
    expect(buckets).toContain(`sha-256/${digest.slice(0, 4)}`);
    expect(buckets.every((bucket) => bucket.startsWith('sha-256/'))).toBe(true);
  });

  test('that the reader points at is asked for by its likeliest keys where the lists are not here', async () => {
    const buckets = await asked(picture(true, { 'wm-image-1': probes }), undefined);
    expect(buckets).toHaveLength(GROUP);
    expect(buckets.filter((bucket) => bucketsOf(probes).includes(bucket)).sort()).toEqual(
      bucketsOf(probes.slice(0, MAX_REAL)).sort(),
    );
  });
});
