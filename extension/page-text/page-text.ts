/**
 * The text a page shows, as lines: what the content script reads before anything is compared with a proof trail.
 *
 * In scope: the flat tree (slots, shadow roots), what is visible, where lines begin and end, where each line stands.
 * Out of scope: folding (`shared/text/match.ts`), and everything a style can do that no element tells — text in the colour
 * of its ground, text covered by another element, words drawn as pictures. Spec: docs/spec/text.md §1.
 */
import { type LineCollector, lineCollector, type Piece } from '#shared/text/lines.ts';
import { BLOCK_TAGS, CELL_TAGS, SKIPPED_TAGS } from '#shared/text/rendered.ts';
import { countWords, DRAWN_TAGS, drawnWords, isAside } from './aside.ts';
import { childrenOf, enclosing, type OpenShadow } from './flat-tree.ts';
import { childNodesOf, nodeTypeOf, parentOf, tagOf, topElementOf, viewOf } from './form-safe.ts';
import { breaksLine, hasNoBox, isUnseen, preservesNewlines, type Style, showsText } from './visibility.ts';

/** A page may be endless; a text worth a verdict is not. */
export const MAX_NODES = 20_000;
/** UTF-16 units, per root. */
export const MAX_TEXT = 1024 * 1024;

export interface PageText {
  readonly lines: string[];
  /** For each line the stretches of text nodes it came from, in order. */
  readonly nodes: readonly (readonly Piece<Text>[])[];
  /** A limit was reached: the lines are the beginning only, so nothing exact can be said. */
  readonly truncated: boolean;
  /** Words a reader sees but that do not count as the page's text (see `aside.ts`): a verdict leaves them out. */
  readonly unread: number;
}

interface Step {
  readonly node: Node;
  readonly leaving: boolean;
  readonly style: Style | undefined;
  readonly preserved: boolean;
  /** Seen, but not the page's text. */
  readonly aside: boolean;
  /** In the tree the selection is in; inside a shadow root the host decides. */
  readonly clipped: boolean;
}

const isElement = (node: Node): node is Element => nodeTypeOf(node) === 1;
const isText = (node: Node): node is Text => [3, 4].includes(nodeTypeOf(node));

class Walk {
  readonly collector: LineCollector<Text> = lineCollector();
  truncated = false;
  unread = 0;
  #nodes = 0;
  #size = 0;
  readonly #openShadow: OpenShadow | undefined;

  constructor(openShadow: OpenShadow | undefined) {
    this.#openShadow = openShadow;
  }

