import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PageState } from '../../../extension/verification/page-store.ts';
import { World } from '../../support/build-trail.ts';
import { type OpenedPage, openBody } from '../../support/extension-page.ts';
import { badgeNames, type ExtensionBrowser, startExtension, untilBadges } from '../../support/extension-tab.ts';
import { type FixtureSite, paragraphs, startFixtureSite } from '../../support/fixture-site.ts';
import { indexTexts, ownText, ownWords } from '../../support/indexed-text.ts';

const EXACT = 'Attested text, published here by someone else.';
/** Long enough for a scan to have read everything it will read. */
const READ_MS = 1500;
const world = new World({ origin: 'main.example/log' });
const TEXT = ownText('open');
const article = `<article>${paragraphs(TEXT)}</article>`;
const quoted = (html: string): string => html.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
const inBlob = `<iframe width="500" height="400"></iframe><template>${article}</template><script>
  const html = new Blob([document.querySelector('template').innerHTML], { type: 'text/html' });
  document.querySelector('iframe').src = URL.createObjectURL(html);
</script>`;

let site: FixtureSite;
let extension: ExtensionBrowser;

beforeAll(async () => {
  site = await startFixtureSite();
  indexTexts(site, world, [{ entry: world.issue(TEXT), text: TEXT, published: true }]);
  extension = await startExtension(world.trustText().replace(/log (\S+)\\n/, `log $1 ${site.log}/log\\n`));
  await extension.ask('discovery/set', { tabId: -1, host: new URL(site.pages).host, on: true });
}, 60_000);

afterAll(async () => {
  await extension?.stop();
  await site?.stop();
});

afterEach(async () => {
  const pages = extension.context.pages().filter((page) => page.url().startsWith('http'));
  await Promise.all(pages.map((page) => page.close()));
});

const states = (state: PageState | undefined): string[] =>
  (state?.items ?? []).flatMap(({ found }) => (found === undefined ? [] : [found.state]));

async function open(body: string): Promise<OpenedPage> {
  const opened = await openBody(extension, site, body);
  await extension.until(opened.tabId, (state) => state !== undefined);
  return opened;
}

const isExact = (state: PageState | undefined): boolean => states(state).includes('exact');

describe('a text is recognised', () => {
  test.each([
    ['under many wrappings', `${'<div>'.repeat(30)}${article}${'</div>'.repeat(30)}`],
    [
      'in a list',
      `<ul>${TEXT.split('\n')
        .map((line) => `<li><span>${line}</span></li>`)
        .join('')}</ul>`,
    ],
    [
      'in a table',
      `<table>${TEXT.split('\n')
        .map((line) => `<tr><td>${line}</td></tr>`)
        .join('')}</table>`,
    ],
    ['in elements without boxes', `<div style="display:contents"><div style="display:contents">${article}</div></div>`],
    ['in floats', `<div><div style="float:left">${article}</div></div>`],
    [
      'in a closed shadow root',
      `<x-host></x-host><template>${article}</template><script>
         document.querySelector('x-host').attachShadow({ mode: 'closed' })
           .append(document.querySelector('template').content);
       </script>`,
    ],
    [
      'in a slot',
      `<div id="host">${article}</div><script>
         document.querySelector('#host').attachShadow({ mode: 'open' }).innerHTML = '<section><slot></slot></section>';
       </script>`,
    ],
    ['in a frame', `<iframe srcdoc="${quoted(article)}" width="600" height="500"></iframe>`],
    ['in a frame made of a blob, in a frame', `<iframe srcdoc="${quoted(inBlob)}" width="600" height="500"></iframe>`],
    ['with invisible characters in every word', article.replaceAll(/([a-z])(\d)/g, '$1\u200b\ufeff$2')],
  ])('%s', async (_, body) => {
    const { page, tabId } = await open(body);
    await extension.until(tabId, isExact);
    expect(await untilBadges(page, (names) => names.length > 0)).toEqual([EXACT]);
  });

  test('only once it comes into view', async () => {
    const { page, tabId } = await open(`<div style="height:6000px">${ownWords('intro', 20)}</div>${article}`);
    await page.waitForTimeout(READ_MS);
    expect((await extension.state(tabId))?.discovered?.texts).toBe(0);
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await extension.until(tabId, isExact);
  });

  test('after a single-page application has moved on, and forgotten when it moves on again', async () => {
    const { page, tabId } = await open('<main><p>Start.</p></main>');
    const show = (html: string, path: string): Promise<void> =>
      page.evaluate(
        ([inner, to]) => {
          history.pushState(null, '', to);
          (document.querySelector('main') as Element).innerHTML = inner ?? '';
        },
        [html, path],
      );
    await show(article, '/scan-story');
    await untilBadges(page, (names) => names.includes(EXACT));
    await show('<p>Another story.</p>', '/scan-other');
    await untilBadges(page, (names) => names.length === 0);
    await extension.until(tabId, (state) => states(state).length === 0);
  });

  test('again when the reader comes back to a page the browser kept', async () => {
    const { page, tabId } = await open(article);
    await extension.until(tabId, isExact);
    site.html.set('/elsewhere', '<!doctype html><title>Elsewhere</title><p>Another page.');
    await page.goto(`${site.pages}/elsewhere`);
    await page.goBack();
    await extension.until(tabId, isExact);
    await untilBadges(page, (names) => names.includes(EXACT));
  });

  test('in an answer that is being written, once its paragraphs are finished, by a page that ends all timers too', async () => {
    const { page, tabId } = await open('<main id="answer"></main>');
    const writing = page.evaluate(async (text) => {
      const endTimers = (): void => {
        for (let id = Number(setTimeout(() => {})); id > 0; id--) clearTimeout(id);
        requestAnimationFrame(endTimers);
      };
      endTimers();
      const pause = (): Promise<unknown> => new Promise(requestAnimationFrame);
      for (const line of text.split('\n')) {
        const paragraph = document.querySelector('#answer')?.appendChild(document.createElement('p'));
        for (const word of line.split(' ')) {
          paragraph?.append(`${word} `);
          await pause();
        }
      }
    }, TEXT);
    await page.waitForTimeout(600);
    expect((await extension.state(tabId))?.discovered?.texts).toBe(0);
    await writing;
    await extension.until(tabId, isExact);
    expect(await untilBadges(page, (names) => names.length === 1)).toEqual([EXACT]);
  });
});

