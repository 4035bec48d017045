/** Binary fuse filters: never no for a key, seldom yes for anything else, and no bytes that break the reader. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { buildFilter } from '#shared/filter/build-filter.ts';
import { encodeFilter, filterKey, MAX_FILTER_BYTES, mayContain, parseFilter } from '#shared/filter/filter.ts';
import { MAX_KEYS } from '#shared/filter/layout.ts';

const NAME = 'wm-winnow-1/0';
const key = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const bytesOf = (keys: readonly number[], from = 1): Uint8Array => encodeFilter(buildFilter(NAME, keys, from));

/** Numbers of 48 bits that look random and are the same in every run. */
function* numbers(start: number): Generator<number> {
  for (let state = start; ; ) {
    const part = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state;
    };
    yield (part() >>> 16) * 2 ** 32 + (part() >>> 16) * 2 ** 16 + (part() >>> 16);
  }
}
const take = (count: number, start: number): number[] => {
  const source = numbers(start);
  return Array.from({ length: count }, () => source.next().value as number);
};

describe('a filter', () => {
  test('says maybe for every key it was built from, through its bytes as well', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 400 }), seed, (keys, from) => {
        const filter = buildFilter(NAME, keys, from);
        const read = parseFilter(encodeFilter(filter));
        expect(read).toEqual({ ok: true, value: filter });
        for (const each of keys) expect(mayContain(filter, each)).toBe(true);
      }),
    );
  });

  test('depends neither on the order nor on the repetition of its keys', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 60 }), seed, (keys, from) => {
        const again = [...keys, ...keys].reverse();
        expect(bytesOf(again, from)).toEqual(bytesOf(keys, from));
      }),
    );
  });

  test.each([
    [10, 110],
    [1000, 32],
    [100_000, 19.1],
    [1_000_000, 18.3],
  ])('of %i keys takes fewer than %f bits for each', (count, bits) => {
    expect((bytesOf(take(count, 9)).length * 8) / count).toBeLessThan(bits);
  });

  test('says maybe for about one in 65,536 strangers', () => {
    const filter = buildFilter(NAME, take(100_000, 1), 5);
    const strangers = 4_000_000;
    let hits = 0;
    const source = numbers(2);
    for (let n = 0; n < strangers; n++) if (mayContain(filter, source.next().value as number)) hits++;
    // 61 expected; what is left out on either side is beyond five standard deviations.
    expect(hits).toBeGreaterThan(22);
    expect(hits).toBeLessThan(100);
  });

  test('of keys that are close together is as good as of any', () => {
    const filter = buildFilter(
      NAME,
      Array.from({ length: 50_000 }, (_, n) => n),
      3,
    );
    let hits = 0;
    for (let n = 50_000; n < 1_050_000; n++) if (mayContain(filter, n)) hits++;
    expect(hits).toBeLessThan(40);
  });

  test('of nothing contains nothing', () => {
    const filter = buildFilter(NAME, [], 0);
    expect([0, 1, 2 ** 48 - 1].some((each) => mayContain(filter, each))).toBe(false);
    expect(encodeFilter(filter)).toHaveLength(9 + NAME.length + 13);
  });

  test.each([-1, 0.5, 2 ** 48, Number.NaN, Number.POSITIVE_INFINITY])('takes %f for no key of any', (odd) => {
    expect(mayContain(buildFilter(NAME, [0, 1, 2], 0), odd)).toBe(false);
    expect(() => buildFilter(NAME, [odd], 0)).toThrow(RangeError);
  });

  test.each(['', 'wm-winnow-1', 'wm-winnow-1/g', 'wm-winnow-1/00000', 'WM/0', '-/0', `${'a'.repeat(64)}/0`])(
    'is not built under the name %j',
    (name) => {
      expect(() => buildFilter(name, [1], 0)).toThrow(RangeError);
    },
  );

  test.each([-1, 2 ** 32, 1.5])('is not built from the seed %f', (odd) => {
    expect(() => buildFilter(NAME, [1], odd)).toThrow(RangeError);
  });
});

describe('the key of a fingerprint', () => {
  test.each([
    ['0000000000ff', 255],
    ['ffffffffffff', 2 ** 48 - 1],
    [`0000000000ff${'a'.repeat(52)}`, 255],
    ['0000000000f', undefined],
    ['0000000000FF', undefined],
    ['', undefined],
  ])('%j is %s', (hex, expected) => {
    expect(filterKey(hex)).toBe(expected);
  });
});

describe('filter bytes from anybody', () => {
  const good = bytesOf([1, 2, 3]);
  const headAt = 9 + NAME.length;
  const changed = (at: number, ...values: number[]): Uint8Array => {
    const bytes = good.slice();
    bytes.set(values, at);
    return bytes;
  };

  test('are read or refused, never thrown at, and what is read can be asked', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), key, (noise, prefixed, asked) => {
        const read = parseFilter(prefixed ? Uint8Array.from([...good.subarray(0, headAt), ...noise]) : noise);
        if (read.ok) expect(typeof mayContain(read.value, asked)).toBe('boolean');
        else expect(read.reason).toMatch(/^filter-(malformed|too-large|unsupported)$/);
      }),
    );
  });

  test.each([
    ['nothing', new Uint8Array(), 'filter-malformed'],
    ['one byte less', good.subarray(0, -1), 'filter-malformed'],
    ['one byte more', Uint8Array.from([...good, 0]), 'filter-malformed'],
    ['another version', changed(7, 2), 'filter-unsupported'],
    ['another format', changed(0, 0), 'filter-unsupported'],
    ['a name beyond the end', changed(8, 255), 'filter-malformed'],
    ['a name in capitals', changed(9, ...utf8('W')), 'filter-malformed'],
    ['more keys than slots', changed(headAt + 2, 1), 'filter-malformed'],
    ['more keys than any filter', changed(headAt, 255), 'filter-too-large'],
    ['no keys but segments', changed(headAt + 3, 0), 'filter-malformed'],
    ['segments of four gigabytes', changed(headAt + 8, 255, 255, 255, 255), 'filter-malformed'],
    ['long segments', changed(headAt + 12, 14), 'filter-malformed'],
    ['too many bytes', new Uint8Array(MAX_FILTER_BYTES + 1), 'filter-too-large'],
  ])('with %s are refused', (_, bytes, reason) => {
    expect(parseFilter(bytes)).toMatchObject({ ok: false, reason });
  });

  test('of the largest filter stay under the limit', () => {
    expect(MAX_FILTER_BYTES / MAX_KEYS).toBeLessThan(2.7);
  });
});
