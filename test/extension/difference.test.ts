/** What the panel is given to show of a comparison: the words as they were written, line by line, within bounds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordText } from '#shared/compare/word-text.ts';
import { compareLines, type DifferencePiece, type DifferenceRow } from '../../extension/verification/difference.ts';
import { originalWords } from '../../extension/verification/original-words.ts';

const words = (name: string, count: number): string => Array.from({ length: count }, (_, n) => `${name}${n}`).join(' ');
const TEXT = [words('A', 50), words('B', 50), words('C', 50)];

const sides = (rows: readonly DifferenceRow[]): { attested: string; here: string }[] => {
  const text = (pieces: readonly DifferencePiece[]): string => pieces.map((piece) => piece.text).join(' ');
  return rows.flatMap((row) => ('leftOut' in row ? [] : [{ attested: text(row.attested), here: text(row.here) }]));
};

describe('the words of a line', () => {
  it.each([
    ['Hello, World! It’s me.', ['Hello, ', 'World! ', 'It’s ', '', 'me.']],
    ['“Well” — she said', ['“Well” — ', 'she ', 'said']],
    ['时钟、怀表', ['时', '钟、', '怀', '表']],
    ['* * *', []],
  ])('%s are shown as they stand there', (line, expected) => {
    expect(originalWords([line], wordText([line]))).toEqual(expected);
  });

  it('are one for each that is compared, on any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { maxLength: 6 }), (lines) => {
        const text = wordText(lines);
        expect(originalWords(lines, text)).toHaveLength(text.words.length);
      }),
    );
  });
});

describe('a difference', () => {
  it('has a row for each line, with both sides in their own writing', () => {
    const { comparison, difference } = compareLines(TEXT, [...TEXT.slice(0, 2), TEXT[2]?.replace('C7', 'Other') ?? '']);
    expect(comparison.verdict).toBe('edited');
    const rows = sides(difference.rows);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toEqual({ attested: TEXT[0], here: TEXT[0] });
    expect(rows[2]?.attested).toContain('C6 C7 C8');
    expect(rows[2]?.here).toContain('C6 Other C8');
    expect([difference.before, difference.after, difference.cut]).toEqual([undefined, undefined, false]);
  });

  it('says what was left out before, between and after, in the place where it is missing', () => {
    const attested = [words('A', 50), words('B', 50), words('C', 50), words('D', 50), words('E', 50)];
    const { difference, lines } = compareLines(attested, [
      'An introduction.',
      attested[1] ?? '',
      attested[3] ?? '',
      'The end.',
    ]);
    expect(difference.before).toEqual({ words: 50, text: attested[0] });
    expect(difference.after).toEqual({ words: 50, text: attested[4] });
    expect(difference.rows[1]).toEqual({ leftOut: { words: 50, text: attested[2] } });
    expect(lines).toEqual({ from: 1, to: 2 });
  });

  it('is bounded, and says that it was cut', () => {
    const long = Array.from({ length: 400 }, (_, n) => words(`L${n}w`, 30));
    const { difference } = compareLines(long, long);
    expect(difference.cut).toBe(true);
    expect(JSON.stringify(difference).length).toBeLessThan(100_000);
  });

  it('of unrelated texts is empty', () => {
    const { comparison, difference, lines } = compareLines(TEXT, [words('X', 60)]);
    expect([comparison.verdict, difference.rows, lines]).toEqual(['unrelated', [], undefined]);
  });
});
