/**
 * The lookup index as it grows: what a reader's page costs, how fast the log fills it, and what it takes on disk.
 *
 * Everything goes through the log's own door in a real workerd. Behind it is workerd's SQLite on this machine's disk,
 * which is not Cloudflare's storage, and all shards share one thread here. Filters are built meanwhile, and measured as
 * a reader has them. Once, the index is thrown away and built again from the log, which shows how fast it takes rows when
 * nothing else is to be done.
 *
 * `npm run bench:lookup -- --fingerprints 1e7` grows it further than to 10^6.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FINGERPRINT_ALGS } from '#shared/fingerprint/attested-fingerprints.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { startIssuer, startTestLog } from '../support/worker-harness.ts';
import { seededRandom } from './attacks/random.ts';
import { type FilterFigures, filterFigures } from './filter-figures.ts';
import { load } from './load.ts';
import { register } from './log-under-load.ts';
import { median } from './median.ts';
import { OutputsAhead } from './outputs-ahead.ts';
import { type Row, report, row } from './report.ts';

/** Fingerprints in the index when it is measured. */
const SIZES = [1e5, 1e6, 1e7];
/** Windows of a page that are asked for, and how many requests a browser has under way to one host. */
const WINDOWS = 40;
const AT_ONCE = 6;
const PAGES = 25;
const PARALLEL = 64;
/** The index is built again at the last size that is no larger: what that takes grows with it, and nothing else is learnt. */
const REBUILT_AT = 1e6;

/** Where the shards are kept. */
function shardsFolder(folder: string): string {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  const found = all.find((entry) => entry.isDirectory() && entry.name.endsWith('LookupDO'));
  if (!found) throw new Error('no folder of shards');
  return join(found.parentPath, found.name);
}

/** Bytes of the shards' databases, of a log that does not run: their files also hold what SQLite wrote ahead. */
function indexBytes(folder: string): number {
  const path = shardsFolder(folder);
  let bytes = 0;
  for (const file of readdirSync(path).filter((name) => name.endsWith('.sqlite'))) {
    const database = new DatabaseSync(join(path, file));
    const pages = database.prepare('SELECT page_count * page_size AS n FROM pragma_page_count, pragma_page_size').get();
    bytes += Number(pages?.['n']);
    database.close();
  }
  return bytes;
}

async function untilDelivered(log: LocalLog): Promise<void> {
  for (;;) {
    const answer = await fetch(`${log.logUrl}/metrics`, { headers: { authorization: `Bearer ${log.adminToken}` } });
    if (/^witnessmark_undelivered_packs 0$/m.test(await answer.text())) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Filled {
  readonly outputs: number;
  readonly fingerprints: number;
  /** While outputs were sent, and until the last was in the index. */
  readonly seconds: number;
}

/** Submits outputs until the index has so many fingerprints. */
async function fill(log: LocalLog, source: OutputsAhead, from: number, to: number): Promise<Filled> {
  let [outputs, fingerprints, seconds] = [0, from, 0];
  while (fingerprints < to) {
    const batch = await source.take(({ fingerprints: brought }) => {
      if (fingerprints >= to) return false;
      for (const alg of FINGERPRINT_ALGS) fingerprints += brought[alg].length;
      return true;
    });
    outputs += batch.length;
    const started = performance.now();
    const { statuses } = await load({
      url: `${log.logUrl}/v1/attestations`,
      headers: { 'content-type': 'application/json' },
      parallel: PARALLEL,
      next: () => batch.pop()?.body,
    });
    await untilDelivered(log);
    seconds += (performance.now() - started) / 1000;
    if (Object.keys(statuses).join() !== '201') throw new Error(`answered ${JSON.stringify(statuses)}`);
  }
  return { outputs, fingerprints, seconds };
}

interface Page {
  readonly bytes: number;
  readonly milliseconds: number;
}

/** A page's windows looked up by prefixes that nobody has asked for, as a reader without a cache does. */
async function lookUpPage(log: LocalLog, random: () => number): Promise<Page> {
  const waiting = Array.from({ length: WINDOWS }, (_, n) => {
    const prefix = Math.floor(random() * 65_536)
      .toString(16)
      .padStart(4, '0');
    return `${log.logUrl}/v1/lookup/${FINGERPRINT_ALGS[n % 2]}/${prefix}`;
  });
  let bytes = 0;
  const started = performance.now();
  const connection = async (): Promise<void> => {
    for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
      const answer = await fetch(url);
      if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
      bytes += (await answer.arrayBuffer()).byteLength;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, connection));
  return { bytes, milliseconds: performance.now() - started };
}

interface Measured extends Page {
  readonly size: number;
  /** Fingerprints a second through the log's door into the index. */
  readonly rate: number;
  readonly bytesPerOutput: number;
  readonly filters: FilterFigures;
}

export async function lookupBench({ fingerprints: most = '1e6' }: { fingerprints?: string }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'witnessmark-lookup-'));
  const start = (): Promise<LocalLog> => startTestLog({ folder, witnesses: 0, bare: true });
  let log = await start();
  const issuer = await startIssuer();
  await register(log.logUrl, issuer);
  const [source, random] = [new OutputsAhead(issuer), seededRandom('pages')];
  const measured: Measured[] = [];
  let [outputs, fingerprints, rebuilt] = [0, 0, 0];
  for (const size of SIZES.filter((each) => each <= Number(most))) {
    const filled = await fill(log, source, fingerprints, size);
    const rate = (filled.fingerprints - fingerprints) / filled.seconds;
    fingerprints = filled.fingerprints;
    outputs += filled.outputs;
    const filters = await filterFigures(log, 'wm-winnow-1', random);
    const pages: Page[] = [];
    for (let n = 0; n < PAGES; n++) pages.push(await lookUpPage(log, random));
    const [bytes, milliseconds] = [
      median(pages.map((page) => page.bytes)),
      median(pages.map((page) => page.milliseconds)),
    ];
    await log.stop();
    const bytesPerOutput = indexBytes(folder) / outputs;
    const isRebuilt = size <= REBUILT_AT;
    if (isRebuilt) rmSync(shardsFolder(folder), { recursive: true });
    log = await start();
    if (isRebuilt) rebuilt = fingerprints / (await untilWhole(log));
    measured.push({ size, bytes, milliseconds, rate, bytesPerOutput, filters });
    console.log(`${size} fingerprints: ${Math.round(rate)}/s, ${Math.round(milliseconds)} ms, ${bytes} bytes a page`);
  }
  await Promise.all([log.stop(), issuer.stop(), source.stop()]);
  rmSync(folder, { recursive: true, force: true });
  report('lookup', rows(measured, { rate: rebuilt, each: fingerprints / outputs }));
}

