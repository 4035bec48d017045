/**
 * The log under load: attestations as any issuer sends them, from the first byte of a request to a trail that verifies.
 * The worker's own bundle in workerd; behind it Miniflare's R2 and SQLite on this machine's disk, which is not
 * Cloudflare's storage. Beside it Tessera's POSIX log, which takes the same statements on the same machine.
 */
import { readFileSync } from 'node:fs';
import { statementId } from '#shared/attestation/statement.ts';
import { fromBase64 } from '#shared/bytes/base64.ts';
import { parseTlogProof } from '#shared/log/proof.ts';
import { TILE_WIDTH } from '#shared/log/tile.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { fsck } from '../../sdk/fsck/fsck.ts';
import { readBundleFile, widthOf } from '../../sdk/log/log-files.ts';
import { httpLogSource } from '../../sdk/log/log-source.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { attestationOf, type IssuerOrigin, postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';
import { type Load, load } from './load.ts';
import { type Row, report, row } from './report.ts';
import { startTessera } from './tessera-posix.ts';

const PARALLEL = 256;
const WINDOW = 2000;
/** How many windows; `WINDOWS=50` in the environment makes a longer run. */
const WINDOWS = Number(process.env['WINDOWS'] ?? 4);
const JSON_BODY = { 'content-type': 'application/json' };

interface Run {
  readonly log: LocalLog;
  readonly issuer: IssuerOrigin;
}

async function started(witnesses: number): Promise<Run> {
  const [log, issuer] = await Promise.all([startTestLog({ witnesses, bare: true }), startIssuer()]);
  await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
  return { log, issuer };
}

let made = 0;
function attestations({ issuer }: Run, count: number): ReturnType<typeof attestationOf>[] {
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  return Array.from({ length: count }, () => attestationOf(`Output number ${made++}.`, issuer.origin, key));
}

/** Posts attestations and holds the log to each answer: 201, a trail, an index of its own. */
async function window({ log }: Run, bodies: readonly object[], acknowledged: Map<number, string>): Promise<Load> {
  const sent = bodies.map((body) => JSON.stringify(body));
  const done = await load(`${log.logUrl}/v1/attestations`, sent, PARALLEL, JSON_BODY);
  if (done.statuses[201] !== bodies.length) throw new Error(`answers by status: ${JSON.stringify(done.statuses)}`);
  for (const text of done.answers) {
    const trail = parseTrail(text);
    const proof = trail.ok ? parseTlogProof(trail.value.proof) : trail;
    if (!trail.ok || !proof.ok) throw new Error('an answer is not a trail');
    acknowledged.set(proof.value.index, statementId(trail.value.statement));
  }
  return done;
}

/** Re-derives the log from its tiles and looks each acknowledged entry up under the index it was given. */
async function lost({ log }: Run, acknowledged: ReadonlyMap<number, string>): Promise<number> {
  const source = httpLogSource(`${log.logUrl}/log`);
  if (!source) throw new Error('no address');
  const checked = await fsck(source);
  if (!checked.ok || checked.value.problems.length > 0) throw new Error('fsck found problems');
  const { size } = checked.value;
  const ids: string[] = [];
  for (let n = 0; n * TILE_WIDTH < size; n++) {
    const bundle = await readBundleFile(source, n, widthOf(n, size));
    if (!bundle.ok) throw new Error('a bundle could not be read');
    ids.push(...bundle.value.map(statementId));
  }
  return [...acknowledged].filter(([index, id]) => ids[index] !== id).length;
}

/** Resident memory of the workerd that this process started, in MiB. */
function workerdMemory(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  const kilobytes = children.map((pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return /^Name:\s+workerd/m.test(status) ? Number(/^VmRSS:\s+([0-9]+) kB/m.exec(status)?.[1] ?? 0) : 0;
  });
  return Math.max(...kilobytes) / 1024;
}

export async function logBench(): Promise<void> {
  const acknowledged = new Map<number, string>();
  const rows: Row[] = [];
  const alone = await started(0);
  const windows: Load[] = [];
  await window(alone, attestations(alone, 200), acknowledged);
  for (let n = 0; n < WINDOWS; n++) {
    windows.push(await window(alone, attestations(alone, WINDOW), acknowledged));
    console.log(`window ${n + 1} of ${WINDOWS}: ${Math.round(windows.at(-1)?.perSecond ?? 0)} entries/s`);
  }
  const memory = workerdMemory();
  const missing = await lost(alone, acknowledged);
  await Promise.all([alone.log.stop(), alone.issuer.stop()]);

  const witnessed = await started(3);
  const cosigned = await window(witnessed, attestations(witnessed, WINDOW), new Map());
  const statements = attestations(witnessed, WINDOW).map(({ statement }) => fromBase64(statement) ?? new Uint8Array());
  await Promise.all([witnessed.log.stop(), witnessed.issuer.stop()]);

  const peer = await startTessera();
  const peerLoad = peer && (await load(peer.add, statements, PARALLEL, {}));
  peer?.stop();

  const beside = (value: keyof Load) =>
    peer && peerLoad ? { peer: peer.name, peerValue: Number(peerLoad[value]) } : {};
  const [first, last] = [windows[0], windows.at(-1)];
  if (!first || !last) throw new RangeError('WINDOWS: at least one');
  const mean = windows.reduce((sum, { perSecond }) => sum + perSecond, 0) / windows.length;
  const size = acknowledged.size;
  rows.push(
    row(`entries, ${PARALLEL} at once, log grown to ${size}`, '1/s', mean, {
      ...beside('perSecond'),
      goal: 2000,
      atLeast: true,
    }),
    row('submit to verifiable proof, median', 'ms', last.p50, { ...beside('p50'), goal: 1000 }),
    row('submit to verifiable proof, 95 of 100', 'ms', last.p95, { ...beside('p95'), goal: 2000 }),
    row('submit to verifiable proof, 99 of 100', 'ms', last.p99, beside('p99')),
    row('the same with 2 of 3 cosignatures, 95 of 100', 'ms', cosigned.p95, { goal: 3500 }),
    row('time for an entry in the last window, beside the first', 'ratio', first.perSecond / last.perSecond),
    row('memory of workerd at the end', 'MiB', memory),
    row('acknowledged entries that are not where they were promised', 'entries', missing, { goal: 0 }),
  );
  report('log', rows);
}
