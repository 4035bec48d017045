/**
 * Markdown as the tree of its rendering: GitHub-flavoured, by marked without extensions, its HTML parsed as a browser
 * parses it. Bounded, because both parsers repeat what they read: a table fills short rows up to its heading's width,
 * HTML opens unclosed formatting again in every paragraph, and inline text is searched again from every delimiter. A few
 * hundred kilobytes would take gigabytes or an hour. The bounds count the source, never time or stack, so that every
 * machine refuses the same sources.
 */
import { Marked, Tokenizer } from 'marked';
import { type DefaultTreeAdapterMap, defaultTreeAdapter, html, parseFragment } from 'parse5';

/** One node of the rendering. */
export type ChildNode = DefaultTreeAdapterMap['childNode'];

/** Table cells and HTML elements of one source: more than an honest megabyte holds. */
const MAX_MADE = 512 * 1024;
/**
 * Sum of the squared lengths of inline texts, those inside others counted again: one of 32,768 UTF-16 units, or a megabyte
 * in paragraphs of 1,024.
 */
const MAX_INLINE_WORK = 2 ** 30;
/** Block quotes and lists inside each other. */
const MAX_NESTING = 64;

/** The HTML is read as the content of a `<div>`, where a page has it: a stray `<td>` is nothing there. */
const CONTEXT: DefaultTreeAdapterMap['element'] = {
  nodeName: 'div',
  tagName: 'div',
  attrs: [],
  namespaceURI: html.NS.HTML,
  parentNode: null,
  childNodes: [],
};

/** What is left of one bound. */
class Budget {
  #left: number;
  constructor(left: number) {
    this.#left = left;
  }

  /** @throws RangeError where it is spent */
  spend(amount: number): void {
    this.#left -= amount;
    if (this.#left < 0) throw new RangeError('source: repeats too much');
  }
}

/** marked's own rules, counted. */
class BoundedTokenizer extends Tokenizer {
  readonly #cells: Budget;
  readonly #levels = new Budget(MAX_NESTING);
  constructor(cells: Budget) {
    super();
    this.#cells = cells;
  }

  override table(source: string) {
    const [, heading = '', , rows = ''] = this.rules.block.table.exec(source) ?? [];
    if (heading !== '') this.#cells.spend(heading.split('|').length * (rows.split('\n').length + 1));
    return super.table(source);
  }

  override blockquote(source: string) {
    return this.#nested(() => super.blockquote(source));
  }

  override list(source: string) {
    return this.#nested(() => super.list(source));
  }

  #nested<T>(read: () => T): T {
    this.#levels.spend(1);
    const token = read();
    this.#levels.spend(-1);
    return token;
  }
}

/** An instance of its own for each source: extensions another module gives to marked do not change what is attested. */
function htmlOf(source: string, made: Budget): string {
  const inline = new Budget(MAX_INLINE_WORK);
  const marked = new Marked({
    hooks: {
      // Called once with each inline text, before it is searched.
      emStrongMask(text) {
        inline.spend(text.length ** 2);
        return text;
      },
    },
    // Link targets and images are no text; every reference to a definition would repeat them.
    renderer: {
      link({ tokens }) {
        return `<a>${this.parser.parseInline(tokens)}</a>`;
      },
      image: () => '',
    },
  });
  marked.setOptions({ gfm: true, breaks: false, async: false, tokenizer: new BoundedTokenizer(made) });
  return marked.parse(source, { async: false });
}

/**
 * The tree a Markdown source renders to, as the content of a `<div>`. Attacker-controlled input; size is the caller's
 * limit.
 *
 * @throws RangeError where the source exceeds a bound of docs/spec/text.md §1.3
 * @example
 * import { markdownTree } from '#shared/text/markdown-tree.ts';
 * markdownTree('# Title')[0].nodeName; // => 'h1'
 */
export function markdownTree(source: string): readonly ChildNode[] {
  const made = new Budget(MAX_MADE);
  const createElement: typeof defaultTreeAdapter.createElement = (...element) => {
    made.spend(1);
    return defaultTreeAdapter.createElement(...element);
  };
  const treeAdapter = { ...defaultTreeAdapter, createElement };
  return parseFragment(CONTEXT, htmlOf(source, made), { treeAdapter }).childNodes;
}
