/** The vectors that docs/spec/text.md gives to other implementers. */
import { readFileSync } from 'node:fs';
import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, test } from 'vitest';
import { toHex } from '#shared/bytes/hex.ts';
import { bindBytes } from '#shared/text/bind.ts';
import { markdownLines } from '#shared/text/markdown.ts';
import { matchLine, wordCount } from '#shared/text/match.ts';
import { passageDigest, passageRoot, passagesOf, plainLines } from '#shared/text/passages.ts';

interface Typed {
  readonly type: 'text/plain' | 'text/markdown' | 'text/html';
  readonly text: string;
}
interface Vectors {
  readonly bind: readonly { text: string; sha256: string }[];
  readonly match: readonly { note: string; line: string; passage: string; words: number }[];
  readonly markdown: readonly { note: string; source: string; lines: string[]; passages: string[] }[];
  readonly same: readonly { note: string; texts: Typed[]; passages: string[] }[];
  readonly roots: readonly { passages: string[]; digests: string[]; root: string }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../../docs/spec/vectors/text.json', import.meta.url), 'utf8'),
) as Vectors;

describe('docs/spec/vectors/text.json', () => {
  test.each(vectors.bind)('binds $text', ({ text, sha256: digest }) => {
    expect(toHex(sha256(bindBytes(text)))).toBe(digest);
  });

  test.each(vectors.match)('folds $note', ({ line, passage, words }) => {
    expect(matchLine(line)).toBe(passage);
    expect(wordCount(passage)).toBe(words);
  });

  test.each(vectors.markdown)('renders $note', ({ source, lines, passages }) => {
    expect(markdownLines(source)).toEqual(lines);
    expect(passagesOf(lines)).toEqual(passages);
  });

  // HTML in a Markdown source is read by the same rules as a page, tags alone.
  test.each(vectors.same)('has one text in $note', ({ texts, passages }) => {
    for (const { type, text } of texts) {
      expect(passagesOf(type === 'text/plain' ? plainLines(text) : markdownLines(text)), type).toEqual(passages);
    }
  });

  test.each(vectors.roots)('digests $passages', ({ passages, digests, root }) => {
    const own = passages.map(passageDigest);
    expect(own.map(toHex)).toEqual(digests);
    expect(toHex(passageRoot(own))).toBe(root);
  });
});
