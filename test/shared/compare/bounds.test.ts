/** Hostile pages: whatever they hold, a comparison ends, and never better than it should. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareTexts } from '#shared/compare/compare.ts';
import { MAX_COMPARED_WORDS, wordText } from '#shared/compare/word-text.ts';

const MILLION = 1_000_000;
const text = (count: number, word: (n: number) => string) =>
  wordText([Array.from({ length: count }, (_, n) => word(n)).join(' ')]);
const pick = (n: number, of: number): number => (Math.imul(n + 1, 0x9e3779b1) >>> 8) % of;
const article = text(500, (n) => `word${n}`);

describe('a million words', () => {
  test.each([
    ['of one word, on both sides', text(MILLION, () => 'the'), text(MILLION, () => 'the'), 'quoted'],
    ['of one word, beside an article', article, text(MILLION, () => 'word7'), 'unrelated'],
    [
      'of two words in other rhythms',
      text(MILLION, (n) => 'ab'[n % 2] ?? ''),
      text(MILLION, (n) => 'aab'[n % 3] ?? ''),
      'unrelated',
    ],
    [
      'of thirty words at random',
      text(MILLION, (n) => `w${pick(n, 30)}`),
      text(MILLION, (n) => `w${pick(n + 77, 31)}`),
      'unrelated',
    ],
    [
      'with every fifth changed',
      text(MILLION, (n) => `w${n}`),
      text(MILLION, (n) => (n % 5 ? `w${n}` : 'x')),
      'edited',
    ],
  ])('%s', { timeout: 60_000 }, (_, attested, page, verdict) => {
    expect(compareTexts(attested, page)).toMatchObject({ verdict, truncated: true });
  });

  test('around an article do not hide it', { timeout: 60_000 }, () => {
    const page = wordText([
      Array.from({ length: 200_000 }, () => 'the').join(' '),
      article.words.join(' '),
      Array.from({ length: MILLION }, () => 'the').join(' '),
    ]);
    expect(page.truncated).toBe(true);
    expect(compareTexts(article, page)).toMatchObject({ verdict: 'quoted', similarity: 1 });
  });
});

test('a text that is not read to its end is never exact', () => {
  const long = text(MAX_COMPARED_WORDS + 1, (n) => `w${n}`);
  expect(long.words).toHaveLength(MAX_COMPARED_WORDS);
  expect(compareTexts(long, long)).toMatchObject({ verdict: 'quoted', truncated: true, similarity: 1 });
});

/** A text of few words, so that everything repeats. */
const anyText = fc
  .array(fc.constantFrom(...'abcdefgh'), { maxLength: 150 })
  .map((words) => wordText([words.join(' ')]));
const anyLines = fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 12 });

describe('for any two texts', () => {
  test('the edits cover their words once, in page order, and say what is there', () => {
    fc.assert(
      fc.property(anyText, anyText, (attested, page) => {
        const { edits, leftOut, similarity } = compareTexts(attested, page);
        let end = 0;
        const used: number[] = [];
        for (const edit of edits) {
          expect(edit.page.from).toBeGreaterThanOrEqual(end);
          end = edit.page.to;
          for (let at = edit.attested.from; at < edit.attested.to; at++) used.push(at);
          const [gone, come] = [edit.attested.to - edit.attested.from, end - edit.page.from];
          if (edit.kind === 'same' || edit.kind === 'moved') {
            expect(attested.words.slice(edit.attested.from, edit.attested.to)).toEqual(
              page.words.slice(edit.page.from, end),
            );
          } else expect([gone > 0, come > 0]).toEqual([edit.kind !== 'added', edit.kind !== 'removed']);
        }
        for (const span of [leftOut.before, ...leftOut.between, leftOut.after])
          for (let at = span.from; at < span.to; at++) used.push(at);
        expect(used.sort((a, b) => a - b)).toEqual([...attested.words.keys()]);
        expect(similarity).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 },
    );
  });

  test('exact means that every attested word stands on the page, in order, without a gap', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.boolean(), (attested, page, inserted) => {
        const shown = inserted
          ? wordText([...page.words.slice(0, 9), ...attested.words, ...page.words.slice(9)])
          : page;
        const { verdict } = compareTexts(attested, shown);
        const stands = ` ${shown.words.join(' ')} `.includes(` ${attested.words.join(' ')} `);
        if (verdict === 'exact') expect(stands).toBe(true);
        if (verdict === 'quoted')
          expect(compareTexts(attested, shown).edits.every(({ kind }) => kind === 'same')).toBe(true);
        if (inserted && attested.words.length >= 32) expect(verdict).not.toBe('unrelated');
      }),
      { numRuns: 1000 },
    );
  });

  test('a text is exact to itself from thirty-two words on, and unrelated below', () => {
    fc.assert(
      fc.property(anyLines, (lines) => {
        const read = wordText(lines);
        const { verdict } = compareTexts(read, read);
        expect(['exact', 'unrelated']).toContain(verdict);
        if (/^[a-z ]*$/.test(read.words.join(' '))) expect(verdict === 'exact').toBe(read.words.length >= 32);
      }),
      { numRuns: 500 },
    );
  });
});
