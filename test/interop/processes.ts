/** Child processes of the comparison: each is bounded in time and ended by its own handle. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that runs until stopped. */
export interface Running {
  /** Everything it wrote. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** How a program that ends by itself ended. */
export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

interface Launch {
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

const live = new Set<ChildProcess>();
process.once('SIGTERM', () => process.exit(143));
process.on('exit', () => {
  for (const child of live) child.kill('SIGKILL');
});

function launch(command: string, { args, env }: Launch): { child: ChildProcess; output: () => string } {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  live.add(child);
  child.once('exit', () => live.delete(child));
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4_000_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return { child, output: () => output };
}

const ended = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', (code) => resolve(code));
      });

async function end(child: ChildProcess): Promise<void> {
  const gone = ended(child).catch(() => null);
  child.kill('SIGINT');
  const kill = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(kill);
}

/**
 * Starts a server and waits until `isReady` holds.
 * @throws Error with the end of its output where it ends or takes longer than 20 s
 */
export async function start(command: string, how: Launch, isReady: () => Promise<boolean>): Promise<Running> {
  const { child, output } = launch(command, how);
  let failed: unknown;
  child.once('error', (error) => {
    failed = error;
  });
  for (let i = 0; i < 200; i++) {
    if (failed || child.exitCode !== null) break;
    if (await isReady()) return { output, stop: () => end(child) };
    await sleep(100);
  }
  await end(child);
  throw new Error(`${command} did not start: ${failed ?? output().slice(-500)}`);
}

/** Runs a program to its end; it is killed after `seconds`, which gives `code` null. */
export async function finish(command: string, how: Launch & { readonly seconds: number }): Promise<Finished> {
  const { child, output } = launch(command, how);
  const kill = setTimeout(() => child.kill('SIGKILL'), how.seconds * 1000);
  const code = await ended(child);
  clearTimeout(kill);
  return { code, output: output() };
}

/** Whether something answers HTTP there, whatever it says. */
export const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(1000) }).then(
    () => true,
    () => false,
  );
