import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, repositoryFiles, typescriptFiles } from '../checks/source.ts';
import { asModule, type Example, publicExports, runnableBlocks } from './examples.ts';

const FOLDER = join(ROOT, 'dist/examples');

const documented = [...typescriptFiles()].filter(([path]) => /^(shared|sdk)\//.test(path));

function examples(): Example[] {
  const fromSource = documented.flatMap(([path, source]) =>
    publicExports(source).flatMap((each) => each.examples.map((code) => ({ name: `${path} ${each.name}`, code }))),
  );
  const fromDocuments = repositoryFiles()
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      runnableBlocks(readFileSync(join(ROOT, path), 'utf8')).map((code, index) => ({
        name: `${path} ${index + 1}`,
        code,
      })),
    );
  return [...fromSource, ...fromDocuments];
}

/** Writes the examples as modules inside the repository, so that they import what a user's code would. */
function written(): (Example & { path: string })[] {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.base.json' }));
  return examples().map((example, index) => {
    const path = join(FOLDER, `${index}-${example.name.replace(/[^A-Za-z0-9]+/g, '-')}.ts`);
    writeFileSync(path, asModule(example.code));
    return { ...example, path };
  });
}

const modules = written();

describe('documented examples', () => {
  test.each(modules)('$name gives the values it shows', async ({ path }) => {
    const { checks } = (await import(/* @vite-ignore */ path)) as { checks: [string, unknown, unknown][] };
    for (const [shown, actual, expected] of checks) expect(actual, shown).toEqual(expected);
    expect(checks.length, 'an example shows at least one `// => value`').toBeGreaterThan(0);
  });

  test('stand beside every function and class that shared/ exports; constants have a docstring', () => {
    const missing = documented
      .filter(([path]) => path.startsWith('shared/'))
      .flatMap(([path, source]) =>
        publicExports(source)
          .filter((each) => each.kind !== 'type' && !each.docstring?.includes('@internal'))
          .filter((each) => each.docstring === undefined || (each.kind === 'callable' && each.examples.length === 0))
          .map((each) => `${path} ${each.name}: ${each.docstring === undefined ? 'no docstring' : 'no @example'}`),
      );
    expect(missing).toEqual([]);
  });
});

describe('the example reader', () => {
  test('finds exports of every kind, their docstrings and their examples', () => {
    const source = [
      '/** Not this one. */',
      'const inner = 1;',
      '/**',
      ' * Adds.',
      ' *',
      ' * @param a - first',
      ' * @example',
      " * import { add } from '#shared/add.ts';",
      ' * add(1); // => 2',
      ' * @see elsewhere',
      ' */',
      'export const add = (a: number) => a + 1;',
      'export interface Bare {}',
    ].join('\n');
    expect(publicExports(source)).toEqual([
      {
        name: 'add',
        kind: 'callable',
        docstring: expect.stringContaining('Adds.'),
        examples: ["import { add } from '#shared/add.ts';\nadd(1); // => 2"],
      },
      { name: 'Bare', kind: 'type', docstring: undefined, examples: [] },
    ]);
  });

  test('compares statements of several lines and declared constants', () => {
    const code = "import { a } from './a.ts';\nconst x = 1; // => 1\nf(\n  x,\n); // => [2]";
    expect(asModule(code)).toContain('checks.push(["const x = 1", x, (1)]);');
    expect(asModule(code)).toContain('checks.push(["f(\\n  x,\\n)", (\nf(\n  x,\n)\n), ([2])]);');
  });

  test('reads only the blocks of a document that are marked runnable', () => {
    expect(runnableBlocks('```ts runnable\na;\n```\n```ts\nb;\n```\n')).toEqual(['a;\n']);
  });
});
