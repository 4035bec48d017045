/** What a reader downloads: the verifier core and the script that runs on every page, minified, gzip level 9. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build as esbuild } from 'esbuild';
import { build } from 'vite';
import { ROOT } from '../checks/source.ts';
import { type Row, report, row } from './report.ts';

const KIB = 1024;
const gzipped = (bytes: Uint8Array | string): number => gzipSync(bytes, { level: 9 }).length / KIB;

/** As the extension's own bundler makes it. */
async function bundled(entry: string): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { alias: { '#shared': join(ROOT, 'shared') } },
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: join(ROOT, entry), formats: ['es'] },
      rolldownOptions: { output: { minify: true } },
    },
  });
  const [output] = Array.isArray(made) ? made : [made];
  if (output === undefined || !('output' in output)) throw new Error(`${entry}: nothing was built`);
  return output.output[0].code;
}

export async function sizesBench(): Promise<void> {
  const peer = '@sigstore/verify (for Node; minified, Node modules external)';
  const sigstore = await esbuild({
    stdin: {
      contents: "export { Verifier, toSignedEntity, toTrustMaterial } from '@sigstore/verify';",
      resolveDir: ROOT,
    },
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
  });
  const peerValue = gzipped(sigstore.outputFiles[0]?.contents ?? new Uint8Array());
  const rows: Row[] = [
    row('verifier core', 'KiB gzip', gzipped(await bundled('shared/verdict/verify-trail.ts')), {
      peer,
      peerValue,
      goal: 25,
    }),
  ];
  const output = join(ROOT, 'extension/.output/chrome-mv3');
  execFileSync('npm', ['run', '-s', 'build:extension'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const inPage = gzipped(readFileSync(join(output, 'detector.js')));
  const forPictures = gzipped(readFileSync(join(output, 'pictures.js')));
  const inBackground = gzipped(readFileSync(join(output, 'background.js')));
  rows.push(
    row('script in the page (detector.js)', 'KiB gzip', inPage, { goal: 12 }),
    row('script for pictures, only where one is read (pictures.js)', 'KiB gzip', forPictures),
    row('everything in the background (background.js)', 'KiB gzip', inBackground),
  );
  report('sizes', rows);
}
