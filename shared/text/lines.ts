/** Gathers the text of rendered elements into lines. Spec: docs/spec/text.md §1. */

/** A stretch of one text node; offsets in UTF-16 units. */
export interface Piece<Node> {
  readonly node: Node;
  readonly start: number;
  readonly end: number;
}

/** The lines gathered so far and, for each, the text it came from. */
export interface LineCollector<Node> {
  readonly lines: string[];
  readonly pieces: Piece<Node>[][];
  /** Adds text; newlines in it break the line only where white space is preserved. `start` is its offset in `node`. */
  add(text: string, preserved: boolean, node: Node, start?: number): void;
  /** Keeps the words on both sides apart: a table cell's edge. */
  space(): void;
  /** Ends the line: a block's edge or `<br>`. */
  end(): void;
}

/**
 * Gathers text into lines. White space collapses, lines of nothing else are dropped; call `end` after the last text.
 *
 * @example
 * import { lineCollector } from '#shared/text/lines.ts';
 * const collector = lineCollector<string>();
 * collector.add('one\n two', false, 'first');
 * collector.end();
 * collector.lines; // => ['one two']
 * collector.pieces; // => [[{ node: 'first', start: 0, end: 8 }]]
 */
export function lineCollector<Node>(): LineCollector<Node> {
  const lines: string[] = [];
  const pieces: Piece<Node>[][] = [];
  let line = '';
  let from: Piece<Node>[] = [];

  function end(): void {
    const text = line.replace(/[\t\n\f\r ]+/g, ' ').trim();
    if (text !== '') {
      lines.push(text);
      pieces.push(from);
    }
    line = '';
    from = [];
  }

  function add(text: string, preserved: boolean, node: Node, start = 0): void {
    let at = 0;
    if (preserved) {
      for (const { index, 0: newline } of text.matchAll(/\r\n|\r|\n/g)) {
        take(text.slice(at, index), node, start + at);
        end();
        at = index + newline.length;
      }
    }
    take(text.slice(at), node, start + at);
  }

  function take(text: string, node: Node, start: number): void {
    if (text === '') return;
    line += text;
    from.push({ node, start, end: start + text.length });
  }

  const space = (): void => {
    line += ' ';
  };

  return { lines, pieces, add, space, end };
}
