/**
 * The whole check in one command with one summary: lint and format, types, import law, unused code, then every test.
 * `--fast` leaves out the tests that start browsers. Each step runs even when another one failed, so that one run shows
 * everything that is wrong.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importLaw, tooLong } from './checks/import-law.ts';
import { ROOT, typescriptFiles } from './checks/source.ts';

const fast = process.argv.includes('--fast');
const REPORT = join(ROOT, 'dist/vitest.json');
const env = {
  ...process.env,
  PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH ?? ''}`,
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
  // Many tests start a Node of their own; each would strip and compile the same files again.
  NODE_COMPILE_CACHE: join(ROOT, 'dist/compiled'),
};

/** What a step said, where it was not shown at once. */
interface Done {
  readonly passed: boolean;
  readonly said: string;
}

async function tool(command: string, ...args: string[]): Promise<Done> {
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const [code] = await once(child, 'close');
  return { passed: code === 0, said };
}

async function shown(command: string, ...args: string[]): Promise<Done> {
  const [code] = await once(spawn(command, args, { cwd: ROOT, env, stdio: 'inherit' }), 'close');
  return { passed: code === 0, said: '' };
}

async function houseRules(): Promise<Done> {
  const files = typescriptFiles();
  const violations = [...importLaw(files), ...tooLong(files)];
  return {
    passed: violations.length === 0,
    said: violations.map(({ file, problem }) => `${file}: ${problem}\n`).join(''),
  };
}

const withoutBrowsers = fast ? ['--project=!e2e'] : [];

type Step = readonly [string, () => Promise<Done>];

/** One after the other, while the tests run. */
const STILL: readonly Step[] = [
  ['lint and format', () => tool('biome', 'check', '--error-on-warnings', '.')],
  ['types', () => tool('tsc', '-b')],
  ['import law, file length', houseRules],
  ['unused code', () => tool('knip', '--no-progress')],
];

const TESTS: Step = [
  'tests',
  () =>
    shown('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`, ...withoutBrowsers),
];

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** What vitest counted; a file that could not even be loaded is a failure too. */
function counted(): { passed: number; failed: number; skipped: number; skippedNames: string[] } {
  if (!existsSync(REPORT)) return { passed: 0, failed: 0, skipped: 0, skippedNames: [] };
  const report = JSON.parse(readFileSync(REPORT, 'utf8')) as Report;
  const unloadable = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const skippedNames = report.testResults.flatMap((file) =>
    file.assertionResults.filter(({ status }) => /pending|skipped|todo/.test(status)).map(({ fullName }) => fullName),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloadable.length,
    skipped: report.numPendingTests,
    skippedNames,
  };
}

mkdirSync(join(ROOT, 'dist'), { recursive: true });
rmSync(REPORT, { force: true });

const lines: string[] = [];
const failedSteps: string[] = [];
const said: string[] = [];

async function take([name, step]: Step): Promise<void> {
  const start = performance.now();
  const { passed, said: words } = await step();
  if (!passed) failedSteps.push(name);
  if (words !== '') said.push(`\n── ${name}\n${words}`);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  lines.push(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
}

async function takeAll(steps: readonly Step[]): Promise<void> {
  for (const step of steps) await take(step);
}

await Promise.all([takeAll(STILL), take(TESTS)]);

const { skippedNames, ...counts } = counted();
// A failed step that is not a test, or a test run that failed without a failed test, counts as one failure.
counts.failed += failedSteps.filter((name) => name !== 'tests' || counts.failed === 0).length;
writeFileSync(join(ROOT, 'dist/summary.json'), JSON.stringify(counts));

console.log(said.join('\n'));
for (const name of skippedNames) console.log(`skipped: ${name}`);
console.log(`\n${lines.join('\n')}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = failedSteps.length === 0 ? 0 : 1;
