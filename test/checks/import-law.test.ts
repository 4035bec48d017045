import { describe, expect, test } from 'vitest';
import { circles, importLaw, tooLong } from './import-law.ts';
import { codeOnly, importsOf, typescriptFiles } from './source.ts';

const problems = (sources: Record<string, string>): string[] =>
  importLaw(new Map(Object.entries(sources))).map(({ file, problem }) => `${file}: ${problem}`);

describe('import law', () => {
  test('holds for this repository', () => {
    expect(importLaw(typescriptFiles())).toEqual([]);
  });

  test('lets a layer use the layers before it and its own', () => {
    expect(
      problems({
        'shared/verdict/a.ts': "import { b } from '../log/b.ts';\nimport { c } from '#shared/verdict/c.ts';",
        'shared/log/b.ts': "import { sha256 } from '@noble/hashes/sha2.js';\nimport { ok } from '../result.ts';",
      }),
    ).toEqual([]);
  });

  test.each([
    ['a later layer', 'shared/log/a.ts', "import { b } from '../verdict/b.ts';", /later in the flow/],
    [
      'a later layer by type only',
      'shared/log/a.ts',
      "import type { B } from '#shared/trail/b.ts';",
      /later in the flow/,
    ],
    ['a Node module', 'shared/log/a.ts', "import fs from 'node:fs';", /may only use its own files/],
    ['the worker from shared', 'shared/log/a.ts', "import { b } from '../../worker/b.ts';", /nothing outside itself/],
    ['the sdk from the worker', 'worker/a.ts', "export * from '../sdk/b.ts';", /may import shared\/ and itself/],
    [
      'the worker from the extension on demand',
      'extension/a.ts',
      "await import('../worker/b.ts');",
      /may import shared/,
    ],
    ['a path without extension', 'sdk/a.ts', "import { b } from './b';", /without its extension/],
  ])('refuses %s', (_what, file, source, problem) => {
    expect(problems({ [file]: source })).toEqual([expect.stringMatching(problem)]);
  });

  test.each(['fetch(url)', 'Date.now()', 'new Date()', 'Math.random()', 'crypto.subtle'])(
    'refuses %s in shared',
    (code) => {
      expect(problems({ 'shared/log/a.ts': `export const a = () => ${code};` })).toHaveLength(1);
    },
  );

  test('does not take words in comments, strings, and members of the same name for globals', () => {
    const source =
      "// fetch(url)\n/** Date.now() */\nexport const a = (x: { fetch: string }) => x.fetch + `fetch(y)` + 'Date.now()';";
    expect(problems({ 'shared/log/a.ts': source })).toEqual([]);
  });

  test('finds a circle once and ignores types, which vanish', () => {
    const circular = new Map([
      ['sdk/a.ts', "import { b } from './b.ts';"],
      ['sdk/b.ts', "import { c } from './c.ts';"],
      ['sdk/c.ts', "import { a } from './a.ts';"],
    ]);
    expect(circles(circular)).toEqual([['sdk/a.ts', 'sdk/b.ts', 'sdk/c.ts', 'sdk/a.ts']]);
    expect(circles(circular.set('sdk/c.ts', "import type { A } from './a.ts';"))).toEqual([]);
  });
});

describe('source reader', () => {
  test('reads imports that span lines, have side effects or re-export', () => {
    const source =
      "import {\n  a,\n  b,\n} from './a.ts';\nimport './b.ts';\nexport { c } from './c.ts';\nconst d = await import('./d.ts');";
    expect(importsOf(source).map((each) => each.specifier)).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts']);
  });

  test('does not read imports in comments', () => {
    expect(importsOf("/**\n * import { a } from './a.ts';\n */\n// import './b.ts';")).toEqual([]);
  });

  test('survives quotes in regular expressions', () => {
    expect(codeOnly('const a = /[\'"`]/g;\nfetch(b);')).toContain('fetch(b)');
  });
});

describe('file length', () => {
  test('is under 250 lines for every file that is not a test', () => {
    expect(tooLong(typescriptFiles())).toEqual([]);
  });

  test('counts lines', () => {
    expect(tooLong(new Map([['sdk/a.ts', '\n'.repeat(250)]]))).toHaveLength(1);
    expect(
      tooLong(
        new Map([
          ['sdk/a.ts', '\n'.repeat(249)],
          ['test/a.ts', '\n'.repeat(999)],
        ]),
      ),
    ).toEqual([]);
  });
});
