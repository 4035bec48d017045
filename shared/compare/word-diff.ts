/** What stayed between two runs: the longest common subsequence of two short stretches. Spec: docs/spec/compare.md §3. */

/** A stretch of words, `to` excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One difference or agreement; a span of no words says where on that side it stands. */
export interface Edit {
  /**
   * `same` words; the same but `moved` to another place; page words that were `added`; attested ones `removed`; attested
   * words `changed` to page words.
   */
  readonly kind: 'same' | 'moved' | 'added' | 'removed' | 'changed';
  readonly page: Span;
  readonly attested: Span;
}

/** The edit of two stretches without a common word; none where both are empty. */
function difference(attested: Span, page: Span): Edit[] {
  const gone = attested.to > attested.from;
  const come = page.to > page.from;
  if (!gone && !come) return [];
  return [{ kind: gone && come ? 'changed' : come ? 'added' : 'removed', page, attested }];
}

/**
 * The edits that turn a stretch of the attested words into a stretch of the page's, in order. Time and memory are the
 * product of their lengths: bounding them is the caller's.
 *
 * @example
 * import { wordDiff } from '#shared/compare/word-diff.ts';
 * const edits = wordDiff(Int32Array.of(1, 2, 3), { from: 0, to: 3 }, Int32Array.of(1, 9, 3), { from: 0, to: 3 });
 * edits.map(({ kind }) => kind); // => ['same', 'changed', 'same']
 */
export function wordDiff(attested: Int32Array, before: Span, page: Int32Array, after: Span): Edit[] {
  const rows = before.to - before.from;
  const columns = after.to - after.from;
  const width = columns + 1;
  /** Length of the longest common subsequence of what follows row and column. */
  const longest = new Uint16Array((rows + 1) * width);
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const at = row * width + column;
      longest[at] =
        attested[before.from + row] === page[after.from + column]
          ? (longest[at + width + 1] as number) + 1
          : Math.max(longest[at + width] as number, longest[at + 1] as number);
    }
  }
  const edits: Edit[] = [];
  let [row, column, sameRow, sameColumn] = [0, 0, 0, 0];
  const flush = (): void => {
    edits.push(
      ...difference(
        { from: before.from + sameRow, to: before.from + row },
        { from: after.from + sameColumn, to: after.from + column },
      ),
    );
  };
  while (row < rows && column < columns) {
    if (attested[before.from + row] === page[after.from + column]) {
      flush();
      const [startRow, startColumn] = [row, column];
      while (row < rows && column < columns && attested[before.from + row] === page[after.from + column]) {
        row++;
        column++;
      }
      edits.push({
        kind: 'same',
        page: { from: after.from + startColumn, to: after.from + column },
        attested: { from: before.from + startRow, to: before.from + row },
      });
      [sameRow, sameColumn] = [row, column];
    } else if ((longest[(row + 1) * width + column] as number) >= (longest[row * width + column + 1] as number)) row++;
    else column++;
  }
  [row, column] = [rows, columns];
  flush();
  return edits;
}
