import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser } from '../support/browser.ts';
import { pageTextTab, type Tab } from '../support/page-text-tab.ts';

describe.each(['chromium', 'firefox'] as const)('the text of a page, in %s', (browser) => {
  const missing = findBrowser(browser) === undefined;
  if (missing) test.skip(`${browser} is not installed`, () => {});
  else pageTextRules(browser);
});

function pageTextRules(browser: 'chromium' | 'firefox'): void {
  let tab: Tab;
  beforeAll(async () => {
    tab = await pageTextTab(browser);
  });
  afterAll(() => tab?.close());

  /** Selects with the given script and reads the selection. */
  async function selected(body: string, select: () => void): Promise<string[]> {
    await tab.show(body);
    await tab.run(select);
    return tab.run(() => {
      const selection = getSelection();
      return selection ? PageText.selectionLines(selection).lines : [];
    });
  }

  test.each([
    ['blocks and <br> begin lines', '<p>One<br>two</p>three<div>four</div>', ['One', 'two', 'three', 'four']],
    ['inline elements do not part a word', '<p>wo<b>rd</b>s <i>here</i></p>', ['words here']],
    ['source newlines are spaces', '<p>one\n   two</p>', ['one two']],
    ['<pre> keeps lines', '<pre>a\n  b\n\nc</pre>', ['a', 'b', 'c']],
    ['<pre> keeps lines whatever its style', '<pre style="white-space:normal">a\nb</pre>', ['a', 'b']],
    [
      'white-space keeps lines',
      '<div style="white-space:pre-line">a\nb<span style="white-space:normal">\nc</span></div>',
      ['a', 'b c'],
    ],
    ['cells of a row stand in one line', '<table><tr><th>a</th><td>b</td></tr><tr><td>1<td>2</table>', ['a b', '1 2']],
    [
      'cells stay in their row when shown as blocks',
      '<table><tr><td style="display:block">a</td><td style="display:block">b</td></table>',
      ['a b'],
    ],
    [
      'elements shown as blocks begin lines',
      '<span style="display:block">a</span>b<x-y style="display:flex">c</x-y>',
      ['a', 'b', 'c'],
    ],
    ['a floating initial stays in its word', '<p><span style="float:left">O</span>nce</p>', ['Once']],
    ['text-transform does not count', '<p style="text-transform:uppercase">as written</p>', ['as written']],
    ['list markers are not text', '<ol><li>one<ul><li>two</ul></ol>', ['one', 'two']],
    [
      'images and form fields are not text',
      '<p>a<img alt="no"><input value="no"><textarea>no</textarea><select><option>no</select></p>',
      ['a'],
    ],
    [
      'scripts, styles and templates are not text',
      '<p>a<script>"no"</script><style>no{}</style><template>no</template><noscript>no</noscript></p>',
      ['a'],
    ],
    ['an element that calls itself our badge is text', '<p>a<witnessmark-badge>b</witnessmark-badge></p>', ['ab']],
    ['a closed <details> shows its summary', '<details><summary>s</summary>no</details>', ['s']],
    ['an open <details> shows everything', '<details open><summary>s</summary>yes</details>', ['s', 'yes']],
    ['display:contents is seen', '<div style="display:contents"><p>a</p></div>', ['a']],
    [
      'content-visibility:auto below the fold is seen',
      '<div style="height:9000px"></div><div style="content-visibility:auto"><p>a</p></div>',
      ['a'],
    ],
    [
      'gradient letters are seen',
      '<p style="background:linear-gradient(red,blue);-webkit-background-clip:text;color:transparent">a</p>',
      ['a'],
    ],
    [
      'a visible child of a hidden parent is seen',
      '<p style="visibility:hidden">no<b style="visibility:visible">a</b></p>',
      ['a'],
    ],
    ['faint but visible text is seen', '<p style="opacity:.5;color:rgb(0,0,0)">a</p>', ['a']],
    [
      'a node scrolled out of its box is seen',
      '<div style="height:20px;overflow:auto"><p>a</p><p>b</p><p>c</p></div>',
      ['a', 'b', 'c'],
    ],
  ])('%s', async (_, body, expected) => {
    expect(await tab.lines(body)).toEqual(expected);
  });

  test.each([
    'display:none',
    'visibility:hidden',
    'opacity:0',
    'font-size:0',
    'color:transparent',
    'color:rgb(0 0 0 / 0)',
    'position:absolute;left:-9999px',
    'text-indent:-9999px',
    'clip-path:inset(50%)',
    'content-visibility:hidden',
    'position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)',
    'transform:scale(0)',
    'height:0;overflow:hidden',
    '-webkit-text-fill-color:transparent',
  ])('text hidden by %s is not read', async (style) => {
    expect(await tab.lines(`<p>a</p><p style="${style}">no</p>`)).toEqual(['a']);
    expect(await tab.lines(`<div style="${style}"><p id=root>no</p></div>`)).toEqual([]);
  });

  test('words that are seen but set aside are counted', async () => {
    const body = '<p>a</p><p aria-hidden=true>two words</p><p contenteditable>three more words</p><p hidden>no</p>';
    expect(await tab.read(body)).toMatchObject({ lines: ['a'], unread: 5 });
    expect(await tab.read('<p hidden>shown</p>', '[hidden]{display:block}')).toMatchObject({ lines: [], unread: 1 });
  });

  test.each([
    ['a drawing', '<svg><title>none</title><text y="20">two words</text></svg>', 2],
    ['what stands in for an object', '<object>two words</object>', 2],
    ['a typed line', '<input value="two words"><input placeholder="one"><input type="hidden" value="no">', 3],
    ['a typed text', '<textarea>two words</textarea>', 2],
    ['a chosen option', '<select><option>no<option selected>one</select>', 1],
    [
      'nothing that is not shown',
      '<svg style="display:none"><text>no</text></svg><select hidden><option>no</select>',
      0,
    ],
  ])('the words of %s are counted and not read', async (_, body, unread) => {
    expect(await tab.read(`<p>a</p>${body}`)).toMatchObject({ lines: ['a'], unread });
  });

  test.each([
    'childNodes',
    'nodeType',
    'localName',
    'shadowRoot',
    'assignedSlot',
    'hasAttribute',
    'getAttribute',
    'getBoundingClientRect',
    'getRootNode',
    'parentNode',
    'ownerDocument',
    'isConnected',
  ])('a form control named %s hides nothing', async (name) => {
    const form = (id: string): string => `<form id="${id}"><input name="NAME"><p>said</p></form>`;
    await tab.show(`<div id="root">${form('inner')}</div>${form('outer')}`);
    const read = `(() => {
      for (const input of document.querySelectorAll('input')) input.name = ${JSON.stringify(name)};
      const [inner, outer] = ['root', 'outer'].map((id) => PageText.renderedLines(document.getElementById(id)).lines);
      return [...inner, ...outer];
    })()`;
    expect(await tab.runText<string[]>(read)).toEqual(['said', 'said']);
  });

  test('slots and shadow roots are read where they are drawn, unslotted children not at all', async () => {
    await tab.show(`<x-a><template shadowrootmode=open><p>before</p><slot></slot>
      <slot name=none>default</slot></template>light</x-a>
      <x-b><template shadowrootmode=open><p>only</p></template>no</x-b>
      <x-c><template shadowrootmode=closed><p>closed</p></template>no</x-c>`);
    const found = await tab.run(() => PageText.renderedLines(document.body).lines);
    expect(found).toEqual(['before', 'light default', 'only']);
  });

  test('closed shadow roots are read where the browser opens them', async () => {
    const found = await tab.run(() => {
      document.body.innerHTML = '<x-c></x-c>';
      const host = document.querySelector('x-c') as HTMLElement;
      const root = host.attachShadow({ mode: 'closed' });
      root.innerHTML = '<p>closed</p>';
      return PageText.renderedLines(document.body, (element) => (element === host ? root : null)).lines;
    });
    expect(found).toEqual(['closed']);
  });

  test('each line points to where it stands', async () => {
    const { lines: found, ranges } = await tab.read('<p>one <b>two</b> three</p><pre>x\nyy\nz</pre>');
    expect(found).toEqual(['one two three', 'x', 'yy', 'z']);
    expect(ranges).toEqual(found);
  });

  test('limits are said', async () => {
    expect(await tab.read(`<p>${'a '.repeat(600_000)}</p>`)).toMatchObject({ truncated: true });
    expect((await tab.read('<i>a</i>'.repeat(20_000))).truncated).toBe(true);
    expect((await tab.read('<i>a</i>'.repeat(5_000))).truncated).toBe(false);
  });

  test('deep nesting does not overflow', async () => {
    const found = await tab.run(() => {
      const outer = document.createElement('div');
      let inner: Element = outer;
      // Piece by piece: each appended element is looked for in all that it is appended to.
      for (let piece = 0; piece < 100; piece++) {
        const top = document.createElement('b');
        let at = top;
        for (let i = 0; i < 150; i++) at = at.appendChild(document.createElement('b'));
        inner.append(top);
        inner = at;
      }
      inner.textContent = 'deep';
      return PageText.renderedLines(outer).lines;
    });
    expect(found).toEqual(['deep']);
  });

  test('a document that is not shown is read by its tags', async () => {
    const found = await tab.run(() => {
      const parsed = new DOMParser().parseFromString('<p>a<p hidden>no<pre>b\nc</pre>', 'text/html');
      return PageText.renderedLines(parsed).lines;
    });
    expect(found).toEqual(['a', 'b', 'c']);
  });

  test('a selection is read from its first to its last character', async () => {
    const body = '<p id=a>first one</p><p>middle</p><p id=b>last <b>of all</b></p>';
    expect(
      await selected(body, () => {
        const [a, b] = [document.querySelector('#a')?.firstChild, document.querySelector('#b b')?.firstChild];
        if (a && b) getSelection()?.setBaseAndExtent(a, 6, b, 2);
      }),
    ).toEqual(['one', 'middle', 'last of']);
    expect(
      await selected(body, () => {
        const a = document.querySelector('#a')?.firstChild;
        if (a) getSelection()?.setBaseAndExtent(a, 0, a, 5);
      }),
    ).toEqual(['first']);
    expect(await selected(body, () => getSelection()?.selectAllChildren(document.body))).toEqual([
      'first one',
      'middle',
      'last of all',
    ]);
    const ranged = await tab.run(() => {
      const range = document.createRange();
      range.selectNodeContents(document.querySelector('#b') ?? document.body);
      return PageText.rangeLines(range).lines;
    });
    expect(ranged).toEqual(['last of all']);
    expect(await selected(body, () => getSelection()?.removeAllRanges())).toEqual([]);
  });
}
