/** A log as a process group of its own: Node, and workerd below it. Only its death is interesting here. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../checks/source.ts';

/** What dies first; a moment later everything is dead. */
export type Victim = 'everything' | 'workerd' | 'node';

/** What the log says about itself once it answers. */
export interface Ready {
  readonly base: string;
  readonly trust: string;
}

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** See the file's header. */
export class Server {
  /** Resolves once the log answers; rejects where it ends before. */
  readonly ready: Promise<Ready>;
  readonly #child: ChildProcess;
  #said = '';

  constructor(port: number, folder: string) {
    this.#child = spawn(process.execPath, [join(ROOT, 'test/demo/log-process.ts'), String(port), folder], {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.ready = new Promise((resolve, reject) => {
      const hear = (line: string): void => {
        if (line.startsWith('{"ready":')) resolve((JSON.parse(line) as { ready: Ready }).ready);
        else this.#said = `${this.#said}${line}\n`.slice(-4000);
      };
      for (const stream of [this.#child.stdout, this.#child.stderr]) {
        if (stream) createInterface({ input: stream }).on('line', hear);
      }
      this.#child.once('error', reject);
      this.#child.once('exit', () => reject(new Error(`the log ended\n${this.#said}`)));
    });
    this.ready.catch(() => {});
  }

  /** SIGKILL, first to one part if so chosen; resolves when no process of the group is left. */
  async kill(victim: Victim, gapMs: number): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined) return;
    if (victim === 'node') signal(pid);
    if (victim === 'workerd') for (const { id, parent } of processes()) if (parent === pid) signal(id);
    if (victim !== 'everything') await pause(gapMs);
    signal(-pid);
    while (processes().some(({ group, dead }) => group === pid && !dead)) await pause(5);
  }

  /** Ends it as an operator would. */
  async stop(): Promise<void> {
    const ended = new Promise<void>((done) => this.#child.once('exit', () => done()));
    this.#child.kill('SIGTERM');
    await Promise.race([ended, pause(5000)]);
    await this.kill('everything', 0);
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly group: number;
  /** Dead, and only waiting for its parent to notice. */
  readonly dead: boolean;
}

function processes(): Process[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,pgid=,stat='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [id, parent, group, state] = line.trim().split(/\s+/);
    return state ? [{ id: Number(id), parent: Number(parent), group: Number(group), dead: state.startsWith('Z') }] : [];
  });
}
