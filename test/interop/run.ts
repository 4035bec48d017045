/**
 * `npm run interop`: our log, witness, client, statements and receipts against programs of others, for real, on
 * loopback. `-- --record` also writes what the witnesses said to test/fixtures, where `npm test` replays it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startAttestingLog } from './attesting-log.ts';
import { cosigningSteps } from './cosigning.ts';
import { loadtestSteps } from './loadtest.ts';
import { mlDsaSteps } from './ml-dsa.ts';
import { pdqSteps } from './pdq.ts';
import { scittSteps } from './scitt.ts';
import { once, type Step } from './steps.ts';
import { tesseraSteps } from './tessera.ts';
import { INTEROP, Missing, needTools } from './tools.ts';

const stops: (() => Promise<void>)[] = [];
/** Remembers how to stop what a step started. */
const keep = async <T extends { stop: () => Promise<void> }>(started: Promise<T>): Promise<T> => {
  const running = await started;
  stops.push(running.stop);
  return running;
};

const filledLog = once(() => keep(startAttestingLog()));
const steps: readonly Step[] = [
  ...cosigningSteps(keep, process.argv.includes('--record')),
  ...loadtestSteps(keep),
  ...tesseraSteps(filledLog),
  ...scittSteps(filledLog),
  ...mlDsaSteps(filledLog),
  ...pdqSteps(),
];

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const { name, needs, run } of steps) {
  const began = performance.now();
  const seconds = (): string => ((performance.now() - began) / 1000).toFixed(1);
  try {
    needTools(needs);
    const seen = await run();
    counts.passed++;
    console.log(`ok      ${name}: ${seen} (${seconds()} s)`);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const missing = thrown instanceof Missing;
    counts[missing ? 'skipped' : 'failed']++;
    console.log(`${missing ? 'skipped' : 'FAILED '} ${name}: ${why}`);
  }
}
await Promise.allSettled(stops.map((stop) => stop()));

mkdirSync(INTEROP, { recursive: true });
writeFileSync(join(INTEROP, 'summary.json'), JSON.stringify(counts));
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
// What a failed step left behind ends here too.
process.exit(counts.failed === 0 ? 0 : 1);
