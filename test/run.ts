/**
 * The whole check in one command with one summary: lint and format, types, import law, unused code, then every test.
 * `--fast` leaves out the tests that start browsers. Each step runs even when an earlier one failed, so that one run
 * shows everything that is wrong.
 */
import { spawnSync } from 'node:child_process';
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
};

const tool = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { cwd: ROOT, env, stdio: 'inherit' }).status === 0;

function houseRules(): boolean {
  const files = typescriptFiles();
  const violations = [...importLaw(files), ...tooLong(files)];
  for (const { file, problem } of violations) console.log(`${file}: ${problem}`);
  return violations.length === 0;
}

const withoutBrowsers = fast ? ['--project=!e2e'] : [];

const STEPS: readonly (readonly [string, () => boolean])[] = [
  ['lint and format', () => tool('biome', 'check', '--error-on-warnings', '.')],
  ['types', () => tool('tsc', '-b')],
  ['import law, file length', houseRules],
  ['unused code', () => tool('knip', '--no-progress')],
  [
    'tests',
    () =>
      tool('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`, ...withoutBrowsers),
  ],
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
for (const [name, step] of STEPS) {
  const start = performance.now();
  console.log(`\n── ${name}`);
  const passed = step();
  if (!passed) failedSteps.push(name);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  lines.push(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
}

const { skippedNames, ...counts } = counted();
// A failed step that is not a test, or a test run that failed without a failed test, counts as one failure.
counts.failed += failedSteps.filter((name) => name !== 'tests' || counts.failed === 0).length;
writeFileSync(join(ROOT, 'dist/summary.json'), JSON.stringify(counts));

for (const name of skippedNames) console.log(`skipped: ${name}`);
console.log(`\n${lines.join('\n')}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = failedSteps.length === 0 ? 0 : 1;
