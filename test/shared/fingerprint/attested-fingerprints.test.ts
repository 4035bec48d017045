/** How many fingerprints an attestation brings: all of an ordinary text, and of any text no more than its size allows. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  attestedFingerprints,
  FINGERPRINT_ALGS,
  maxFingerprints,
} from '../../../shared/fingerprint/attested-fingerprints.ts';
import { textFingerprints } from '../../../shared/fingerprint/text-fingerprints.ts';
import { bindBytes } from '../../../shared/text/bind.ts';
import { plainLines } from '../../../shared/text/passages.ts';

const words = (count: number, word: (n: number) => string, gap = ' '): string =>
  Array.from({ length: count }, (_, n) => word(n)).join(gap);
/** Numbers below `limit` without a pattern. */
const scattered = (n: number, limit: number): number => {
  const mixed = Math.imul(n + 1, 0x9e3779b1);
  return (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 3) % limit;
};
const numbered = (n: number): string => ((n * 2_654_435_761) % 2 ** 32).toString(36);
const HAN = 0x4e00;

/** Each text with the size its claim would say. */
const sized = (text: string): [string[], number] => [plainLines(text), bindBytes(text).length];

test.each([
  ['an English text', words(900, (n) => (n % 100 === 99 ? 'end.\n' : `word${numbered(n)}`))],
  ['words of one letter', words(1500, (n) => String.fromCharCode(97 + scattered(n, 26)))],
  ['a Chinese text', words(1200, (n) => String.fromCodePoint(HAN + scattered(n, 8000)), '')],
  ['a text of 4,000 words', words(4000, numbered)],
])('of %s it brings all', (_what, text) => {
  const [lines, size] = sized(text);
  const all = textFingerprints(lines);
  expect(all['wm-winnow-1'].length).toBeGreaterThan(300);
  expect(attestedFingerprints(lines, size)).toEqual(all);
});

test('of a long text it brings every n-th, so that each part keeps its share', () => {
  const [lines, size] = sized(words(20_000, numbered));
  const all = textFingerprints(lines)['wm-winnow-1'];
  const brought = attestedFingerprints(lines, size)['wm-winnow-1'];
  const step = Math.ceil(all.length / 2048);
  expect([step > 2, brought.length <= 2048, brought.length > 2048 / 2]).toEqual([true, true, true]);
  for (let from = 0; from + step <= all.length; from += 97) {
    expect(all.slice(from, from + step).filter((each) => brought.includes(each))).toHaveLength(1);
  }
});

const letters = fc.constantFrom('a', 'Ж', '水', '\u3316', '\uFDFA', ' ', '.', '\n', 'ก');
test('it never brings more than the log takes, whatever the text', () => {
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 600 }), (chosen) => {
      const [lines, size] = sized(chosen.map((each, n) => each + numbered(n).slice(0, n % 4)).join(''));
      const brought = attestedFingerprints(lines, size);
      for (const alg of FINGERPRINT_ALGS) {
        expect(brought[alg].length).toBeLessThanOrEqual(maxFingerprints(size));
        expect(new Set(brought[alg]).size).toBe(brought[alg].length);
      }
    }),
  );
});

test('what stands for many characters in few bytes is thinned, not refused', () => {
  const [lines, size] = sized(words(400, (n) => String.fromCodePoint(0x3300 + scattered(n, 88)), ''));
  const most = maxFingerprints(size);
  expect(textFingerprints(lines)['wm-winnow-1'].length).toBeGreaterThan(most);
  expect(attestedFingerprints(lines, size)['wm-winnow-1'].length).toBeLessThanOrEqual(most);
});
