/** Starts the log's process and knows how to stop it, kindly or not. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../checks/source.ts';

export interface LogServer {
  readonly pid: number;
  readonly base: string;
  /** The trust document that makes a reader accept this log. */
  readonly trust: string;
  readonly witnesses: readonly string[];
  stop(): Promise<void>;
  /** SIGKILL to the whole group: the machine loses power. */
  kill(): Promise<void>;
}

interface Ready {
  readonly base: string;
  readonly trust: string;
  readonly witnesses: readonly string[];
}

const START_MS = 60_000;
const STOP_MS = 5_000;

const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
};

const exited = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((done) => child.once('exit', () => done()));

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

/** Starts log and witnesses on ports of this machine with their state in a folder. */
export async function startLog(options: { port: number; state: string }): Promise<LogServer> {
  const child = spawn(process.execPath, [join(ROOT, 'test/demo/log-process.ts'), String(options.port), options.state], {
    cwd: ROOT,
    // A group of its own, so that a Ctrl-C reaches us first and we stop things in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...QUIET, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH ?? ''}` },
  });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said = `${said}${String(chunk)}`.slice(-8000);
  });
  const ready = await new Promise<Ready>((done, failed) => {
    const late = setTimeout(
      () => failed(new Error(`the log did not answer within ${START_MS / 1000} s\n${said}`)),
      START_MS,
    );
    if (child.stdout === null) throw new Error('the log has no output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = line.startsWith('{"ready":') ? (JSON.parse(line) as { ready: Ready }) : undefined;
      if (message === undefined) {
        said = `${said}${line}\n`.slice(-8000);
        return;
      }
      clearTimeout(late);
      done(message.ready);
    });
    child.once('error', failed);
    child.once('exit', (code) => {
      clearTimeout(late);
      failed(new Error(`the log ended with code ${code}\n${said}`));
    });
  }).catch((error: unknown) => {
    killGroup(child);
    throw error;
  });
  return {
    pid: child.pid ?? 0,
    ...ready,
    async stop() {
      const late = setTimeout(() => killGroup(child), STOP_MS);
      child.kill('SIGTERM');
      await exited(child);
      clearTimeout(late);
      killGroup(child);
    },
    async kill() {
      killGroup(child);
      await exited(child);
    },
  };
}
