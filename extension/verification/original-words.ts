/**
 * The words of lines as they were written. Texts are compared by their folded words (`wordText`: lower case, no
 * punctuation); a reader is shown the ones that stand there.
 */
import type { WordText } from '#shared/compare/word-text.ts';
import { wordsOf } from '#shared/fingerprint/words.ts';
import { matchLine } from '#shared/text/match.ts';

/** Pieces of a line: what stands between spaces, and each character of the scripts that write words without them. */
const PIECES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30FC\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*[^\p{L}\p{N}\s]*\s*|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30FC\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+\s*/gu;

/** One string for each word of `text`; together they are the lines, where folding allows to tell the words apart. */
export function originalWords(lines: readonly string[], { words, starts }: WordText): string[] {
  return lines.flatMap((line, n) => {
    const folded = words.slice(starts[n] ?? words.length, starts[n + 1] ?? words.length);
    return piecesOf(line, folded) ?? folded.map((word) => `${word} `);
  });
}

function piecesOf(line: string, folded: readonly string[]): string[] | undefined {
  const pieces: string[] = [];
  const words: string[] = [];
  for (const [piece] of line.matchAll(PIECES)) {
    const own = wordsOf(matchLine(piece));
    // Punctuation on its own goes with the word before it.
    if (own.length === 0 && pieces.length > 0) pieces[pieces.length - 1] += piece;
    for (const [at, word] of own.entries()) {
      words.push(word);
      pieces.push(at === 0 ? piece : '');
    }
  }
  return words.length === folded.length && words.every((word, at) => word === folded[at]) ? pieces : undefined;
}
