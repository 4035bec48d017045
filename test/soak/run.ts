/**
 * `npm run soak`: kills the log at random moments until there were enough kills, or the time is over; prints what
 * happened and fails where any of I1 to I7 was broken. Each hundred kills begin on a new log.
 */
import { parseArgs } from 'node:util';
import { type KillSummary, noKills, runKills } from './kill-run.ts';

const PER_LOG = 100;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(
    'npm run soak -- [--kills N] [--minutes N] [--seed N]\nKills a running log N times (1000), or for N minutes.',
  );
  process.exit(0);
}

const wanted = Number(values.kills);
const start = performance.now();
const deadline = values.minutes === undefined ? Number.POSITIVE_INFINITY : start + Number(values.minutes) * 60_000;
const COUNTS = [
  'kills',
  'starting',
  'afterAcknowledgement',
  'staged',
  'unpublished',
  'acknowledged',
  'duplicates',
  'entries',
] as const satisfies readonly (keyof KillSummary)[];
const total = noKills(Number(values.seed));

const minutes = (): string => ((performance.now() - start) / 60_000).toFixed(1);

for (let n = 0; total.kills < wanted && performance.now() < deadline && total.violations.length === 0; n++) {
  const done = total.kills;
  const seed = (total.seed + n) >>> 0;
  console.log(`log ${n + 1}, seed ${seed}`);
  const summary = await runKills({
    seed,
    kills: Math.min(PER_LOG, wanted - done),
    deadline,
    progress: ({ kills, acknowledged, entries }) => {
      const line = `${done + kills} of ${wanted} kills, ${acknowledged} acknowledged, ${entries} entries, ${minutes()} min`;
      process.stdout.write(process.stdout.isTTY ? `\r${line}` : kills % 10 === 0 ? `${line}\n` : '');
    },
  });
  for (const count of COUNTS) total[count] += summary[count];
  total.violations.push(...summary.violations);
}

console.log(`
${total.kills} kills in ${minutes()} min (seed ${total.seed})
  ${total.afterAcknowledgement} right after an acknowledgement, ${total.starting} while the log was starting
  ${total.staged} between commit and upload, ${total.unpublished} between commit and publication
  ${total.acknowledged} entries acknowledged, ${total.duplicates} answered again, ${total.entries} logged
${total.violations.length} violations of I1 to I7`);
for (const violation of total.violations.slice(0, 50)) console.log(`  ${violation}`);
process.exitCode = total.violations.length > 0 || total.kills === 0 ? 1 : 0;
