/** Hashing a whole log: the core's two builds beside noble, in Chromium and in Node, and what `fsck` gains by it. */
import { fileURLToPath } from 'node:url';
import { NOBLE_HASHER } from '#shared/hashing/hasher.ts';
import { ok } from '#shared/result.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import { fsck } from '../../sdk/fsck/fsck.ts';
import { nodeHasher } from '../../sdk/hashing/node-hasher.ts';
import { committedCore, HASHING_CORES } from '../checks/hashing-core.ts';
import { ManyEntries } from '../sdk/support/many-entries.ts';
import { inChromium } from './chromium.ts';
import { type HashingFixture, type HashingMeasured, measure, type PerEngine, ROUNDS } from './measure-hashing.ts';
import { machine, report, row } from './report.ts';

const PEER = 'noble in the same run';
const FSCK_ENTRIES = 100_000;

const base64 = (path: string): string => Buffer.from(committedCore(path)).toString('base64');

/** Seconds for a log in memory, with the core and with noble. */
async function fsckSeconds(): Promise<readonly [core: number, noble: number]> {
  const log = new ManyEntries(FSCK_ENTRIES);
  const files = new Map<string, Uint8Array | undefined>();
  const source = {
    name: 'memory',
    read: async (path: string) => {
      if (!files.has(path)) files.set(path, log.file(path));
      return ok(files.get(path));
    },
  };
  const trust = parseTrust(log.trust());
  if (!trust.ok) throw new Error(trust.reason);
  const seconds: number[] = [];
  // The first fills the files and warms the engine.
  for (const hasher of [nodeHasher(), nodeHasher(), NOBLE_HASHER]) {
    const started = performance.now();
    const checked = await fsck(source, { trust: trust.value, hasher });
    if (!checked.ok || checked.value.verdict !== 'verified') throw new Error('the log is not verified');
    seconds.push((performance.now() - started) / 1000);
  }
  return [seconds[1] ?? Number.NaN, seconds[2] ?? Number.NaN];
}

export async function hashingBench(): Promise<void> {
  const [simd, scalar] = HASHING_CORES;
  const fixture: HashingFixture = { simd: base64(simd.path), scalar: base64(scalar.path) };
  const entry = fileURLToPath(new URL('measure-hashing.ts', import.meta.url));
  const { result: chromium, version } = await inChromium<HashingMeasured>(entry, fixture);
  const node = await measure(fixture);
  const [withCore, withNoble] = await fsckSeconds();
  const best = `best of ${ROUNDS} rounds`;
  const rate = (what: string, { simd, noble }: PerEngine) => row(what, '1/s', simd, { peer: PEER, peerValue: noble });
  const nodes = chromium.nodes.best;
  report(
    'hashing',
    [
      row(`Merkle nodes in Chromium, SIMD, ${best}`, '1/s', nodes.simd, {
        peer: PEER,
        peerValue: nodes.noble,
        goal: 4_000_000,
        atLeast: true,
      }),
      row(`the same, times as many as noble`, 'ratio', nodes.simd / nodes.noble, { goal: 5, atLeast: true }),
      rate('Merkle nodes in Chromium, SIMD, median round', chromium.nodes.median),
      rate(`Merkle nodes in Chromium, without SIMD, ${best}`, { ...nodes, simd: nodes.scalar }),
      rate(`entries of 350 bytes audited in Chromium, SIMD, ${best}`, chromium.audit.best),
      rate(`Merkle nodes in Node, SIMD, ${best}`, node.nodes.best),
      rate(`Merkle nodes in Node, without SIMD, ${best}`, { ...node.nodes.best, simd: node.nodes.best.scalar }),
      rate(`entries of 350 bytes audited in Node, SIMD, ${best}`, node.audit.best),
      row(`fsck of ${FSCK_ENTRIES} entries in memory, statements read as well`, 's', withCore, {
        peer: 'the same with noble',
        peerValue: withNoble,
      }),
      row('the core with SIMD', 'bytes', committedCore(simd.path).length),
      row('the core without', 'bytes', committedCore(scalar.path).length),
    ],
    `${machine()}, ${version}`,
  );
}
