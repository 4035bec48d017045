/** Pages that change, imitate, hide, flood and eavesdrop: each may make a verdict worse, none better. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_FINDINGS } from '../../../extension/detectors/registry.ts';
import type { PageState } from '../../../extension/verification/page-store.ts';
import { TEXT } from '../../shared/verdict/world.ts';
import { World } from '../../support/build-trail.ts';
import { badgeNames, type ExtensionBrowser, startExtension, untilBadges } from '../../support/extension-tab.ts';
import { type FixtureSite, fillPage, paragraphs, startFixtureSite } from '../../support/fixture-site.ts';

const EXACT = 'This text matches its record, word for word.';
const world = new World({ origin: 'main.example/log' });
const entry = world.issue(TEXT);

let site: FixtureSite;
let extension: ExtensionBrowser;
let pages = 0;

beforeAll(async () => {
  site = await startFixtureSite();
  site.trails.set('exact', world.trailText(entry));
  site.html.set('/hostile', fillPage('hostile', site, { exact: TEXT }));
  extension = await startExtension(world.trustText());
}, 60_000);

afterAll(async () => {
  await extension?.stop();
  await site?.stop();
});

/** Opens a page with this content; `MARKED` in it becomes a marked element of the genuine text. */
function open(body: string, items = 1): Promise<{ page: Page; tabId: number; state: PageState }> {
  const path = `/page-${++pages}`;
  const marked = `<div id="marked" ${marker()}>${paragraphs(TEXT)}</div>`;
  site.html.set(path, `<!doctype html><title>Page</title><body>${body.replace('MARKED', marked)}`);
  return extension.open(`${site.pages}${path}`, items);
}

const marker = (): string => `data-witnessmark="${site.log}/v1/trails/exact"`;
const contents = (state: PageState | undefined): string[] =>
  (state?.items ?? []).map(({ report }) => `${report?.verdict} ${report?.content.match}`);

describe('a text that changes after it was verified', () => {
  test.each<readonly [string, string, () => void]>([
    [
      'by its words',
      'MARKED',
      () => {
        const node = document.querySelector('#marked p')?.firstChild as Text;
        node.data = 'Other words altogether stand here now.';
      },
    ],
    [
      'by a class',
      `<style>.b, #marked.swap .a { display: none } #marked.swap .b { display: block }</style>
       <div id="marked" MARKER><div class="a">PARAGRAPHS</div><p class="b">Other words altogether stand here now.</p></div>`,
      () => document.querySelector('#marked')?.classList.add('swap'),
    ],
    [
      'by a class, every timer and frame of its window cancelled',
      `<style>.b, #marked.swap .a { display: none } #marked.swap .b { display: block }</style>
       <div id="marked" MARKER><div class="a">PARAGRAPHS</div><p class="b">Other words altogether stand here now.</p></div>`,
      () => {
        // An extension's scripts count their timers with the page's own.
        const last = [setTimeout(() => {}), requestAnimationFrame(() => {}), requestIdleCallback(() => {})];
        for (let id = 1; id <= Math.max(...last.map(Number)); id++) {
          clearTimeout(id);
          cancelAnimationFrame(id);
          cancelIdleCallback(id);
        }
        document.querySelector('#marked')?.classList.add('swap');
      },
    ],
    [
      'by a style sheet',
      '<div id="marked" MARKER>PARAGRAPHS<p class="b" style="display:none">Other words altogether.</p></div>',
      () => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync('.b { display: block !important }');
        document.adoptedStyleSheets = [sheet];
      },
    ],
    [
      'inside a shadow root',
      `<div id="marked" MARKER><div id="host"></div></div><template>PARAGRAPHS</template>
       <script>
         const root = document.querySelector('#host').attachShadow({ mode: 'closed' });
         root.append(document.querySelector('template').content);
         window.rewrite = () => { root.querySelector('p').textContent = 'Other words altogether.'; };
       </script>`,
      () => (globalThis as unknown as { rewrite(): void }).rewrite(),
    ],
    [
      'by an element that has the name of our badge',
      'MARKED',
      () => {
        const fake = document.createElement('witnessmark-badge');
        fake.textContent = 'Other words altogether stand here now.';
        document.querySelector('#marked')?.append(fake);
      },
    ],
    [
      'while a form on the page hides how to look',
      `<form ${'MARKER'}><input name="contains"><input name="getAttribute"><p>Something else.</p></form>MARKED`,
      () => {
        const node = document.querySelector('#marked p')?.firstChild as Text;
        node.data = 'Other words altogether stand here now.';
      },
    ],
  ])('%s loses its badge until the new text was compared', async (_, body, change) => {
    const filled = body.replaceAll('MARKER', marker()).replaceAll('PARAGRAPHS', paragraphs(TEXT));
    const { page, tabId } = await open(filled);
    await untilBadges(page, (names) => names.includes(EXACT));
    await page.evaluate(change);
    await untilBadges(page, (names) => names.length > 0 && !names.includes(EXACT) && !names.includes('Checking'));
    const after = await extension.until(tabId, (state) => !contents(state).includes('verified exact'));
    expect(contents(after)).not.toContain('verified exact');
    await page.close();
  });
});

