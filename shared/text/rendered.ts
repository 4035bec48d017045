/**
 * What counts as a line of rendered text, for every reader of a tree of elements: the Markdown canonicaliser and the
 * walker over a page. Spec: docs/spec/text.md §1.
 */

/** Elements that begin and end a line whatever a style sheet says; lower-case HTML names. */
export const BLOCK_TAGS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol p plaintext pre search ' +
    'section summary table tbody tfoot thead tr ul xmp'
  ).split(' '),
);

/** Elements that stand in one line of a table row, with a space between them. */
export const CELL_TAGS: ReadonlySet<string> = new Set(['td', 'th']);

/** Elements whose content is not the page's text: code, data, replaced content, and what a reader types. */
export const SKIPPED_TAGS: ReadonlySet<string> = new Set(
  (
    'audio canvas datalist embed head iframe img input link meta noembed noframes noscript object option picture rp ' +
    'script select style svg template textarea title video'
  ).split(' '),
);

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
 * import { lineCollector } from '#shared/text/rendered.ts';
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
