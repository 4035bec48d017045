/**
 * The blocks of a page that hold words of their own, by their tags alone: no style is asked for, so nothing is laid out,
 * and a walk can stop after any node. What a reader sees in a block is read later, for the few that stand in view.
 */
import { BLOCK_TAGS, SKIPPED_TAGS } from '#shared/text/rendered.ts';
import { isAside } from '../page-text/aside.ts';
import { childrenOf, enclosing, type OpenShadow } from '../page-text/flat-tree.ts';
import { nodeTypeOf, rootOf, tagOf } from '../page-text/form-safe.ts';
import { rangeLines } from '../page-text/page-text.ts';

/** Nodes between two places where a walk may be interrupted. */
const STEP_NODES = 64;
/** A block beyond these is not read: text that is worth looking up is written in paragraphs. */
const MAX_BLOCK_NODES = 400;
const MAX_BLOCK_TEXT = 20_000;
/** Longer white space than this is taken for words without reading it. */
const MAX_SPACE = 512;

interface Level {
  readonly children: ArrayLike<Node>;
  readonly block: Element | undefined;
  next: number;
}

const isText = (node: Node): node is Text => nodeTypeOf(node) === 3;
const hasWords = (node: Text): boolean => node.length > MAX_SPACE || /\S/.test(node.data);
const isBlock = (node: Node): boolean => nodeTypeOf(node) === 1 && BLOCK_TAGS.has(tagOf(node as Element));

/** Whether nothing in an element is the page's text: code, forms, what is being typed. */
const isSkipped = (element: Element): boolean => SKIPPED_TAGS.has(tagOf(element)) || isAside(element);

/**
 * The blocks in a tree, in its order, each at least once; `undefined` where the walk may be interrupted. Shadow roots are
 * walked and handed to `shadow`, because no observer of the page sees into them.
 */
export function* blocksIn(
  root: Element,
  openShadow: OpenShadow | undefined,
  shadow: (root: ShadowRoot) => void,
): Generator<Element | undefined> {
  const levels: Level[] = [{ children: [root], block: blockAround(root), next: 0 }];
  let last: Element | undefined;
  for (let nodes = 1; ; nodes++) {
    if (nodes % STEP_NODES === 0) yield undefined;
    const level = levels.at(-1);
    if (level === undefined) return;
    const node = level.children[level.next++];
    if (node === undefined) levels.pop();
    else if (isText(node)) {
      if (level.block === undefined || level.block === last || !hasWords(node)) continue;
      last = level.block;
      yield last;
    } else if (nodeTypeOf(node) === 1 && !isSkipped(node as Element)) {
      const element = node as Element;
      const { children, otherTree } = childrenOf(element, openShadow);
      const first = children[0];
      if (first === undefined) continue;
      if (otherTree && nodeTypeOf(rootOf(first)) === 11 && tagOf(element) !== 'slot')
        shadow(rootOf(first) as ShadowRoot);
      levels.push({ children, block: isBlock(element) ? element : level.block, next: 0 });
    }
  }
}

/** The block a node stands in, or nothing. */
export function blockAround(node: Node): Element | undefined {
  if (isBlock(node)) return node as Element;
  for (const around of enclosing(node)) if (isBlock(around)) return around;
  return undefined;
}

/**
 * The lines a reader sees of a block's own words, without those of blocks in it, and how many words there could not be
 * read. Nothing where they are no text of the page, or too much to be looked up.
 */
export function blockText(
  block: Element,
  openShadow: OpenShadow | undefined,
): { readonly lines: readonly string[]; readonly unread: number } | undefined {
  if (isSkipped(block)) return undefined;
  for (const around of enclosing(block)) if (isSkipped(around)) return undefined;
  const lines: string[] = [];
  let unread = 0;
  for (const [first, last] of runsOf(block, openShadow)) {
    const range = first.ownerDocument.createRange();
    range.setStart(first, 0);
    range.setEnd(last, last.length);
    const read = rangeLines(range, openShadow);
    if (read.truncated) return undefined;
    lines.push(...read.lines);
    unread += read.unread;
  }
  return lines.length === 0 ? undefined : { lines, unread };
}

/** First and last text of each stretch of words between the edges of blocks; none where there is too much. */
function runsOf(block: Element, openShadow: OpenShadow | undefined): [Text, Text][] {
  const runs: [Text, Text][] = [];
  let run: [Text, Text] | undefined;
  let [nodes, size] = [0, 0];
  const levels: Level[] = [{ ...childrenOf(block, openShadow), block, next: 0 }];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const node = level.children[level.next++];
    if (node === undefined) {
      levels.pop();
      continue;
    }
    if (++nodes > MAX_BLOCK_NODES) return [];
    if (isBlock(node)) run = undefined;
    else if (isText(node)) {
      size += node.length;
      if (size > MAX_BLOCK_TEXT) return [];
      if (!hasWords(node)) continue;
      if (run !== undefined && rootOf(run[0]) === rootOf(node)) run[1] = node;
      else {
        run = [node, node];
        runs.push(run);
      }
    } else if (nodeTypeOf(node) === 1 && !isSkipped(node as Element)) {
      levels.push({ ...childrenOf(node as Element, openShadow), block, next: 0 });
    }
  }
  return runs;
}
