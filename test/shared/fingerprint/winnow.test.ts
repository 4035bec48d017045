import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MIN_WORDS, winnow } from '#shared/fingerprint/winnow.ts';
import { WordStream } from '#shared/fingerprint/word-stream.ts';

const streamOf = (...lines: readonly string[]): WordStream => {
  const stream = new WordStream();
  for (const line of lines) stream.add(line);
  return stream;
};
const values = (...lines: readonly string[]): number[] => [...winnow(streamOf(...lines)).values];

/** Distinct words of a language that has only these. */
const words = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const characters = (from: number, count: number): string =>
  String.fromCodePoint(...Array.from({ length: count }, (_, n) => from + n));

const sharesAFingerprint = (one: string, other: string): boolean => {
  const known = new Set(values(one));
  return values(other).some((value) => known.has(value));
};

/** What may stand around a shared run: a text's own words, some of them repeated. */
const surroundings = fc.array(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: MIN_WORDS, maxLength: 90 });

describe('a run that two texts share gives them a fingerprint in common', () => {
  test('from twelve words on, whatever stands around it and whatever it repeats', () => {
    const run = fc.array(fc.stringMatching(/^[a-z]{1,2}$/), { minLength: 12, maxLength: 20 });
    fc.assert(
      fc.property(run, surroundings, surroundings, fc.nat(40), fc.nat(40), (shared, one, other, atOne, atOther) => {
        const [left, right] = [one.map((word) => `x${word}`), other.map((word) => `y${word}`)];
        const put = (own: string[], at: number) => own.toSpliced(at, 0, ...shared).join(' ');
        expect(sharesAFingerprint(put(left, atOne), put(right, atOther))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['twenty Chinese characters', 0x4e00, 20],
    ['twenty Japanese ones', 0x3041, 20],
    ['thirty-six Thai letters', 0x0e01, 36],
  ])('from %s on', (_, from, count) => {
    const shared = characters(from, count);
    const one = `${words(50, 'a').join(' ')} ${shared} ${words(7, 'b').join(' ')}`;
    const other = `${words(3, 'c').join(' ')} ${shared} ${words(60, 'd').join(' ')}`;
    expect(sharesAFingerprint(one, other)).toBe(true);
  });

  test('but not always a shorter one', () => {
    const missed = Array.from({ length: 40 }, (_, n) => {
      const shared = words(11, `shared${n}x`).join(' ');
      return sharesAFingerprint(`${words(50, 'a').join(' ')} ${shared}`, `${words(50, 'b').join(' ')} ${shared} end`);
    });
    expect(missed).toContain(false);
  });
});

describe('winnowing', () => {
  test('gives a text of thirty-nine words nothing, and one of forty something', () => {
    expect(values(words(39, 'w').join(' '))).toEqual([]);
    expect(values(words(40, 'w').join(' ')).length).toBeGreaterThan(5);
    expect(values(characters(0x4e00, 39))).toEqual([]);
    expect(values(characters(0x4e00, 40)).length).toBeGreaterThan(2);
    expect(values('ก'.repeat(159))).toEqual([]);
    expect(values('ก'.repeat(160))).toHaveLength(1);
  });

  test('does not see line ends, case, punctuation or what nobody sees', () => {
    const plain = words(60, 'word').join(' ');
    expect(values(...plain.split(' '))).toEqual(values(plain));
    expect(values(plain.toUpperCase().replaceAll(' ', ',\u00A0\u200B'))).toEqual(values(plain));
  });

  test('names the word where each fingerprint begins: its eight words alone bring it about', () => {
    const all = words(80, 'w');
    const { values: found, words: places } = winnow(streamOf(all.join(' ')));
    expect([...places]).toEqual([...places].sort((a, b) => a - b));
    for (const [n, place] of places.entries()) {
      const elsewhere = Array.from({ length: 60 }, (_, seed) =>
        values([...words(20, `a${seed}x`), ...all.slice(place, place + 8), ...words(20, `b${seed}x`)].join(' ')),
      );
      expect(elsewhere.some((each) => each.includes(found[n] ?? -1))).toBe(true);
      expect(values(all.with(place, 'other').join(' '))).not.toContain(found[n]);
    }
  });

  test('keeps about every third shingle, each value once', () => {
    const kept = values(words(3000, 'w').join(' '));
    expect(kept.length / 3000).toBeGreaterThan(0.28);
    expect(kept.length / 3000).toBeLessThan(0.38);
    expect(values('the same words over and over again here '.repeat(5000)).length).toBeLessThanOrEqual(8);
  });

  test('tells words of the same letters in another order apart', () => {
    const some = words(60, 'w');
    const other = values(some.toReversed().join(' '));
    expect(values(some.join(' ')).filter((value) => other.includes(value))).toEqual([]);
  });
});
