import { Marked } from 'marked';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareContent } from '#shared/text/content.ts';
import { markdownLines } from '#shared/text/markdown.ts';
import { passageDigest, passagesOf, plainLines } from '#shared/text/passages.ts';
import { findBrowser } from '../support/browser.ts';
import { pageTextTab, type Tab } from '../support/page-text-tab.ts';
import { vectorsPresent, vectorText } from '../support/vectors.ts';

const marked = new Marked({ gfm: true, async: false });
const render = (source: string, breaks = false): string => marked.parse(source, { async: false, breaks });
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Constructs whose rendering is easy to get wrong. */
const SAMPLES = [
  '1. one\n   1. nested\n\n      with a paragraph\n\n2) other list\n\n- [ ] open\n- [x] done',
  '| a | b |\n|:--|--:|\n| **1** | `x \\| y` |\n| [l](https://example.com) | ![i](i.png) |',
  '```js\nif (a < b && c) {\n\n  return "&lt;";\n}\n```\n\n    indented &amp; kept\n\n`` a ` b ``',
  'Setext\n===\n\n## ATX ##\n\nsoft\nbreak, hard  \nbreak, back\\\nslash',
  '&copy; &amp;amp; &notit; &#x1F600; &#0; &unknown; &lt;b&gt; a&nbsp;b',
  'wo**r**d, *em*, ~~gone~~, H<sub>2</sub>O, a<br>b<br/>c, <kbd>Ctrl</kbd>',
  '<div align="center">\n\n**bold** in html\n\n</div>\n\n<table><tr><td>x<td>y</table> after',
  '<p hidden>no</p>\n\n<span aria-hidden="true">no</span>yes <!-- no --> <script>no</script><style>no</style>',
  '> quote\n> > deeper\n\n***\n\nafter <https://example.com> www.example.com a@example.com',
  'vector<int> x; a<b and b>c; <not a tag; 1 < 2 > 0 <3',
  '<ul><li>raw<li>list</ul><p>open <b>tags <i>crossed</b> here</i>',
  '[ref] and [text][ref]\n\n[ref]: https://example.com "title"\n\nfoot[^1]\n\n[^1]: note',
  '<svg><text>no</text></svg><math><mi>x</mi></math><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>',
  '<pre>raw\n  pre</pre>\n\n<textarea>no</textarea><button>press</button><select><option>no</select>',
];

describe.skipIf(findBrowser('chromium') === undefined)('Markdown and the page that renders it, in chromium', () => {
  let tab: Tab;
  beforeAll(async () => {
    tab = await pageTextTab('chromium');
  });
  afterAll(() => tab?.close());

  test.each(SAMPLES)('agree on %j', async (source) => {
    expect(await tab.lines(render(source))).toEqual(markdownLines(source));
  });

  test('agree on a thousand mixtures of its marks', async () => {
    const parts = [
      '*',
      '**',
      '_',
      '`',
      '```\n',
      '[a](b)',
      '![a](b)',
      '<b>',
      '</b>',
      '<p>',
      '<td>',
      '<br>',
      '\n',
      '\n\n',
      '    ',
    ];
    parts.push(
      '- ',
      '1. ',
      '> ',
      '# ',
      '| a | b |\n|-|-|\n| c | d |\n',
      '&amp;',
      '&lt',
      '&#65;',
      '\\',
      '  \n',
      'word ',
      'x',
      '<',
    );
    let state = 1;
    const next = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    for (let round = 0; round < 20; round++) {
      const sources = Array.from({ length: 50 }, () =>
        Array.from({ length: 1 + next(25) }, () => parts[next(parts.length)] ?? '').join(''),
      );
      await tab.show('');
      const holders = JSON.stringify(sources.map((source) => render(source)));
      const found = await tab.runText<string[][]>(`${holders}.map((html) => {
        const holder = document.body.appendChild(document.createElement('div'));
        holder.innerHTML = html;
        return PageText.renderedLines(holder).lines;
      })`);
      for (const [index, source] of sources.entries()) expect(found[index], source).toEqual(markdownLines(source));
    }
  });

  describe.skipIf(!vectorsPresent())('for sixty texts (lmarena, 18F, NLTK; `../shared/vectors/texts`)', () => {
    const texts = vectorsPresent()
      ? vectorText('texts/texts.jsonl')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as { id: string; text: string })
      : [];
    const compare = (text: string, page: readonly string[]) =>
      compareContent({ attested: passagesOf(markdownLines(text)).map(passageDigest), page }).match;

    test('the lines of source and rendering are the same', async () => {
      for (const { id, text } of texts) expect(await tab.lines(render(text)), id).toEqual(markdownLines(text));
    });

    test('plain text shown with its line breaks gives the lines of the text', async () => {
      for (const { id, text } of texts) {
        const body = `<div style="white-space:pre-wrap" id="root">${escaped(text)}</div>`;
        expect(await tab.lines(body), id).toEqual(plainLines(text));
      }
    });

    test('a renderer that breaks lines at soft breaks shows the same passages', async () => {
      for (const { id, text } of texts) expect(compare(text, await tab.lines(render(text, true))), id).toBe('exact');
    });

    test('a chat page around it, with a button for each code block, keeps every passage', async () => {
      for (const { id, text } of texts) {
        const body = render(text).replaceAll('<pre>', '<pre><span aria-hidden="true">\u2398</span>');
        const styled = 'body{display:flex;flex-direction:column;text-transform:uppercase}li{float:left}';
        expect(compare(text, await tab.lines(`<article>${body}</article>`, styled)), id).toBe('exact');
      }
    });

    test('what a reader copies out of the rendering is the attested text', async () => {
      for (const { id, text } of texts) {
        await tab.show(render(text));
        const copied = await tab.run(() => {
          getSelection()?.selectAllChildren(document.body);
          return getSelection()?.toString() ?? '';
        });
        expect(compare(text, plainLines(copied)), id).toBe('exact');
      }
    });
  });
});