describe('words that are seen but cannot be read', () => {
  test.each([
    ['hidden from screen readers', '<p aria-hidden="true">Three more words.</p>', 3],
    ['shown against their own attribute', '<p hidden style="display:block">Two words.</p>', 2],
    ['that a visitor may edit', '<p contenteditable>Word.</p>', 1],
    ['drawn in a picture of lines', '<svg><text y="20">Three drawn words</text><title>none</title></svg>', 3],
    ['that stand in for an object', '<object>Two words</object>', 2],
    ['put into a form', '<input value="Two words"><input type="hidden" value="no"><select><option>Third</select>', 3],
  ])('%s are said, and the text is not called exact', async (_, extra, unread) => {
    const { page, state } = await open(`<div ${marker()}>${paragraphs(TEXT)}${extra}</div>`);
    const [item] = state.items;
    expect(item?.report).toMatchObject({ icon: 'partial', content: { unread } });
    const [name] = await untilBadges(page, (names) => names.some((each) => each !== 'Checking'));
    expect(name).toMatch(unread === 1 ? /One word on it could not be read/ : new RegExp(`${unread} words on it`));
    await page.close();
  });

  test.each(['childNodes', 'shadowRoot', 'nodeType', 'localName', 'parentNode'])(
    'are not made by a form control named %s',
    async (name) => {
      const { page, state } = await open(
        `<div ${marker()}>${paragraphs(TEXT)}<form><input name="${name}">And one claim that nobody attested.</form></div>`,
      );
      expect(state.items[0]?.report?.content).toMatchObject({ match: 'passages', matched: 3, of: 4 });
      await page.close();
    },
  );
});

describe('the badge', () => {
  test('is closed to the page: no shadow root, no inner target, no event path', async () => {
    const { page } = await open('MARKED');
    await untilBadges(page, (names) => names.includes(EXACT));
    await page.evaluate(() => {
      addEventListener('pointermove', (event) => {
        const path = event.composedPath().map((each) => (each as Element).nodeName ?? '');
        document.title = path.join(' ');
      });
    });
    const host = page.locator('witnessmark-badge');
    const box = await host.evaluate((element) => {
      const { left, top } = element.getBoundingClientRect();
      return { left, top, open: element.shadowRoot !== null, inner: element.innerHTML, text: element.textContent };
    });
    expect(box).toMatchObject({ open: false, inner: '', text: '' });
    await page.mouse.move(box.left - 15, box.top + 10);
    expect(await page.title()).not.toMatch(/BUTTON|SPAN|DIV/);
    await page.close();
  });

  test('opens nothing for a click that no person made', async () => {
    const { page } = await open('MARKED');
    await untilBadges(page, (names) => names.includes(EXACT));
    const before = extension.context.pages().length;
    await page.evaluate(() => {
      const badge = document.querySelector('witnessmark-badge') as HTMLElement;
      badge.click();
      badge.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
    });
    expect(extension.context.pages()).toHaveLength(before);
    await page.close();
  });

  test('imitated on an unmarked page leaves toolbar and panel as they are', async () => {
    const fake = `<witnessmark-badge><button aria-label="Witnessmark: ${EXACT}">news.example</button></witnessmark-badge>`;
    const { page, tabId, state } = await open(`<p>Nobody signed this.</p>${fake}`, 0);
    expect(state.items).toEqual([]);
    expect(await extension.toolbar(tabId)).toContain('No proof found');
    const panel = await extension.panel(tabId);
    await panel.getByRole('heading', { name: 'No proof found on this page.' }).waitFor();
    await panel.close();
    await page.close();
  });

  test('removed or covered by the page changes nothing in toolbar and panel', async () => {
    const { page, tabId } = await open('MARKED');
    await untilBadges(page, (names) => names.includes(EXACT));
    await page.evaluate(() => {
      document.querySelector('witnessmark-badge')?.remove();
      document.body.insertAdjacentHTML('beforeend', '<div style="position:fixed;inset:0;z-index:2147483647"></div>');
    });
    expect(contents(await extension.state(tabId))).toEqual(['verified exact']);
    expect(await extension.toolbar(tabId)).toContain('matches its record');
    const panel = await extension.panel(tabId);
    await panel.getByRole('heading', { name: EXACT }).waitFor();
    await panel.close();
    await page.close();
  });

  test('of a text that is not drawn rests: its hiding is no change of the page', async () => {
    const { page } = await open('MARKED');
    await untilBadges(page, (names) => names.includes(EXACT));
    await page.evaluate(() =>
      document.querySelector('#marked')?.setAttribute('style', 'width: 10px; overflow: visible'),
    );
    const changes = await page.evaluate(async () => {
      const badge = document.querySelector('witnessmark-badge') as HTMLElement;
      const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
      dispatchEvent(new Event('resize'));
      while (!badge.hidden) await pause(50);
      let count = 0;
      new MutationObserver((records) => {
        count += records.length;
      }).observe(badge, { attributes: true });
      await pause(1500);
      return count;
    });
    expect(changes).toBe(0);
    await page.close();
  });
});

