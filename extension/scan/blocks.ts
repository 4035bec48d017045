/**
 * Blocks and the words they hold of their own. Where blocks are is told by tags alone, without asking for any style; what
 * a reader sees in one is read with all the care of a verdict, for the few that stand in view.
 */
import { BLOCK_TAGS, SKIPPED_TAGS } from '#shared/text/rendered.ts';
import { isFrame } from '../detectors/frames.ts';
import { isAside } from '../page-text/aside.ts';
import { childrenOf, enclosing, shadowOf } from '../page-text/flat-tree.ts';
import { firstChildOf, nextSiblingOf, nodeTypeOf, rootOf, tagOf } from '../page-text/form-safe.ts';
import { openShadow } from '../page-text/open-shadow.ts';
import { rangeLines } from '../page-text/page-text.ts';

/** A block beyond these is not read: text that is worth looking up is written in paragraphs. */
const MAX_BLOCK_NODES = 400;
const MAX_BLOCK_TEXT = 20_000;
/** Elements around it: a reader's eye asks for each whether it hides the text. */
const MAX_DEPTH = 512;
/** Longer white space than this is taken for words without reading it. */
const MAX_SPACE = 40;

/** A level of a walk: the siblings that are still to come. */
export interface Level {
  readonly block: Element | undefined;
  next: Node | null;
  /** In place of the siblings, where the children of the flat tree are those of no node. */
  readonly slotted?: Iterator<Node>;
}

const isText = (node: Node): node is Text => nodeTypeOf(node) === 3;
const hasWords = (node: Text): boolean => node.length > MAX_SPACE || /\S/.test(node.data);
export const isBlock = (node: Node): boolean => nodeTypeOf(node) === 1 && BLOCK_TAGS.has(tagOf(node as Element));

/** Whether nothing in an element is the page's text: code, forms, what is being typed. */
export const isSkipped = (element: Element): boolean => SKIPPED_TAGS.has(tagOf(element)) || isAside(element);

/** The next node of a level, without a list of all of them: a page may have a million siblings. */
export function nextOf(level: Level): Node | null {
  if (level.slotted !== undefined) return level.slotted.next().value ?? null;
  const node = level.next;
  if (node !== null) level.next = nextSiblingOf(node);
  return node;
}

/** The level below an element in the flat tree. */
export function below(element: Element, block: Element | undefined): Level {
  const tag = tagOf(element);
  if (tag === 'slot' || tag === 'details') {
    return { block, next: null, slotted: Array.from(childrenOf(element, openShadow).children)[Symbol.iterator]() };
  }
  const shadow = shadowOf(element, openShadow);
  return { block, next: firstChildOf(shadow ?? element) };
}

const HOLDS_BLOCKS = [...BLOCK_TAGS, 'iframe', 'frame'].join(',');
/** Children looked at for one with a name of its own, which may hold anything. */
const MAX_NAMED = 16;

/** Whether there are, or may be, blocks or frames in an element. */
export function holdsBlocks(element: Element): boolean {
  const tag = tagOf(element);
  if (tag === 'slot' || shadowOf(element, openShadow) !== null) return true;
  if (Element.prototype.querySelector.call(element, HOLDS_BLOCKS) !== null) return true;
  let child = firstChildOf(element);
  for (let n = 0; child !== null && n < MAX_NAMED; n++, child = nextSiblingOf(child)) {
    if (nodeTypeOf(child) === 1 && /-|^slot$/.test(tagOf(child as Element))) return true;
  }
  return false;
}

/** The blocks in an element that have words of their own, in page order; at most so many nodes are looked at. */
export function blocksIn(root: Element, most: number): Element[] {
  const blocks = new Set<Element>();
  const levels: Level[] = [below(root, blockAround(root))];
  for (let nodes = 0; nodes < most; nodes++) {
    const level = levels.at(-1);
    if (level === undefined) break;
    const node = nextOf(level);
    if (node === null) levels.pop();
    else if (isText(node)) {
      if (level.block !== undefined && hasWords(node)) blocks.add(level.block);
    } else if (nodeTypeOf(node) === 1 && !isSkipped(node as Element)) {
      levels.push(below(node as Element, isBlock(node) ? (node as Element) : level.block));
    }
  }
  return [...blocks];
}

/** The block a node stands in, or nothing. */
function blockAround(node: Node): Element | undefined {
  if (isBlock(node)) return node as Element;
  for (const around of enclosing(node)) if (isBlock(around)) return around;
  return undefined;
}

/**
 * The lines a reader sees of a block's own words, without those of blocks in it, and how many words there could not be
 * read. Nothing where they are no text of the page, or too much to be looked up.
 */
export function blockText(block: Element): { readonly lines: readonly string[]; readonly unread: number } | undefined {
  if (isSkipped(block)) return undefined;
  let depth = 0;
  for (const around of enclosing(block)) {
    if ((isFrame(around) ? isAside(around) : isSkipped(around)) || ++depth > MAX_DEPTH) return undefined;
  }
  const lines: string[] = [];
  let unread = 0;
  for (const [first, last] of runsOf(block)) {
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
function runsOf(block: Element): [Text, Text][] {
  const runs: [Text, Text][] = [];
  let run: [Text, Text] | undefined;
  let [nodes, size] = [0, 0];
  const levels: Level[] = [below(block, block)];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const node = nextOf(level);
    if (node === null) {
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
      levels.push(below(node as Element, block));
    }
  }
  return runs;
}