describe('nothing is looked up of', () => {
  test('what is typed, hidden, not drawn, code, marked as no text, or names its own proof', async () => {
    const { page, tabId } = await open(
      [
        `<div contenteditable>${paragraphs(TEXT)}</div>`,
        `<div aria-hidden="true">${paragraphs(TEXT)}</div>`,
        `<div style="display:none">${paragraphs(TEXT)}</div>`,
        `<div style="opacity:0">${paragraphs(TEXT)}</div>`,
        `<div style="opacity:0"><iframe srcdoc="${quoted(article)}" width="600" height="200"></iframe></div>`,
        `<script type="text/plain">${TEXT}</script><style>${TEXT}</style>`,
        `<div data-witnessmark="${'http://127.0.0.1:9/v1/trails/x'}">${paragraphs(TEXT)}</div>`,
      ].join('<hr>'),
    );
    for (const top of [0, 400, 800]) {
      await page.evaluate((to) => scrollTo(0, to), top);
      await page.waitForTimeout(READ_MS / 2);
    }
    expect((await extension.state(tabId))?.discovered?.texts).toBe(0);
    expect(states(await extension.state(tabId))).toEqual([]);
  });
});

describe('frames', () => {
  test('of other sites are not read, and the reader is told how many', async () => {
    site.html.set('/framed', `<!doctype html><body>${article}`);
    const frames = [
      `<iframe src="${site.log}/framed" width="600" height="200"></iframe>`,
      `<iframe sandbox srcdoc="${quoted(article)}" width="600" height="200"></iframe>`,
      `<iframe src="${site.log}/framed" width="1" height="1"></iframe>`,
    ];
    const { page, tabId } = await open(frames.join(''));
    await extension.until(tabId, (state) => state?.discovered?.foreignFrames === 2);
    await page.waitForTimeout(READ_MS);
    expect((await extension.state(tabId))?.discovered).toMatchObject({ texts: 0, foreignFrames: 2 });
    const panel = await extension.panel(tabId);
    await panel.getByText('2 frames of other sites were not read.').waitFor();
    await panel.close();
  });

  test('lose what was recognised in them when they show something else', async () => {
    const { page, tabId } = await open(`<iframe srcdoc="${quoted(article)}" width="600" height="500"></iframe>`);
    await untilBadges(page, (names) => names.includes(EXACT));
    await page.evaluate(() => document.querySelector('iframe')?.setAttribute('srcdoc', '<p>Another story.'));
    await extension.until(tabId, (state) => states(state).length === 0);
    expect(await badgeNames(page)).toEqual([]);
    await page.evaluate((html) => document.querySelector('iframe')?.setAttribute('srcdoc', html), article);
    await extension.until(tabId, isExact);
    await page.evaluate(() => document.querySelector('iframe')?.remove());
    await extension.until(tabId, (state) => states(state).length === 0);
  });

  test('with marked text are checked, and an edit in one takes the badge away', async () => {
    const marked = `<div data-witnessmark="${site.log}/v1/trails/${[...site.trails.keys()][0]}">${paragraphs(TEXT)}</div>`;
    const { page, tabId } = await open(`<iframe srcdoc="${quoted(marked)}" width="600" height="500"></iframe>`);
    await untilBadges(page, (names) => names.includes('This text matches its record, word for word.'));
    await page.evaluate(() => {
      const inner = document.querySelector('iframe')?.contentDocument;
      (inner?.querySelector('p') as Element).textContent = 'Other words altogether stand here now.';
    });
    await extension.until(tabId, (state) => state?.items[0]?.report?.content.match === 'passages');
    expect(await badgeNames(page)).not.toContain('This text matches its record, word for word.');
    await page.evaluate(() => {
      const { contentDocument, contentWindow } = document.querySelector('iframe') as HTMLIFrameElement;
      contentWindow?.focus();
      contentWindow?.getSelection()?.selectAllChildren(contentDocument?.body as Element);
    });
    await extension.ask('selection/check', { tabId });
    const state = await extension.state(tabId);
    expect(state?.items.find(({ kind }) => kind === 'selection')?.found?.state).toBe('quoted');
  });
});