describe('a page that floods', () => {
  test('with markers is looked at as far as the limit, and keeps running', async () => {
    const { page, state } = await extension.open(`${site.pages}/hostile`, MAX_FINDINGS);
    expect(state.items).toHaveLength(MAX_FINDINGS);
    expect(state.items.filter(({ report }) => report?.verdict === 'verified')).toEqual([]);
    expect(await page.evaluate(() => window.name)).toBe('still running');
    await page.close();
  });

  test.each([
    ['a hundred thousand elements', '<i>x</i>'.repeat(100_000)],
    ['half a million characters', `<p>${'word '.repeat(100_000)}</p>`],
    ['a deep nesting', `${'<b>'.repeat(30_000)}word`],
  ])('with %s is not compared, rather than in part', async (_, flood) => {
    const { page, state } = await open(`<div ${marker()}>${paragraphs(TEXT)}${flood}</div>`);
    expect(contents(state)).toEqual(['verified not-compared']);
    expect(state.items[0]?.report?.icon).toBe('partial');
    await page.close();
  });

  test('that never rests has its marks found all the same', async () => {
    const { page } = await open('<p>Clock: <b>0</b></p><main></main>', 0);
    await page.evaluate(() => {
      setInterval(() => {
        (document.querySelector('b') as Element).textContent = String(performance.now());
      }, 100);
    });
    await page.evaluate(
      (html) => {
        (document.querySelector('main') as Element).innerHTML = html;
      },
      `<div ${marker()}>${paragraphs(TEXT)}</div>`,
    );
    await untilBadges(page, (names) => names.includes(EXACT));
    await page.close();
  });

  test('with a proof beyond the limit is told that nothing usable came', async () => {
    site.trails.set('huge', ' '.repeat((1 << 20) + 1));
    const { page, state } = await open(`<p data-witnessmark="${site.log}/v1/trails/huge">Text.</p>`);
    expect(state.items[0]?.report?.reasons).toEqual(['trail-unreachable']);
    await page.close();
  });
});

describe('the script of a page', () => {
  test('cannot speak to the extension', async () => {
    const { page, tabId } = await open('<p>Nobody signed this.</p>', 0);
    const found = { id: 'i1', detector: 'x', rung: 'A', overlaps: [], lines: [], source: { inline: '{}' } };
    const answers = await page.evaluate(
      async ({ message, id }) => {
        const runtime = (globalThis as { chrome?: { runtime?: { sendMessage?: (...all: unknown[]) => unknown } } })
          .chrome?.runtime;
        postMessage(message, '*');
        dispatchEvent(new CustomEvent('message', { detail: message }));
        const own =
          runtime?.sendMessage === undefined ? 'no way' : await Promise.resolve(runtime.sendMessage(id, message));
        const file = await fetch(`chrome-extension://${id}/sidepanel.html`).then(
          () => 'read',
          () => 'refused',
        );
        return { own, file };
      },
      { message: { type: 'item/check', body: found }, id: new URL(extension.base).host },
    );
    expect(answers).toEqual({ own: 'no way', file: 'refused' });
    expect((await extension.state(tabId))?.items).toEqual([]);
    await page.close();
  });
});

describe('a tab that moves on', () => {
  const elsewhere = (path: string): string => site.pages.replace('//localhost', '//elsewhere.localhost') + path;

  test('to a page the extension may not read is not said to show the earlier one', async () => {
    const { page, tabId } = await open('MARKED');
    await page.goto(elsewhere('/hostile'));
    await extension.until(tabId, (state) => state === undefined);
    await page.close();
  });

  test('to a page that never ends loading neither', async () => {
    site.html.set('/endless', '<!doctype html><title>Endless</title><p>Loading');
    site.endless.add('/endless');
    const { page, tabId } = await open('MARKED');
    await page.goto(elsewhere('/endless'), { waitUntil: 'commit' });
    await extension.until(tabId, (state) => state === undefined);
    await page.close();
  });

  test('and back has the page checked again', async () => {
    const { page, tabId } = await open('MARKED');
    await page.goto(elsewhere('/hostile'));
    await extension.until(tabId, (state) => state === undefined);
    await page.goBack();
    await extension.until(tabId, (state) => contents(state).includes('verified exact'));
    expect(await badgeNames(page)).toEqual([EXACT]);
    await page.close();
  });
});
