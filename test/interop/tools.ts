/**
 * The programs of others that we are compared with: pinned, installed into dist/interop on first use, found there
 * again. Nothing of theirs is kept in the repository.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../checks/source.ts';

export const INTEROP = join(ROOT, 'dist/interop');
const BIN = join(INTEROP, 'bin');

const TESSERA = ['github.com/transparency-dev/tessera', 'v1.0.4'] as const;
const OMNIWITNESS = ['github.com/transparency-dev/witness', 'v0.0.0-20260720115447-2e1c6971d19e'] as const;
/** In the version above loadtest stops itself: its Merkle library no longer makes the empty proof from size 0. */
const LOADTEST = ['github.com/transparency-dev/witness', 'v0.0.0-20260617164027-9332986a94a4'] as const;
/** The newest that Go 1.26 builds. */
const TORCHWOOD = ['filippo.io/torchwood', 'v0.9.0'] as const;

const GO_TOOLS = {
  fsck: [...TESSERA, 'cmd/fsck'],
  hammer: [...TESSERA, 'internal/hammer'],
  posix: [...TESSERA, 'cmd/conformance/posix'],
  omniwitness: [...OMNIWITNESS, 'cmd/omniwitness'],
  loadtest: [...LOADTEST, 'cmd/loadtest'],
  litewitness: [...TORCHWOOD, 'cmd/litewitness'],
} as const;

/** Programs in Python, each with the file that pins it and what it needs. */
const PYTHON_TOOLS = { 'python-cwt': 'requirements-cwt.txt', pdqhash: 'requirements-pdqhash.txt' } as const;

export type GoTool = keyof typeof GO_TOOLS;
type PythonTool = keyof typeof PYTHON_TOOLS;
/** What a step cannot run without. */
export type Tool = GoTool | PythonTool | 'ssh-agent';

/** Something is not installed; the message says what, and how to get it. */
export class Missing extends Error {
  override readonly name = 'Missing';
}

/** `module@version` of a Go tool. */
export const versionOf = (tool: GoTool): string => `${GO_TOOLS[tool][0]}@${GO_TOOLS[tool][1]}`;

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';

function ran(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const done = spawnSync(command, args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 600_000,
    maxBuffer: 1 << 26,
  });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(lastLine(done.stderr) || `${command} ended with ${done.status}`);
  return done.stdout;
}

const found = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/**
 * The path of a Go tool, built if need be.
 * @throws Missing where there is no Go, or it cannot build the tool (no network, too old)
 */
export function goTool(tool: GoTool): string {
  if (!found('go')) throw new Missing('go is missing: install Go 1.26, https://go.dev/dl');
  const path = join(BIN, tool);
  const [module, version, folder] = GO_TOOLS[tool];
  const built = existsSync(path) ? ran('go', ['version', '-m', path]) : '';
  if (built.split('\n').some((line) => line.trim().startsWith(`mod\t${module}\t${version}`))) return path;
  mkdirSync(BIN, { recursive: true });
  console.log(`       building ${module}/${folder}@${version}`);
  try {
    ran('go', ['install', `${module}/${folder}@${version}`], { GOBIN: BIN, GOFLAGS: '' });
  } catch (thrown) {
    throw new Missing(
      `go install ${module}/${folder}@${version}: ${thrown instanceof Error ? thrown.message : thrown}`,
    );
  }
  return path;
}

/**
 * A Python that has the tool, in an environment of its own.
 * @throws Missing where there is no Python with venv, or pip cannot install
 */
export function pythonWith(tool: PythonTool): string {
  const folder = join(INTEROP, tool);
  const python = join(folder, 'bin/python');
  const stamp = join(folder, 'requirements.txt');
  const requirements = fileURLToPath(new URL(PYTHON_TOOLS[tool], import.meta.url));
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  if (!found('python3')) throw new Missing('python3 is missing: apt-get install python3-venv');
  try {
    ran('python3', ['-m', 'venv', '--clear', folder]);
    ran(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : thrown;
    throw new Missing(`${tool}: ${why} (apt-get install python3-venv, and access to a package index)`);
  }
  writeFileSync(stamp, wanted);
  return python;
}

const isPythonTool = (tool: Tool): tool is PythonTool => tool in PYTHON_TOOLS;

/** @throws Missing naming the first of the tools that is not there */
export function needTools(tools: readonly Tool[]): void {
  for (const tool of tools) {
    if (isPythonTool(tool)) pythonWith(tool);
    else if (tool === 'ssh-agent') {
      if (!found('ssh-agent')) throw new Missing('ssh-agent is missing: apt-get install openssh-client');
    } else goTool(tool);
  }
}
