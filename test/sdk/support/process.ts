/** The command as a process of its own, for what only a process shows: signals, crashes, sockets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../../sdk/cli/witnessmark.mjs', import.meta.url));

export interface Running {
  readonly pid: number;
  /** Each JSON line so far. */
  readonly lines: readonly Record<string, unknown>[];
  readonly err: () => string;
  /** The first line, past or to come, that is this event; fails when the process ends first. */
  line(event: string): Promise<Record<string, unknown>>;
  kill(signal: NodeJS.Signals): void;
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export function start(...args: string[]): Running {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: Record<string, unknown>[] = [];
  let [out, err] = ['', ''];
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  child.stdout.on('data', (chunk) => {
    const parts = `${out}${chunk}`.split('\n');
    out = parts.pop() ?? '';
    lines.push(...parts.map((line) => JSON.parse(line)));
    child.emit('lines');
  });
  const exit = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  return {
    pid: child.pid ?? 0,
    lines,
    err: () => err,
    async line(event) {
      for (;;) {
        const found = lines.find((line) => line.event === event);
        if (found !== undefined) return found;
        const ended = await Promise.race([once(child, 'lines').then(() => undefined), exit]);
        if (ended !== undefined && !lines.some((line) => line.event === event)) {
          throw new Error(`ended with ${ended.code ?? ended.signal} before "${event}": ${err}`);
        }
      }
    },
    kill: (signal) => void child.kill(signal),
    exit,
  };
}
