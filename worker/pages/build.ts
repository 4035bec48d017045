/** Builds the pages' scripts into worker/assets: the verifier core, bundled for browsers. Node only. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Writes trail.js and reference.js. */
export async function buildPages(): Promise<void> {
  await build({
    entryPoints: [folder('./browser/trail.ts'), folder('./browser/reference.ts')],
    outdir: folder('../assets'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    logLevel: 'warning',
  });
}

if (import.meta.main) await buildPages();