/** A reader asks a shard that was lost; seconds until the index is whole again. */
async function untilWhole(log: LocalLog): Promise<number> {
  const started = performance.now();
  for (;;) {
    const answer = await fetch(`${log.logUrl}/v1/lookup/wm-winnow-1/0000`);
    await answer.arrayBuffer();
    if (answer.status === 200) return (performance.now() - started) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function rows(measured: readonly Measured[], whole: { readonly rate: number; readonly each: number }): Row[] {
  const [first, last] = [measured[0], measured.at(-1)];
  const at = ({ size }: Measured): string => `10^${Math.round(Math.log10(size))} fingerprints`;
  return [
    row('fingerprints of an output of 500 words in five passages', 'each', whole.each),
    ...measured.flatMap((each) => [
      row(`${at(each)}: a page of ${WINDOWS} windows, ${AT_ONCE} requests at once`, 'ms', each.milliseconds),
      row(`${at(each)}: bytes of that page, before compression`, 'KiB', each.bytes / 1024),
      row(`${at(each)}: outputs with their fingerprints into log and index`, 'fingerprints/s', each.rate),
      row(`${at(each)}: the index in SQLite, for each output`, 'B', each.bytesPerOutput),
      row(`${at(each)}: for each fingerprint`, 'B', each.bytesPerOutput / whole.each),
      row(`${at(each)}: ${each.filters.filters} filters, for each fingerprint`, 'bits', each.filters.bitsPerKey),
      row(`${at(each)}: fetched by a reader who has no filters`, 'KiB', each.filters.bytes / 1024),
      row(
        `${at(each)}: strange fingerprints that a filter takes for attested ones`,
        'of a million',
        1e6 * each.filters.wrong,
        {
          peer: '2^-16 for each filter asked',
          peerValue: 1e6 * each.filters.expected,
        },
      ),
    ]),
    ...(first && last && first !== last
      ? [
          row(`a page at ${at(last)}, beside ${at(first)}`, 'ratio', last.milliseconds / first.milliseconds),
          row(`ingest at ${at(last)}, beside ${at(first)}`, 'ratio', last.rate / first.rate),
          row(
            `storage for each fingerprint at ${at(last)}, beside ${at(first)}`,
            'ratio',
            last.bytesPerOutput / first.bytesPerOutput,
          ),
          row(
            `bits for each fingerprint at ${at(last)}, beside ${at(first)}`,
            'ratio',
            last.filters.bitsPerKey / first.filters.bitsPerKey,
          ),
          row(
            `strange fingerprints taken for attested ones at ${at(last)}, beside ${at(first)}`,
            'ratio',
            last.filters.wrong / first.filters.wrong,
          ),
        ]
      : []),
    row('every shard lost: the index built again from the log', 'fingerprints/s', whole.rate),
  ];
}
