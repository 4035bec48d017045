/** `npm run bench`, or `npm run bench -- sizes` for one of them. Fails when a budget is missed. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { hashingBench } from './hashing.bench.ts';
import { imagesBench } from './images.bench.ts';
import { logBench } from './log.bench.ts';
import { lookupBench } from './lookup.bench.ts';
import { matchBench } from './match.bench.ts';
import { pageBench } from './page.bench.ts';
import type { Row } from './report.ts';
import { sizesBench } from './sizes.bench.ts';
import { verifyBench } from './verify.bench.ts';

const BENCHES: Record<
  string,
  (options: { texts?: string; fingerprints?: string; pictures?: string }) => Promise<void>
> = {
  sizes: sizesBench,
  verify: verifyBench,
  hashing: hashingBench,
  log: logBench,
  match: matchBench,
  images: imagesBench,
  lookup: lookupBench,
  page: pageBench,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { texts: { type: 'string' }, fingerprints: { type: 'string' }, pictures: { type: 'string' } },
});
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  const bench = BENCHES[name];
  if (bench === undefined) throw new RangeError(`no bench "${name}"; there are ${Object.keys(BENCHES).join(', ')}`);
  await bench(values);
  const result = JSON.parse(readFileSync(new URL(`results/${name}.json`, import.meta.url), 'utf8')) as { rows: Row[] };
  for (const missed of result.rows.filter((each) => each.met === false)) {
    console.log(`over budget: ${missed.metric}`);
    process.exitCode = 1;
  }
}
