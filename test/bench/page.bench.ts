/**
 * What discovery costs a page and how soon it shows something, in real Chromium with the real extension: a page of ten
 * thousand blocks, and one on which an answer is being written. Costs are the main thread's own time, read from Chromium's
 * trace: of what the clock shows on a machine with other work, part is others'.
 */
import type { Page } from 'playwright-core';
import { World } from '../support/build-trail.ts';
import { type ExtensionBrowser, startExtension } from '../support/extension-tab.ts';
import { type FixtureSite, paragraphs, startFixtureSite } from '../support/fixture-site.ts';
import { indexTexts } from '../support/indexed-text.ts';
import { median } from './median.ts';
import { scriptCost, traceOf } from './page-trace.ts';
import { measurePictures } from './picture-pages.ts';
import { machine, report, row } from './report.ts';

const BLOCKS = 10_000;
const ROUNDS = 5;
const STREAM_MS = 8000;
const SETTLED_MS = 3000;
const MIB = 1 << 20;

const words = (name: string, count: number): string => Array.from({ length: count }, (_, n) => `${name}${n}`).join(' ');
const TEXT = ['a', 'b', 'c'].map((part) => words(`attested${part}`, 60)).join('\n');

/** Blocks of forty words, in sections, as a long thread or manual has them. */
function blocks(count: number): string {
  const all: string[] = [];
  for (let n = 0; n < count; n++) {
    if (n % 20 === 0) all.push(`${n === 0 ? '' : '</section>'}<section><h2>Part ${n / 20}</h2>`);
    all.push(`<p>${words(`w${n}x`, 40)} <a href="#">more</a></p>`);
  }
  return `${all.join('\n')}</section>`;
}

const page = (body: string): string => `<!doctype html><title>Page</title><body>${body}`;

/** Writes word after word into the page, a paragraph each sixty, one batch of changes a frame; gives how many. */
async function stream(tab: Page, milliseconds: number): Promise<number> {
  return tab.evaluate(async (length) => {
    const answer = document.querySelector('#answer') as HTMLElement;
    const end = performance.now() + length;
    let paragraph = answer.appendChild(document.createElement('p'));
    let batches = 0;
    while (performance.now() < end) {
      paragraph.append(`stream${batches} `);
      if (++batches % 60 === 0) paragraph = answer.appendChild(document.createElement('p'));
      await new Promise(requestAnimationFrame);
    }
    return batches;
  }, milliseconds);
}

/** Milliseconds from the moment a text is on the page until there is a badge. */
const badgeAfter = (tab: Page, html: string): Promise<number> =>
  tab.evaluate(
    (inner) =>
      new Promise<number>((done) => {
        const article = document.createElement('article');
        article.innerHTML = inner;
        let shown = 0;
        new MutationObserver((records, observer) => {
          const isBadge = (node: Node): boolean => node.nodeName === 'WITNESSMARK-BADGE';
          if (!records.some(({ addedNodes }) => [...addedNodes].some(isBadge))) return;
          observer.disconnect();
          done(performance.now() - shown);
        }).observe(document.documentElement, { childList: true });
        document.body.prepend(article);
        requestAnimationFrame(() => {
          shown = performance.now();
        });
      }),
    html,
  );

/** Bytes of JavaScript in the page's process, after its garbage was collected. */
async function heapOf(tab: Page): Promise<number> {
  const session = await tab.context().newCDPSession(tab);
  try {
    await session.send('HeapProfiler.collectGarbage');
    await session.send('Performance.enable');
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
  } finally {
    await session.detach();
  }
}

async function open(extension: ExtensionBrowser, address: string): Promise<Page> {
  const tab = await extension.context.newPage();
  await tab.goto(address);
  return tab;
}

