#!/usr/bin/env node
/**
 * Launcher of the command: runs main.ts under a Node that strips types (24 or newer).
 *
 * Older Nodes re-execute under the Node 24 that `npm ci` puts into node_modules, so that
 * `npx --no-install witnessmark` works on a machine whose own Node is older.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, 'main.ts');
const major = Number(process.versions.node.split('.')[0]);

if (major >= 24) {
  await import(main);
} else {
  let folder = here;
  let node;
  while (node === undefined && dirname(folder) !== folder) {
    const candidate = join(folder, 'node_modules', '.bin', 'node');
    if (existsSync(candidate)) node = candidate;
    folder = dirname(folder);
  }
  if (node === undefined) {
    process.stderr.write(
      `witnessmark needs Node 24 or newer; this is ${process.version}. Run "npm ci" in the checkout, which brings one, or install Node 24.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal !== null) process.exitCode = 1;
    else process.exitCode = code ?? 1;
  });
}
