import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { LOG_ADDRESS, MemoryLog } from './support/memory-log.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LAUNCHER = join(ROOT, 'sdk/cli/witnessmark.mjs');
const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

const run = (command: string, args: readonly string[], input = '') =>
  spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', input, env: { ...process.env, NO_COLOR: '' } });

const noNetwork = spawnSync('unshare', ['-rn', 'true']).status === 0;

beforeAll(async () => {
  const log = new MemoryLog();
  writeFileSync(at('text'), 'The tide follows the moon, twice a day, with a delay.');
  writeFileSync(at('trust'), log.trust());
  await witnessmark(['keygen', '--out', at('key'), '--key-set', at('keys')]);
  log.keySet = new Uint8Array(readFileSync(at('keys')));
  const options = ['--key', at('key'), '--issuer', 'https://example.com', '--log', LOG_ADDRESS];
  await witnessmark(['register', ...options], { fetch: log.fetch });
  const model = ['--model', 'openai.com/gpt-5', '--out', at('trail')];
  await witnessmark(['issue', '--text', at('text'), ...options, ...model], { fetch: log.fetch });
});

describe('the command as a process', () => {
  test('is executable and known to the package', () => {
    expect(statSync(LAUNCHER).mode & 0o111).not.toBe(0);
    expect(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).bin).toEqual({
      witnessmark: 'sdk/cli/witnessmark.mjs',
    });
  });

  test('runs by npx in the checkout', () => {
    const done = run('npx', ['--no-install', '--offline', 'witnessmark', '--version']);
    expect([done.status, done.stdout.trim()]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
  });

  test('verifies from a pipe and exits with the code it documents', () => {
    const trail = readFileSync(at('trail'), 'utf8');
    const done = run(process.execPath, [LAUNCHER, 'verify', '-', '--text', at('text'), '--policy', at('trust')], trail);
    expect([done.status, done.stderr]).toEqual([0, '']);
    expect(done.stdout).toContain('verified');
    expect(run(process.execPath, [LAUNCHER, 'verify', '-'], 'nonsense').status).toBe(30);
    const endless = run('sh', ['-c', `yes | "${process.execPath}" "${LAUNCHER}" verify -`]);
    expect([endless.status, endless.stderr]).toEqual([30, expect.stringContaining('larger than')]);
  });

  test.skipIf(!noNetwork)('verifies a saved trail on a machine without network (needs unshare -rn)', () => {
    const command = [process.execPath, LAUNCHER, 'verify', at('trail'), '--text', at('text'), '--policy', at('trust')];
    const done = run('unshare', ['-rn', ...command]);
    expect([done.status, done.stderr]).toEqual([0, '']);
  });

  test('does not fail when the reader of its output goes away', async () => {
    const child = spawn(
      'sh',
      ['-c', `"${process.execPath}" "${LAUNCHER}" verify "${at('trail')}" --json; echo "$?" >&2`],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(err).toMatch(/\n11\n$/);
    expect(err).not.toContain('EPIPE');
  });
});