async function measure(extension: ExtensionBrowser, site: FixtureSite) {
  const ours = (url: string): boolean => url === `${extension.base}detector.js`;
  const host = new URL(site.pages).host;
  const discover = (on: boolean) => extension.ask('discovery/set', { tabId: -1, host, on });
  const settled = (tab: Page) => tab.waitForTimeout(SETTLED_MS);

  await discover(true);
  const first = await open(extension, 'about:blank');
  const firstPass = scriptCost(
    await traceOf(first, async () => {
      await first.goto(`${site.pages}/long`);
      await settled(first);
    }),
    ours,
  );
  const scrolled = scriptCost(
    await traceOf(first, async () => {
      for (let n = 0; n < 20; n++) {
        await first.mouse.wheel(0, 700);
        await first.waitForTimeout(150);
      }
    }),
    ours,
  );
  await first.close();

  const live = await open(extension, `${site.pages}/live`);
  await settled(live);
  let batches = 0;
  const streaming = scriptCost(
    await traceOf(live, async () => {
      batches = await stream(live, STREAM_MS);
    }),
    ours,
  );
  await live.close();

  const heaps = { on: [] as number[], off: [] as number[] };
  const shown: number[] = [];
  // The first time the log is asked; a reader who comes again has the answer.
  for (let n = 0; n <= ROUNDS; n++) {
    for (const on of [true, false]) {
      await discover(on);
      const tab = await open(extension, `${site.pages}/long`);
      await settled(tab);
      heaps[on ? 'on' : 'off'].push(await heapOf(tab));
      await tab.close();
    }
    await discover(true);
    const calm = await open(extension, `${site.pages}/calm`);
    await settled(calm);
    const after = await badgeAfter(calm, paragraphs(TEXT));
    if (n > 0) shown.push(after);
    await calm.close();
  }
  return { firstPass, scrolled, streaming, batches, heap: (median(heaps.on) - median(heaps.off)) / MIB, shown };
}

/** See the file's header. */
export async function pageBench(): Promise<void> {
  const world = new World({ origin: 'main.example/log' });
  const site = await startFixtureSite();
  let extension: ExtensionBrowser | undefined;
  try {
    indexTexts(site, world, [{ entry: world.issue(TEXT), text: TEXT, published: true }]);
    site.html.set('/long', page(blocks(BLOCKS)));
    site.html.set('/live', page(`<main id="answer"></main>${blocks(200)}`));
    site.html.set('/calm', page(blocks(200)));
    extension = await startExtension(world.trustText().replace(/log (\S+)\\n/, `log $1 ${site.log}/log\\n`));
    const { firstPass, scrolled, streaming, batches, heap, shown } = await measure(extension, site);
    await extension.ask('discovery/set', { tabId: -1, host: new URL(site.pages).host, on: true });
    const pictures = await measurePictures(extension, site, world);
    const version = extension.context.browser()?.version();
    report(
      'page',
      [
        row(`first pass over ${BLOCKS} blocks, main thread in all`, 'ms', firstPass.total, { goal: 60 }),
        row('first pass, longest share of one task', 'ms', firstPass.longest, { goal: 8 }),
        row('first pass, longest share by the clock of this machine', 'ms', firstPass.longestByClock),
        row('scrolling through 20 screens of it, longest share of one task', 'ms', scrolled.longest, { goal: 8 }),
        row('scrolling, main thread for each screen', 'ms', scrolled.total / 20),
        row('an answer being written, longest share of one task', 'ms', streaming.longest, { goal: 8 }),
        row('an answer being written, for each batch of changes', 'ms', streaming.total / batches, { goal: 0.3 }),
        row(`heap beside the same page without discovery, ${BLOCKS} blocks`, 'MiB', heap, { goal: 10 }),
        row('text that comes to the page until its badge, trail cached, median', 'ms', median(shown), { goal: 200 }),
        row('text that comes to the page until its badge, trail cached, longest', 'ms', Math.max(...shown), {
          goal: 200,
        }),
        ...pictures,
      ],
      `${machine()}, Chromium ${version ?? 'installed'}`,
    );
  } finally {
    await extension?.stop();
    await site.stop();
  }
}
