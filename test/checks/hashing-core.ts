/** Builds the hashing core from its source, the same bytes on every machine. `npm run build:hashing` writes them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { ROOT } from './source.ts';

const FLAGS = [
  '-O3',
  '--converge',
  '--runtime',
  'stub',
  '--noAssert',
  '--initialMemory',
  '21',
  '--maximumMemory',
  '21',
];

/** The committed builds, and what each has beyond the common flags. */
export const HASHING_CORES = [
  { path: 'shared/hashing/sha256-simd.wasm', flags: ['--enable', 'simd'] },
  { path: 'shared/hashing/sha256-scalar.wasm', flags: [] },
] as const;

/** The bytes that the source gives with these flags. */
export async function buildHashingCore(flags: readonly string[]): Promise<Uint8Array> {
  let built = new Uint8Array(0);
  const said: string[] = [];
  const { error } = await asc.main(
    ['shared/hashing/assembly/index.ts', ...FLAGS, ...flags, '--baseDir', ROOT, '--outFile', 'core.wasm'],
    {
      writeFile: (_name, contents) => {
        built = new Uint8Array(contents as Uint8Array);
      },
      stderr: {
        write: (chunk) => {
          said.push(String(chunk));
        },
      },
    },
  );
  if (error) throw new Error(`${error.message}\n${said.join('')}`);
  return built;
}

/** The committed bytes. */
export const committedCore = (path: string): Uint8Array => new Uint8Array(readFileSync(join(ROOT, path)));

if (import.meta.main) {
  for (const { path, flags } of HASHING_CORES) writeFileSync(join(ROOT, path), await buildHashingCore(flags));
}
