/**
 * A reader rarely selects a paragraph to its last letter, and a passage is compared as a whole:
 * the selection is widened to the nearest paragraphs around its two ends.
 */
import { BLOCK_TAGS } from '#shared/text/rendered.ts';
import { childNodesOf, encloses, nodeTypeOf, parentOf, tagOf } from '../page-text/form-safe.ts';

/** The widened range, or nothing when the selection already holds whole paragraphs. */
export function widenToParagraphs(range: Range): Range | undefined {
  const start = paragraphOf(range.startContainer);
  const end = paragraphOf(range.endContainer);
  const wide = range.cloneRange();
  if (start !== undefined) wide.setStart(start, 0);
  if (end !== undefined && !(range.endOffset === 0 && encloses(end, range.endContainer) && atStart(range, end))) {
    wide.setEnd(end, childNodesOf(end).length);
  }
  const same =
    wide.compareBoundaryPoints(Range.START_TO_START, range) === 0 &&
    wide.compareBoundaryPoints(Range.END_TO_END, range) === 0;
  return same ? undefined : wide;
}

/** A triple click ends at the very start of the next paragraph, which is then not meant. */
function atStart(range: Range, block: Element): boolean {
  const before = range.cloneRange();
  before.selectNodeContents(block);
  before.setEnd(range.endContainer, range.endOffset);
  return before.toString().trim() === '';
}

/** The nearest block that holds no other block: a paragraph, a list item, a cell. */
function paragraphOf(node: Node): Element | undefined {
  let at: Node | null = node;
  while (at !== null && !(nodeTypeOf(at) === 1 && BLOCK_TAGS.has(tagOf(at)))) at = parentOf(at);
  if (at === null || tagOf(at) === 'body') return undefined;
  const element = at as Element;
  for (const inner of Element.prototype.querySelectorAll.call(element, '*')) {
    if (BLOCK_TAGS.has(tagOf(inner))) return undefined;
  }
  return element;
}
