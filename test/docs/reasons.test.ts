import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SHARDS_REASONS } from '#shared/shards/follow-shards.ts';
import { REASONS } from '#shared/verdict/reasons.ts';
import { CHECK_IDS } from '#shared/verdict/verdict.ts';
import { ROOT } from '../checks/source.ts';

const rows = (path: string, pattern: RegExp): string[][] =>
  [...readFileSync(join(ROOT, path), 'utf8').matchAll(pattern)].map((found) => found.slice(1));

test('every reason a verdict can give is documented once, with its verdict, and nothing else is', () => {
  const documented = rows('docs/spec/verdict-reasons.md', /^\| `([a-z-]+)` \| (\w+) \|/gm);
  expect(documented).toEqual(Object.entries(REASONS));
});

test('the checks are documented in the order they are made', () => {
  const section = readFileSync(join(ROOT, 'docs/spec/trail.md'), 'utf8').split('## The checks, in order')[1] ?? '';
  expect([...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id)).toEqual([...CHECK_IDS]);
});

test('every reason why shards are not followed is documented once, and nothing else is', () => {
  const documented = rows('docs/spec/shards.md', /^\| `(shards-[a-z-]+)` \|/gm).flat();
  expect(documented).toEqual([...SHARDS_REASONS]);
});