  /** Walks one root, iteratively: the page decides how deep it nests. */
  root(root: Node, range?: Range): void {
    const view = viewOf(root);
    const styleOf = (node: Node): Style | undefined =>
      view && isElement(node) ? view.getComputedStyle(node) : undefined;
    let preserved = false;
    for (const around of enclosing(root)) {
      // Around a frame there is another window.
      const style = viewOf(around)?.getComputedStyle(around);
      if (style && (hasNoBox(style) || isUnseen(around, style))) return;
      if (tagOf(around) === 'pre') preserved = true;
    }

    const parent = parentOf(root);
    const steps: Step[] = [];
    const push = (node: Node, from: Omit<Step, 'node' | 'leaving'>): void => {
      steps.push({ ...from, node, leaving: false });
    };
    const style = parent && isText(root) ? styleOf(parent) : undefined;
    push(root, { style, preserved, aside: false, clipped: range !== undefined });

    for (let step = steps.pop(); step && !this.truncated; step = steps.pop()) {
      const { node } = step;
      if (!step.leaving && ++this.#nodes > MAX_NODES) this.truncated = true;
      else if (step.clipped && range && !step.leaving && !range.intersectsNode(node)) continue;
      else if (isText(node)) this.#text(node, step, step.clipped ? range : undefined);
      else if (!isElement(node)) for (const child of [...childNodesOf(node)].reverse()) push(child, step);
      else if (step.leaving) this.#edge(node, step.style);
      else {
        const tag = tagOf(node);
        const own = styleOf(node);
        if (own && (hasNoBox(own) || isUnseen(node, own))) continue;
        const words = own && drawnWords(node);
        if (words !== undefined) this.unread += countWords(words);
        if (SKIPPED_TAGS.has(tag) && !(own && DRAWN_TAGS.has(tag))) continue;
        // Without a style nothing tells whether a reader sees it.
        if (!own && isAside(node)) continue;
        this.#edge(node, own);
        steps.push({ ...step, leaving: true, style: own });
        const { children, otherTree } = childrenOf(node, this.#openShadow);
        const inside = {
          style: own,
          preserved: step.preserved || tag === 'pre',
          aside: step.aside || SKIPPED_TAGS.has(tag) || (node !== root && isAside(node)),
          clipped: otherTree === undefined ? step.clipped : range !== undefined && !otherTree,
        };
        for (let i = children.length - 1; i >= 0; i--) push(children[i] as Node, inside);
      }
    }
    this.collector.end();
  }

  #edge(element: Element, style: Style | undefined): void {
    const tag = tagOf(element);
    if (CELL_TAGS.has(tag)) this.collector.space();
    else if (tag === 'br' || BLOCK_TAGS.has(tag) || (style && breaksLine(style))) {
      this.collector.end();
    }
  }

  #text(node: Text, step: Step, range: Range | undefined): void {
    const start = range?.startContainer === node ? range.startOffset : 0;
    const end = range?.endContainer === node ? range.endOffset : node.data.length;
    const text = node.data.slice(start, end);
    if (step.style && /\S/.test(text) && !showsText(node, step.style)) return;
    if (step.aside) {
      this.unread += countWords(text);
      return;
    }
    this.#size += text.length;
    if (this.#size > MAX_TEXT) this.truncated = true;
    else {
      const preserved = step.preserved || (step.style !== undefined && preservesNewlines(step.style));
      this.collector.add(text, preserved, node, start);
    }
  }

  result(): PageText {
    const { lines, pieces } = this.collector;
    return { lines, nodes: pieces, truncated: this.truncated, unread: this.unread };
  }
}

/**
 * The lines a reader sees in `root`. Shadow roots are read where they are open; `openShadow` may open closed ones
 * (`chrome.dom.openOrClosedShadowRoot`). A root that is not in a document is read by its tags alone.
 */
export function renderedLines(root: Node, openShadow?: OpenShadow): PageText {
  const walk = new Walk(openShadow);
  walk.root(nodeTypeOf(root) === 9 ? (topElementOf(root) ?? root) : root);
  return walk.result();
}

/** The lines within a range; the first and the last may be parts of a line. */
export function rangeLines(range: Range, openShadow?: OpenShadow): PageText {
  const walk = new Walk(openShadow);
  if (!range.collapsed) walk.root(range.commonAncestorContainer, range);
  return walk.result();
}

/** The lines a reader has selected; Firefox may have several ranges. */
export function selectionLines(selection: Selection, openShadow?: OpenShadow): PageText {
  const walk = new Walk(openShadow);
  for (let i = 0; i < selection.rangeCount; i++) {
    const range = selection.getRangeAt(i);
    if (!range.collapsed) walk.root(range.commonAncestorContainer, range);
  }
  return walk.result();
}

/** The page range of a line, for a highlight or to scroll to; `undefined` where its text is gone. */
export function rangeOf(pieces: readonly Piece<Text>[]): Range | undefined {
  const [first, last] = [pieces[0], pieces.at(-1)];
  if (!first?.node.isConnected || !last?.node.isConnected) return undefined;
  const range = first.node.ownerDocument.createRange();
  range.setStart(first.node, Math.min(first.start, first.node.length));
  const end = last.node.getRootNode() === first.node.getRootNode() ? last : first;
  range.setEnd(end.node, Math.min(end.end, end.node.length));
  return range;
}
