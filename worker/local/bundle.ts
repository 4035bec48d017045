/** A worker as one module, as miniflare takes it: what `wrangler deploy` would upload. Node only. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The runtime's behaviour the workers are written for; the same as in wrangler.toml. */
export const COMPATIBILITY_DATE = '2026-10-20';

/** One module of a worker. */
export interface WorkerModule {
  readonly type: 'ESModule';
  readonly path: string;
  readonly contents: string;
}

/** Bundles a worker; `entry` is relative to this folder. */
export async function bundle(entry: string): Promise<WorkerModule> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    logLevel: 'warning',
  });
  return { type: 'ESModule', path: 'worker.js', contents: outputFiles[0]?.text ?? '' };
}
