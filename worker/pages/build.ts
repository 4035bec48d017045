/** Builds the pages' scripts into worker/assets: the verifier core, bundled for browsers. Node only. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Writes trail.js, audit-worker.js and reference.js; whole, and only where they changed, because a running log serves this folder. */
export async function buildPages(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: ['trail', 'audit-worker', 'reference'].map((name) => folder(`./browser/${name}.ts`)),
    loader: { '.wasm': 'binary' },
    outdir: folder('../assets'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'warning',
  });
  for (const { path, contents } of outputFiles) {
    if (existsSync(path) && readFileSync(path).equals(contents)) continue;
    const whole = `${path}.${process.pid}`;
    writeFileSync(whole, contents);
    renameSync(whole, path);
  }
}

if (import.meta.main) await buildPages();
