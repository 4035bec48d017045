import { describe, expect, test } from 'vitest';
import { minhashBands } from '#shared/fingerprint/minhash.ts';
import { fingerprintHex, textFingerprints } from '#shared/fingerprint/text-fingerprints.ts';
import { WordStream } from '#shared/fingerprint/word-stream.ts';

const bands = (text: string): number[] => {
  const stream = new WordStream();
  stream.add(text);
  return [...minhashBands(stream)];
};
const words = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const common = (one: readonly number[], other: readonly number[]): number =>
  one.filter((key) => other.includes(key)).length;

/** Two texts of which a share of the word pairs is common: `shared` pairs of `shared + 2·own`. */
function pairOfTexts(shared: number, own: number, seed: number): [string, string] {
  const same = words(shared + 1, `s${seed}x`);
  return [[...same, ...words(own, `a${seed}x`)].join(' '), [...same, ...words(own, `b${seed}x`)].join(' ')];
}

describe('minimum-hash bands', () => {
  test('are twenty different keys of 48 bits', () => {
    const keys = bands(words(60, 'w').join(' '));
    expect(new Set(keys).size).toBe(20);
    for (const key of keys) expect(fingerprintHex(key)).toMatch(/^[0-9a-f]{12}$/);
  });

  test('agree as often as the spec says, over many pairs of texts', () => {
    for (const [shared, own] of [
      [90, 10],
      [60, 20],
      [30, 35],
    ] as const) {
      const likeness = shared / (shared + 2 * own);
      const expected = 20 * likeness ** 4;
      const runs = 300;
      let found = 0;
      for (let seed = 0; seed < runs; seed++) {
        const [one, other] = pairOfTexts(shared, own, seed);
        found += common(bands(one), bands(other));
      }
      // Four standard deviations of bands that were independent.
      const spread = 4 * Math.sqrt((20 * likeness ** 4 * (1 - likeness ** 4)) / runs);
      expect(Math.abs(found / runs - expected), `likeness ${likeness}`).toBeLessThan(spread + 0.1);
    }
  });

  test('have nothing in common for texts that share their words but not their order', () => {
    const some = words(200, 'w');
    const other = some.map((_, n) => some[(n * 77) % 200]).join(' ');
    expect(common(bands(some.join(' ')), bands(other))).toBe(0);
  });

  test('need forty words', () => {
    expect(bands(words(39, 'w').join(' '))).toEqual([]);
    expect(bands(words(40, 'w').join(' '))).toHaveLength(20);
  });
});

describe('the fingerprints of a text', () => {
  const long = words(60, 'p').join(' ');
  const other = words(60, 'q').join(' ');

  test('hold the bands of each passage and of the whole', () => {
    const both = textFingerprints([long, other])['wm-minhash-1'];
    const whole = textFingerprints([`${long} ${other}`])['wm-minhash-1'];
    expect(new Set([...both])).toEqual(
      new Set([long, other].flatMap((one) => textFingerprints([one])['wm-minhash-1']).concat(whole)),
    );
  });

  test('are each once: a text of one passage has one set of bands', () => {
    expect(textFingerprints([long])['wm-minhash-1']).toHaveLength(20);
    expect(textFingerprints([long, long])['wm-winnow-1'].length).toBeLessThan(60);
  });

  test('of a very long text are those of its passages', () => {
    const lines = Array.from({ length: 100 }, (_, n) => words(60, `l${n}x`).join(' '));
    expect(textFingerprints(lines)['wm-minhash-1']).toHaveLength(2000);
  });

  test('of short lines that make a long text are those of the whole', () => {
    const lines = Array.from({ length: 10 }, (_, n) => words(6, `l${n}x`).join(' '));
    expect(textFingerprints(lines)['wm-minhash-1']).toHaveLength(20);
    expect(textFingerprints(lines)['wm-winnow-1'].length).toBeGreaterThan(10);
    expect(textFingerprints(lines.slice(0, 6))).toEqual({ 'wm-winnow-1': [], 'wm-minhash-1': [] });
  });
});
