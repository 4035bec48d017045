/** What a reader downloads: the verifier core and the script that runs on every page, minified, gzip level 9. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { ROOT } from '../checks/source.ts';
import { type Row, report, row } from './report.ts';

const KIB = 1024;
const gzipped = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length / KIB;

async function bundled(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, entry)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  });
  const file = outputFiles[0];
  if (file === undefined) throw new Error(`${entry}: nothing was built`);
  return file.contents;
}

export async function sizesBench(): Promise<void> {
  const peer = '@sigstore/verify (for Node; minified, Node modules external)';
  const sigstore = await build({
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
  const injected = existsSync(join(output, 'content-scripts'))
    ? readdirSync(join(output, 'content-scripts')).map((name) => `content-scripts/${name}`)
    : ['detector.js'];
  for (const file of injected.filter((name) => name.endsWith('.js'))) {
    rows.push(row(`script in the page (${file})`, 'KiB gzip', gzipped(readFileSync(join(output, file))), { goal: 12 }));
  }
  report('sizes', rows);
}
