import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WordStream } from '#shared/fingerprint/word-stream.ts';
import { countWords, weightOf, wordsOf } from '#shared/fingerprint/words.ts';
import { matchLine, wordCount } from '#shared/text/match.ts';

const read = (line: string): { hashes: number[]; weights: number[] } => {
  const stream = new WordStream();
  stream.add(line);
  return { hashes: [...stream.hashes], weights: [...stream.weights] };
};

/** What plain lines are made of, and what makes a line not plain. */
const unit = fc.constantFrom(...'aBz 15-+<>=~$%.,_/\'"()\t\n\u00A0\u2013\u2014\u2019\u201C\u2026é漢ก\u0007\u200B');

describe('a stream of words', () => {
  test('reads a plain line as the match stream does', () => {
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 16 }), (units) => {
        const line = units.join('');
        // Nobody sees U+2060, and no line that holds it is plain.
        expect(read(line)).toEqual(read(`\u2060${line}`));
        expect(read(line).weights).toEqual(wordsOf(matchLine(line)).map(weightOf));
      }),
      { numRuns: 20_000 },
    );
  });

  test('has a hash for each word, the same for the same word', () => {
    const [first, second, third] = read('don t don').hashes;
    expect(first).toBe(third);
    expect(first).not.toBe(second);
  });

  test('keeps everything through many lines', () => {
    const stream = new WordStream();
    for (let n = 0; n < 2000; n++) stream.add(`line ${n}`);
    expect(stream.length).toBe(4000);
    expect(stream.hashes).toHaveLength(4000);
    expect(new Set(stream.hashes).size).toBe(2001);
  });

  test.each([
    ['don t panic', ['don', 't', 'panic']],
    ['ai が 書 い た', ['ai', 'が', '書', 'い', 'た']],
    ['สวัสดี ครับ', ['ส', 'วั', 'ส', 'ดี', 'ค', 'รั', 'บ']],
    ['한국어 문장', ['한국어', '문장']],
    ['قالت إنها', ['قالت', 'إنها']],
    ['', []],
  ])('the words of %j are %j', (passage, expected) => {
    expect(wordsOf(passage)).toEqual(expected);
  });

  test('counts words as passages are counted', () => {
    for (const text of ['don t panic', 'AIが書いた', 'สวัสดีครับ', '한국어', '']) {
      const passage = matchLine(text);
      expect(Math.ceil(countWords(Uint8Array.from(wordsOf(passage), weightOf)))).toBe(wordCount(passage));
    }
  });
});
