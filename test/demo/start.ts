/**
 * `npm start`: the whole of Witnessmark on one machine, for a reader to look at; `--once` drives it headless.
 */
import { join, relative } from 'node:path';
import { ROOT } from '../checks/source.ts';
import { findBrowser } from '../support/browser.ts';
import { startDemo } from './demo.ts';
import { hasDisplay, openWindow } from './extension.ts';
import { readEverything, SHOTS } from './once.ts';
import { type DemoOptions, parseOptions, USAGE, UsageError } from './options.ts';
import { print, say, table } from './progress.ts';

const STATE = join(ROOT, '.witnessmark');
const ONCE_LIMIT_MS = 170_000;

type Demo = Awaited<ReturnType<typeof startDemo>>;

async function once(demo: Demo): Promise<number> {
  const chromium = findBrowser('chromium');
  if (chromium === undefined) throw new Error('no Chromium found: `apt-get install chromium`, or set CHROMIUM_PATH');
  say(`reading ${demo.stories.length} pages in ${chromium}`);
  const rows = await readEverything(demo, chromium, say);
  const wrong = rows.filter(({ expected, seen }) => expected !== seen);
  print();
  print(
    table(
      ['', 'page', 'shows', 'expected', 'seen'],
      rows.map((row) => [
        row.expected === row.seen ? 'ok' : '✗',
        row.page,
        row.shows,
        row.expected,
        row.expected === row.seen ? 'the same' : row.seen,
      ]),
    ),
  );
  print();
  print(`screenshots of pages and side panel: ${SHOTS}`);
  print(`${rows.length - wrong.length} as expected, ${wrong.length} different`);
  return wrong.length === 0 && rows.length > 0 ? 0 : 1;
}

function addresses(demo: Demo): void {
  print();
  print(`  magazine        ${demo.publisher.origin}/`);
  print(`  issuer          ${demo.issuer.origin}/`);
  print(`  log             ${demo.log.base}/log/checkpoint`);
  print(`  API reference   ${demo.log.base}/reference`);
  for (const story of demo.stories.slice(0, 3)) {
    const page = /href="([^"]+\/t\/[^"]+)"/.exec(story.note.join(''))?.[1];
    if (page !== undefined) print(`  trail page      ${page}   (${story.title})`);
  }
  print();
  const { base } = demo.log;
  const trust = relative(process.cwd(), demo.trust);
  const id = /\/t\/([\w-]+)/.exec(demo.stories[0]?.note.join('') ?? '')?.[1];
  if (id !== undefined) print(`  check one here  npx witnessmark verify ${base}/v1/trails/${id} --policy ${trust}`);
  print();
}

function open(demo: Demo, options: DemoOptions): (() => void) | undefined {
  const chromium = findBrowser('chromium');
  const byHand = `chrome://extensions → Developer mode → Load unpacked → ${demo.extension}`;
  if (chromium !== undefined && options.browser && hasDisplay()) {
    const child = openWindow(chromium, demo.extension, join(STATE, 'profile'), `${demo.publisher.origin}/`);
    say(`opened Chromium with the extension (process ${child.pid})`);
    return () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    };
  }
  if (chromium === undefined)
    print('  No Chromium found. Install it (`apt-get install chromium`), or in a Chrome you have:');
  else print('  To look with the extension:');
  print(`  ${byHand}`);
  if (chromium !== undefined) print(`  or: ${chromium} --load-extension=${demo.extension} ${demo.publisher.origin}/`);
  print();
  return undefined;
}

const interrupted = (): Promise<void> =>
  new Promise((done) => {
    process.once('SIGINT', done);
    process.once('SIGTERM', done);
  });

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    print(USAGE);
    return 0;
  }
  const stopped = interrupted().then(() => 'stopped' as const);
  const demo = await startDemo({
    state: options.once ? join(STATE, 'once') : STATE,
    fresh: options.fresh || options.once,
    ...(options.texts === undefined ? {} : { texts: options.texts }),
    say,
  });
  try {
    if (options.once) {
      const late = new Promise<number>((_, failed) =>
        setTimeout(() => failed(new Error(`not done after ${ONCE_LIMIT_MS / 1000} s`)), ONCE_LIMIT_MS).unref(),
      );
      const code = await Promise.race([once(demo), stopped, late]);
      return code === 'stopped' ? 130 : code;
    }
    addresses(demo);
    const close = open(demo, options);
    print('  Ctrl-C stops everything.');
    await stopped;
    print();
    close?.();
    return 0;
  } finally {
    say('stopping');
    await demo.stop();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error);
    process.exit(1);
  },
);
