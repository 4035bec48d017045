/**
 * The import law: `shared/` is pure and layered, the three parts never import each other, and nothing is circular.
 * Pure functions over a map of sources; `test/run.ts` applies them to the repository.
 */
import { codeOnly, importsOf, resolveImport } from './source.ts';

/** The folders of `shared/` in the order of the flow: a file may import its own layer and the ones before it. */
export const LAYERS: readonly (readonly string[])[] = [
  ['.'],
  ['bytes'],
  ['text', 'fingerprint', 'compare', 'image', 'claim', 'attestation'],
  ['log', 'hashing'],
  ['trail', 'receipt', 'trust', 'evidence', 'filter', 'oprf'],
  ['verdict'],
  ['shards'],
];

const PARTS = ['worker', 'extension', 'sdk'];

/** The packages `shared/` may use: pure code without platform access. */
const SHARED_PACKAGES = [/^@noble\/(curves|hashes|post-quantum)\//, /^marked$/, /^parse5$/];

/**
 * Names that are hardly ever local. The others (`document`, `process`, …) are left to lint, which knows scopes, and to
 * the types, which have no DOM and no Node here.
 */
const IMPURE =
  /(?<![.\w$'-])(fetch|Date|Buffer|crypto|performance|localStorage|setTimeout|setInterval|queueMicrotask|XMLHttpRequest|WebSocket|globalThis|require)(?=\s*[.([;,)]|\s*$)(?!\s*:)|Math\.random/gm;

/** Tree hashing stands below everything that signs or digests trees, though its files lie with the log. */
const LOW: Readonly<Record<string, string>> = { 'shared/log/merkle.ts': 'bytes', 'shared/log/subtree.ts': 'bytes' };

export interface Violation {
  readonly file: string;
  readonly problem: string;
}

const part = (path: string): string => path.split('/')[0] ?? '';
const sharedFolder = (path: string): string =>
  LOW[path] ?? (path.split('/').length > 2 ? (path.split('/')[1] ?? '.') : '.');
const layer = (path: string): number => LAYERS.findIndex((folders) => folders.includes(sharedFolder(path)));

function importViolation(file: string, specifier: string): string | undefined {
  const target = resolveImport(file, specifier);
  const from = part(file);
  if (target === undefined) {
    if (from !== 'shared' || SHARED_PACKAGES.some((allowed) => allowed.test(specifier))) return undefined;
    return `imports ${specifier}; shared/ may only use its own files, @noble, marked and parse5`;
  }
  if (!/\.\w+$/.test(target)) return `imports ${specifier} without its extension`;
  const to = part(target);
  if (from === 'shared') {
    if (to !== 'shared') return `imports ${specifier}; shared/ imports nothing outside itself`;
    if (layer(target) > layer(file)) return `imports ${specifier}, which comes later in the flow`;
    return undefined;
  }
  if (!PARTS.includes(from) || to === from || to === 'shared' || target === 'package.json') return undefined;
  return `imports ${specifier}; ${from}/ may import shared/ and itself`;
}

/** Each run-time import circle once, as the path that closes it. */
export function circles(files: ReadonlyMap<string, string>): string[][] {
  const edges = new Map<string, string[]>();
  for (const [file, source] of files) {
    const targets = importsOf(source).filter((each) => !each.typeOnly);
    edges.set(
      file,
      targets.flatMap((each) => resolveImport(file, each.specifier) ?? []).filter((target) => files.has(target)),
    );
  }
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const target of edges.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files.keys()) visit(file, []);
  return found;
}

/** Everything in the sources that breaks the import law. */
export function importLaw(files: ReadonlyMap<string, string>): Violation[] {
  const violations: Violation[] = [];
  for (const [file, source] of files) {
    for (const { specifier } of importsOf(source)) {
      const problem = importViolation(file, specifier);
      if (problem !== undefined) violations.push({ file, problem });
    }
    if (part(file) !== 'shared') continue;
    if (layer(file) < 0) violations.push({ file, problem: 'lies in a folder of shared/ that has no layer' });
    for (const name of new Set([...codeOnly(source).matchAll(IMPURE)].map(([match]) => match))) {
      violations.push({ file, problem: `uses ${name}; shared/ is pure` });
    }
  }
  for (const circle of circles(files)) {
    violations.push({ file: circle[0] ?? '', problem: `import circle: ${circle.join(' → ')}` });
  }
  return violations;
}

const MAX_LINES = 250;

/** Source files that have grown past what a reader takes in at once; tests may be longer. */
export function tooLong(files: ReadonlyMap<string, string>): Violation[] {
  return [...files].flatMap(([file, source]) => {
    const lines = source.split('\n').length - 1;
    return part(file) === 'test' || lines < MAX_LINES
      ? []
      : [{ file, problem: `has ${lines} lines; fewer than ${MAX_LINES} are allowed` }];
  });
}
