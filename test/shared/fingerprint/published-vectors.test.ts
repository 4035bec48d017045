/** The vectors that docs/spec/fingerprint.md and docs/spec/compare.md give to other implementers. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compareTexts } from '#shared/compare/compare.ts';
import { wordText } from '#shared/compare/word-text.ts';
import { fingerprintHex, textFingerprints } from '#shared/fingerprint/text-fingerprints.ts';
import { WordStream } from '#shared/fingerprint/word-stream.ts';
import { weightOf, wordsOf } from '#shared/fingerprint/words.ts';
import { matchLine } from '#shared/text/match.ts';

interface Vectors {
  readonly words: readonly { line: string; words: string[]; weights: number[]; hashes: string[] }[];
  readonly texts: readonly { note: string; lines: string[]; 'wm-winnow-1': string[]; 'wm-minhash-1': string[] }[];
  readonly compare: readonly {
    note: string;
    attested: string[];
    page: string[];
    verdict: string;
    similarity: number;
    edits: [string, number, number, number, number][];
  }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../../docs/spec/vectors/fingerprint.json', import.meta.url), 'utf8'),
) as Vectors;

describe('docs/spec/vectors/fingerprint.json', () => {
  test.each(vectors.words)('hashes the words of $line', ({ line, words, weights, hashes }) => {
    expect(wordsOf(matchLine(line))).toEqual(words);
    expect(words.map(weightOf)).toEqual(weights);
    const stream = new WordStream();
    stream.add(line);
    expect([...stream.hashes].map((hash) => hash.toString(16).padStart(8, '0'))).toEqual(hashes);
  });

  test.each(vectors.texts)('fingerprints $note', ({ lines, ...expected }) => {
    const found = textFingerprints(lines);
    for (const name of ['wm-winnow-1', 'wm-minhash-1'] as const)
      expect(found[name].map(fingerprintHex), name).toEqual(expected[name]);
  });

  test.each(vectors.compare)('compares: $note', ({ attested, page, verdict, similarity, edits }) => {
    const found = compareTexts(wordText(attested), wordText(page));
    expect(found.verdict).toBe(verdict);
    expect(found.similarity).toBeCloseTo(similarity, 4);
    expect(
      found.edits.map((edit) => [edit.kind, edit.attested.from, edit.attested.to, edit.page.from, edit.page.to]),
    ).toEqual(edits);
  });
});
