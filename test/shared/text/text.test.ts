import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { bindBytes } from '#shared/text/bind.ts';
import { markdownLines } from '#shared/text/markdown.ts';
import { matchLine, wordCount } from '#shared/text/match.ts';
import { passageDigest, passageRoot, passagesOf, plainLines } from '#shared/text/passages.ts';

/** A C2PA A.8 wrapper around `bytes`, written from the specification. */
function wrapper(bytes: readonly number[], length = bytes.length): string {
  const head = [...utf8('C2PATXT\0'), 1, 0, 0, length >> 8, length & 0xff];
  const selector = (byte: number) => String.fromCodePoint(byte < 16 ? 0xfe00 + byte : 0xe0100 + byte - 16);
  return `\uFEFF${[...head, ...bytes].map(selector).join('')}`;
}

describe('the bind stream', () => {
  test('is NFC in UTF-8 and keeps everything else', () => {
    expect(bindBytes('e\u0301 \r\n“A” \uFEFF')).toEqual(utf8('é \r\n“A” \uFEFF'));
  });

  test('loses a complete C2PA wrapper wherever it stands, and joins what it had parted', () => {
    const signed = wrapper([0, 15, 16, 255]);
    expect(bindBytes(`Hello${signed}`)).toEqual(utf8('Hello'));
    expect(bindBytes(`e${signed}\u0301`)).toEqual(utf8('é'));
  });

  test('keeps an emoji selector that follows the wrapper', () => {
    expect(bindBytes(`x${wrapper([1, 2])}\uFE0F`)).toEqual(utf8('x\uFE0F'));
  });

  test('keeps corrupt wrappers and finds the genuine one behind them', () => {
    const corrupt = wrapper([1], 300);
    expect(bindBytes(`x${corrupt}`)).toEqual(utf8(`x${corrupt}`));
    expect(bindBytes(`x${corrupt}${wrapper([7])}`)).toEqual(utf8(`x${corrupt}`));
  });

  test('keeps two wrappers: which one was meant is not ours to guess', () => {
    const two = `x${wrapper([1])}y${wrapper([2])}`;
    expect(bindBytes(two)).toEqual(utf8(two));
  });
});

describe('the match stream', () => {
  test.each([
    ['Hello,   World!', 'hello world'],
    ['“Don’t” – it’s 3.14…', 'don t it s 3 14'],
    ['ﬁne ½ Ⅳ x²', 'fine 1 2 iv x2'],
    ['ＡＢＣ１２３', 'abc123'],
    ['ΣΊΣΥΦΟΣ σίσυφος', 'σίσυφοσ σίσυφοσ'],
    ['İstanbul', 'i̇stanbul'],
    ['it´s', 'it s'],
    ['so\u00ADft hy\u200Bphen \u202Eflip\u202C', 'soft hyphen flip'],
    ['now\u3164here now\uFFA0here now\u115Fhere', 'now here now here now here'],
    ['👍🏽 ok ❤\uFE0F', 'ok'],
    ['你好，世界', '你 好 世 界'],
    ['ｶﾞﾗｽ', 'ガ ラ ス'],
    ['한국어 텍스트', '한국어 텍스트'],
    ['---', ''],
  ])('reads %j as %j', (line, passage) => {
    expect(matchLine(line)).toBe(passage);
  });

  test('counts words, characters of Chinese and Japanese, and letters of Thai', () => {
    expect(wordCount(matchLine('One two, three.'))).toBe(3);
    expect(wordCount(matchLine('人工智能模型'))).toBe(6);
    expect(wordCount(matchLine('ปัญญาประดิษฐ์เขียนข้อความนี้'))).toBeGreaterThanOrEqual(5);
  });
});

describe('passages', () => {
  test('have the RFC 6962 root of the log tests over their digests', () => {
    const digests = ['a', 'b', 'c'].map(passageDigest);
    expect(passageRoot(digests)).not.toEqual(passageRoot(digests.slice(0, 2)));
    expect(passageRoot(digests)).not.toEqual(passageRoot(digests.toReversed()));
    expect(passageRoot([])).toHaveLength(32);
  });

  test('come from the lines of plain text', () => {
    expect(passagesOf(plainLines('Title\r\n=====\n\nA  line.\rAnother.'))).toEqual(['title', 'a line', 'another']);
  });
});

describe('Markdown', () => {
  const SOURCE = `# A *title* with \`code\`

A paragraph that
goes on.\\
After a hard break.  
After another.

1. One
   - nested **bold**
   - [link](https://example.com "title")
2. Two &amp; three &copy; &#x41;

> quoted

| a | b |
|---|---|
| 1 | 2 |

![image](x.png)

\`\`\`ts
const a = 1 &lt; 2;

return <b>;
\`\`\`

- [x] done

<div>raw <b>html</b><script>no()</script></div>

<https://example.com> and H~~gone~~
`;

  test('gives the lines its rendering shows', () => {
    expect(markdownLines(SOURCE)).toEqual([
      'A title with code',
      'A paragraph that goes on.',
      'After a hard break.',
      'After another.',
      'One',
      'nested bold',
      'link',
      'Two & three © A',
      'quoted',
      'a b',
      '1 2',
      'const a = 1 &lt; 2;',
      'return <b>;',
      'done',
      'raw html',
      'https://example.com and Hgone',
    ]);
  });

  test('never throws, however deep the nesting', () => {
    expect(markdownLines(`${'>'.repeat(50_000)} deep`).at(-1)).toContain('deep');
    expect(markdownLines(`${'<div>'.repeat(20_000)}deep`)).toEqual(['deep']);
    expect(markdownLines('')).toEqual([]);
  });
});
