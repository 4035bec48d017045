/**
 * One build of the extension for all browser tests of a run: a development build whose trust document is a placeholder,
 * which each test file fills in for itself. vitest runs this before the first of them.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildExtension } from '../demo/extension.ts';

const VARIABLE = 'WITNESSMARK_TEST_BUILD';
const PLACEHOLDER = 'the trust document of a test';

/** Builds it and tells the workers of the run where it is; the answer takes it away again. */
export default async function setup(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'witnessmark-build-'));
  const trust = join(folder, 'trust.txt');
  writeFileSync(trust, PLACEHOLDER);
  process.env[VARIABLE] = await buildExtension(trust, join(folder, 'built'));
  return () => rmSync(folder, { recursive: true, force: true });
}

/** The extension with a trust document, in a folder of its own: from the build of this run, where there is one. */
export async function extensionWith(trust: string, into: string): Promise<string> {
  const built = process.env[VARIABLE];
  if (built === undefined) {
    const file = `${into}.json`;
    writeFileSync(file, trust);
    return buildExtension(file, into);
  }
  cpSync(built, into, { recursive: true });
  let filled = 0;
  for (const name of readdirSync(into, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js')) continue;
    const parts = readFileSync(join(into, name), 'utf8').split(new RegExp(`["'\`]${PLACEHOLDER}["'\`]`));
    if (parts.length === 1) continue;
    filled += parts.length - 1;
    writeFileSync(join(into, name), parts.join(JSON.stringify(trust)));
  }
  if (filled === 0) throw new Error('the build has no place for a trust document');
  return into;
}
