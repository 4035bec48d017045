import { describe, expect, test } from 'vitest';
import { markdownLines } from '#shared/text/markdown.ts';
import { plainLines } from '#shared/text/passages.ts';

const repeated = (count: number, piece: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => piece(i)).join('');

describe('Markdown that makes a parser repeat itself is read as plain text', () => {
  test.each([
    ['a wide table of short rows', `${'|a'.repeat(2000)}\n${'|-'.repeat(2000)}\n${'|a\n'.repeat(300)}`],
    ['many such tables', `${'|a'.repeat(200)}\n${'|-'.repeat(200)}\n${'|a\n'.repeat(100)}\n`.repeat(30)],
    ['formatting left open before many paragraphs', repeated(1000, (i) => `<font a=${i}>`) + '<p>x'.repeat(1000)],
    ['a paragraph of delimiters', '*a* '.repeat(10_000)],
    ['emphasis in emphasis', `${'*a '.repeat(1000)}${'a*'.repeat(1000)}`],
    ['block quotes in block quotes', `${'> '.repeat(65)}a`],
    ['lists in lists', `${'- '.repeat(65)}a`],
  ])('%s', (_, source) => {
    const lines = markdownLines(source);
    expect(lines.length).toBe(plainLines(source).length);
    expect(lines[0] === plainLines(source)[0]).toBe(true);
  });

  test('a definition that many links name is not repeated by them', () => {
    const source = `[a]: /${'x'.repeat(100_000)}\n\n${'[word][a] '.repeat(3000)}`;
    expect(markdownLines(source)).toEqual(['word '.repeat(3000).trim()]);
  });

  test('what people write stays within the bounds', () => {
    const quoted = `${'> '.repeat(20)}a`;
    expect(markdownLines(quoted)).toEqual(['a']);
    const table = `${'|a'.repeat(50)}|\n${'|-'.repeat(50)}|\n${`${'|b'.repeat(50)}|\n`.repeat(1000)}`;
    expect(markdownLines(table)).toHaveLength(1001);
    expect(markdownLines(`**${'word '.repeat(4000)}end**`)).toEqual([`${'word '.repeat(4000)}end`]);
  });
});
