/** The log under `wrangler dev`, as a developer starts it, but with keys made here and writes not limited. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../worker/local/free-port.ts';
import { buildPages } from '../../worker/pages/build.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PATIENCE_MS = 60_000;

/** A running log. */
export interface DevLog {
  readonly logUrl: string;
  readonly stop: () => Promise<void>;
}

/** Starts it, and waits until it has published its genesis. */
export async function startWranglerDev(): Promise<DevLog> {
  const folder = mkdtempSync(join(tmpdir(), 'witnessmark-dev-'));
  const port = await freePort();
  const logUrl = `http://127.0.0.1:${port}`;
  await buildPages();
  // The project's own configuration, from another folder: absolute paths, no build to watch, no limit on writes.
  const config = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')
    .replace(/^\[build\]\n(.+\n)*/m, '')
    .replace(/^\[\[ratelimits\]\]\n(.+\n)*/m, '')
    .replaceAll('"worker/', `"${ROOT}worker/`);
  writeFileSync(join(folder, 'wrangler.toml'), config);
  const key = (): string => randomBytes(32).toString('base64');
  const settings = {
    LOG_ORIGIN: 'localhost/log/2026',
    PUBLIC_URL: logUrl,
    LOG_KEY: key(),
    REGISTRAR_KEY: key(),
    RECEIPT_KEY: key(),
    ADMIN_TOKEN: randomBytes(24).toString('hex'),
    WITNESSES: 'quorum none',
    ALLOW_LOOPBACK_ISSUERS: '1',
    LOCAL_WRITES_PER_MINUTE: '1e9',
    REQUEST_LOG: 'off',
  };
  const vars = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, '.dev.vars'), vars.join(''), { mode: 0o600 });
  const quiet = {
    CI: '1',
    WRANGLER_SEND_METRICS: 'false',
    X_LOCAL_OBSERVABILITY: 'false',
    WRANGLER_HIDE_BANNER: 'true',
  };
  const env = { ...process.env, ...quiet, CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_LOG_PATH: folder };
  const args = ['dev', '--ip', '127.0.0.1', '--port', `${port}`, '--persist-to', folder, '--log-level', 'error'];
  const program = join(ROOT, 'node_modules/.bin/wrangler');
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'], detached: true });
  await ready(child, logUrl);
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { logUrl, stop };
}

async function ready(child: ChildProcess, logUrl: string): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until && child.exitCode === null) {
    const answer = await fetch(`${logUrl}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((wait) => setTimeout(wait, 200));
  }
  if (child.exitCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL');
  throw new Error('wrangler dev did not become ready');
}
