import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { toHex } from '#shared/bytes/hex.ts';
import { matchLine } from '#shared/text/match.ts';
import { passageDigest, passageRoot } from '#shared/text/passages.ts';

const SPEC = readFileSync(new URL('../../../docs/spec/text.md', import.meta.url), 'utf8');
const rows = (pattern: RegExp): [string, string][] =>
  [...SPEC.matchAll(pattern)].map(([, left = '', right = '']) => [left, right]);

describe('the tables of docs/spec/text.md', () => {
  const lines = rows(/^\| `("[^`]*")` \| `("[^`]*")` \|$/gm);
  const roots = rows(/^\| `(\[[^`]*\])` \| `([0-9a-f]{64})` \|$/gm);

  test('are found', () => {
    expect(lines.length).toBeGreaterThanOrEqual(20);
    expect(roots).toHaveLength(3);
  });

  test.each(lines)('the match stream of %s is %s', (line, passage) => {
    expect(matchLine(JSON.parse(line) as string)).toBe(JSON.parse(passage));
  });

  test.each(roots)('the root over %s is %s', (passages, root) => {
    expect(toHex(passageRoot((JSON.parse(passages) as string[]).map(passageDigest)))).toBe(root);
  });
});
