/**
 * Generates the types that TypeScript needs and git does not hold: the extension's and each worker's. Runs after every
 * install, without network. A part whose configuration is missing is skipped, so partial checkouts install too.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
// The Node beside the dependencies comes first: wrangler and WXT need a newer one than the oldest npm host has.
const env = {
  ...process.env,
  PATH: `${bin}:${process.env.PATH ?? ''}`,
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
};

const run = (command, args) => {
  try {
    execFileSync(join(bin, command), args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    process.stderr.write(`${error.stdout ?? ''}${error.stderr ?? ''}`);
    process.stderr.write(`\nprepare: ${command} ${args.join(' ')} failed\n`);
    process.exitCode = 1;
  }
};

if (existsSync(join(root, 'extension/wxt.config.ts'))) {
  run('wxt', ['prepare', ...(existsSync(join(root, 'wxt.config.ts')) ? [] : ['-c', 'extension/wxt.config.ts'])]);
}
for (const config of ['wrangler.toml', 'worker/witness/wrangler.toml']) {
  if (!existsSync(join(root, config))) continue;
  const folder = config === 'wrangler.toml' ? 'worker' : dirname(config);
  run('wrangler', ['types', '-c', config, `${folder}/worker-configuration.d.ts`]);
}