describe('a hostile page', () => {
  test.each([
    [
      'of two hundred frames, one in another',
      () => {
        const inner = '<p>'.concat('words of a frame '.repeat(100));
        for (let n = 0; n < 160; n++)
          document.body.insertAdjacentHTML('beforeend', `<iframe srcdoc="${inner}"></iframe>`);
        let at = document;
        for (let n = 0; n < 40; n++) {
          at.body.insertAdjacentHTML('beforeend', '<iframe></iframe>');
          at = (at.querySelector('body > iframe:last-child') as HTMLIFrameElement).contentDocument as Document;
        }
      },
    ],
    [
      'of half a million nodes',
      () => {
        const flood = document.createElement('div');
        flood.innerHTML = '<p>x</p>'.repeat(1000);
        for (let n = 0; n < 250; n++) document.body.append(flood.cloneNode(true));
      },
    ],
    [
      'with a text of fifty million characters',
      () => {
        // Seen, it would take the browser itself half a minute to lay out.
        document.body.insertAdjacentHTML('beforeend', '<p></p><p hidden></p>');
        const [seen, hidden] = document.querySelectorAll('body > p');
        if (seen) seen.textContent = 'word '.repeat(200_000);
        if (hidden) hidden.textContent = 'word '.repeat(10_000_000);
      },
    ],
    [
      'nested two thousand deep',
      () => {
        let at = document.body;
        for (let n = 0; n < 2000; n++) at = at.appendChild(document.createElement('div'));
        at.textContent = 'Deep down.';
      },
    ],
    [
      'flooded with zero-width characters',
      () => {
        const flood = document.createElement('p');
        flood.textContent = `word${'\u200b'.repeat(2_000_000)}`;
        document.body.prepend(flood);
      },
    ],
    [
      'that changes a thousand places in every frame',
      () => {
        const flood = document.body.appendChild(document.createElement('div'));
        flood.innerHTML = '<span>0</span>'.repeat(1000);
        let turn = 0;
        const storm = (): void => {
          turn++;
          for (const child of flood.children) child.textContent = String(turn);
          requestAnimationFrame(storm);
        };
        storm();
      },
    ],
  ])('%s is read as far as its reader sees, and keeps running', async (_, flood) => {
    const { page, tabId } = await open('<main></main>');
    await page.evaluate(flood);
    await page.evaluate((html) => {
      (document.querySelector('main') as Element).innerHTML = html;
    }, article);
    await extension.until(tabId, isExact);
    expect(await page.evaluate(() => document.title)).toBe('Page');
  });

  test('that changes the words by style alone loses its mark', async () => {
    const style = '<style>.b{display:none} .swap .a{display:none} .swap .b{display:block}</style>';
    const pairs = TEXT.split('\n').map(
      (line) => `<p><span class="a">${line}</span><span class="b">Other words.</span></p>`,
    );
    const { page, tabId } = await open(`${style}<article>${pairs.join('')}</article>`);
    await untilBadges(page, (names) => names.includes(EXACT));
    await page.evaluate(() => document.querySelector('article')?.classList.add('swap'));
    await untilBadges(page, (names) => names.length === 0);
    await extension.until(tabId, (state) => states(state).length === 0);
  });

  test('that puts words between the attested ones is not called exact', async () => {
    const { page, tabId } = await open(article);
    await extension.until(tabId, isExact);
    await page.evaluate(() => {
      const added = document.createElement('p');
      added.textContent = 'None of these words was ever attested by anybody at all.';
      document.querySelector('article p')?.after(added);
    });
    await extension.until(tabId, (state) => states(state).includes('edited'));
    expect(await badgeNames(page)).not.toContain(EXACT);
  });
});
