/**
 * Reads the repository's own TypeScript for the house checks: which files there are, what they import, and the code
 * without comments and literals. A small reader instead of a compiler API, because the native compiler offers none.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Repository-relative paths of the files git tracks or would track, as they stand on disk. */
export function repositoryFiles(root: string = ROOT): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return [...new Set(listed.split('\0'))].filter((path) => path !== '' && existsSync(join(root, path))).sort();
}

/** AssemblyScript has TypeScript's ending and another language: its compiler checks it, when its build is compared. */
const ASSEMBLYSCRIPT = /\/assembly\/\w+\.ts$/;

/** Path → source text of the TypeScript files. */
export function typescriptFiles(root: string = ROOT): Map<string, string> {
  const paths = repositoryFiles(root).filter((path) => /(?<!\.d)\.tsx?$/.test(path) && !ASSEMBLYSCRIPT.test(path));
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

export interface Import {
  /** As written: `./note.ts`, `#shared/log/note.ts`, `node:fs`. */
  readonly specifier: string;
  /** `import type` and `export type … from` vanish at run time. */
  readonly typeOnly: boolean;
}

const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[=(,:;[!&|?{}+\n]\s*)\/(?![*/\s])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/g;

/** The source with comments removed and, unless `keepStrings`, every literal's content emptied. */
export function codeOnly(source: string, keepStrings = false): string {
  return source.replace(TOKEN, (token) => {
    if (token.startsWith('//') || token.startsWith('/*')) return token.replace(/[^\n]/g, ' ');
    if (keepStrings) return token;
    if (token.startsWith('`'))
      return '``'.concat(...[...token.matchAll(/\$\{([^}]*)\}/g)].map(([, code]) => ` ${code}`));
    return token.startsWith('/') ? '/ /' : "''";
  });
}

const IMPORT =
  /(?:^|[\s;}])(import|export)\s+(type\s)?[^'"`;=()]*?from\s*(['"])([^'"\n]+)\3|(?:^|[\s;}])import\s*(['"])([^'"\n]+)\5|\bimport\(\s*(['"])([^'"\n]+)\7/g;

/** Every module a source file imports, re-exports or loads on demand. */
export function importsOf(source: string): Import[] {
  return [...codeOnly(source, true).matchAll(IMPORT)].map((found) => ({
    specifier: found[4] ?? found[6] ?? found[8] ?? '',
    typeOnly: found[2] !== undefined,
  }));
}

/** The repository path an import names, or `undefined` for a package. */
export function resolveImport(from: string, specifier: string): string | undefined {
  const bare = specifier.replace(/\?.*$/, '');
  if (bare.startsWith('#shared/')) return `shared/${bare.slice('#shared/'.length)}`;
  if (bare.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), bare));
  return undefined;
}
