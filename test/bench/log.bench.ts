/**
 * The log under load: attestations as any issuer sends them, from the first byte of a request to a trail that verifies.
 *
 * "Raw" is the worker's bundle in one workerd with a socket of its own, no simulator between; behind it Miniflare's R2
 * (SQLite and files) and workerd's own SQLite on this machine's disk, which is not Cloudflare's storage. `wrangler dev`
 * is what a developer runs. Tessera's POSIX log takes the same statements on the same machine in the same run.
 *
 * `MINUTES=10 npm run bench:log` for a longer run.
 */
import { startIssuer, startTestLog } from '../support/worker-harness.ts';
import { attestationSource } from './attestations.ts';
import { type Load, load } from './load.ts';
import {
  Acknowledged,
  BATCH,
  folderBytes,
  register,
  submitted,
  submittedInBatches,
  workerdMemory,
} from './log-under-load.ts';
import { type Row, report, row } from './report.ts';
import { startTessera } from './tessera-posix.ts';
import { startWranglerDev } from './wrangler-dev.ts';

const MINUTES = Number(process.env['MINUTES'] ?? 0.5);
/** Submissions under way: many for the rate, also in batches, some for the time that one takes. */
const MANY = 1024;
const BATCHES = 32;
const SOME = 256;
/** Of one measurement of latency. */
const COUNT = 4000;
const WARM = 1000;

interface Sustained {
  readonly whole: Load;
  /** Entries a second at each tenth of the run. */
  readonly rates: readonly number[];
  readonly single: Load;
  readonly latency: Load;
  readonly size: number;
  readonly missing: number;
  readonly memory: number;
  readonly bytesPerEntry: number;
}

async function sustained(): Promise<Sustained> {
  const [log, issuer] = await Promise.all([startTestLog({ witnesses: 0, bare: true }), startIssuer()]);
  await register(log.logUrl, issuer);
  const acknowledged = new Acknowledged();
  const source = attestationSource(issuer);
  await submitted(log.logUrl, source, { count: WARM, parallel: SOME, acknowledged });
  const rates: number[] = [];
  const seconds = MINUTES * 60;
  let [marked, markedAt, taken] = [0, performance.now(), 0];
  const until = performance.now() + seconds * 1000;
  const mark = (): void => {
    const now = performance.now();
    rates.push(((taken - marked) * 1000) / (now - markedAt));
    [marked, markedAt] = [taken, now];
    console.log(`raw, ${rates.length} of 10: ${Math.round(rates.at(-1) ?? 0)} entries/s`);
  };
  const timer = setInterval(mark, seconds * 100);
  const whole = await submittedInBatches(log.logUrl, source, {
    parallel: BATCHES,
    until,
    acknowledged,
    each: () => {
      taken++;
    },
  });
  clearInterval(timer);
  const single = await submitted(log.logUrl, source, { count: COUNT * 2, parallel: MANY, acknowledged });
  const latency = await submitted(log.logUrl, source, { count: COUNT, parallel: SOME, acknowledged });
  const memory = workerdMemory();
  const size = acknowledged.size;
  const missing = await acknowledged.missing(log.logUrl);
  const bytesPerEntry = folderBytes(log.folder) / size;
  await Promise.all([log.stop(), issuer.stop()]);
  return { whole, rates, single, latency, size, missing, memory, bytesPerEntry };
}

/** Two of three witnesses cosign before anybody is answered. */
async function cosigned(): Promise<Load> {
  const [log, issuer] = await Promise.all([startTestLog({ witnesses: 3, bare: true }), startIssuer()]);
  await register(log.logUrl, issuer);
  const source = attestationSource(issuer);
  await submitted(log.logUrl, source, { count: WARM, parallel: SOME });
  const done = await submitted(log.logUrl, source, { count: COUNT, parallel: SOME });
  await Promise.all([log.stop(), issuer.stop()]);
  return done;
}

async function underWranglerDev(): Promise<Load> {
  const [log, issuer] = await Promise.all([startWranglerDev(), startIssuer()]);
  await register(log.logUrl, issuer);
  const done = await submitted(log.logUrl, attestationSource(issuer), { count: COUNT / 2, parallel: 64 });
  await Promise.all([log.stop(), issuer.stop()]);
  return done;
}

/** Tessera's log under the same two loads. */
async function peer(): Promise<{ readonly name: string; readonly rate: Load; readonly latency: Load } | undefined> {
  const [tessera, issuer] = await Promise.all([startTessera(), startIssuer()]);
  if (!tessera) return undefined;
  const source = attestationSource(issuer);
  const take = (parallel: number, count: number): Promise<Load> => {
    let left = count;
    const next = (): Uint8Array | undefined => (left-- > 0 ? source().statement : undefined);
    return load({ url: tessera.add, headers: {}, parallel, next });
  };
  const [rate, latency] = [await take(MANY, COUNT * 5), await take(SOME, COUNT)];
  tessera.stop();
  await issuer.stop();
  return { name: tessera.name, rate, latency };
}

export async function logBench(): Promise<void> {
  const raw = await sustained();
  const witnessed = await cosigned();
  const dev = await underWranglerDev();
  const beside = await peer();
  const against = (value: number | undefined) =>
    beside && value !== undefined ? { peer: beside.name, peerValue: value } : {};
  const [first = 0, last = 0] = [raw.rates[0], raw.rates.at(-1)];
  const rows: Row[] = [
    row(
      `entries in batches of ${BATCH}, ${BATCHES} at once, ${MINUTES} min, log grown to ${raw.size}`,
      '1/s',
      raw.whole.perSecond,
      {
        ...against(beside?.rate.perSecond),
        goal: 2000,
        atLeast: true,
      },
    ),
    row(`entries one by one, ${MANY} at once`, '1/s', raw.single.perSecond, against(beside?.rate.perSecond)),
    row(`submit to verifiable proof, ${SOME} at once, median`, 'ms', raw.latency.p50, {
      ...against(beside?.latency.p50),
      goal: 1000,
    }),
    row('95 of 100', 'ms', raw.latency.p95, { ...against(beside?.latency.p95), goal: 2000 }),
    row('99 of 100', 'ms', raw.latency.p99, against(beside?.latency.p99)),
    row('the same with 2 of 3 cosignatures, median', 'ms', witnessed.p50),
    row('95 of 100, cosigned', 'ms', witnessed.p95, { goal: 3500 }),
    row('entries under wrangler dev, 64 at once', '1/s', dev.perSecond),
    row('submit to verifiable proof under wrangler dev, median', 'ms', dev.p50),
    row('95 of 100, wrangler dev', 'ms', dev.p95),
    row('time for an entry in the last tenth of the run, beside the first', 'ratio', first / last),
    row('memory of workerd at the end', 'MiB', raw.memory),
    row('bytes on disk for each entry, claims and indexes included', 'B', raw.bytesPerEntry),
    row('acknowledged entries that are not where they were promised', 'entries', raw.missing, { goal: 0 }),
  ];
  report('log', rows);
}
