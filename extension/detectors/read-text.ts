/** Reads the text that stands on a page, bounded, through the flat-tree walker. Never throws. */
import type { SelectionText } from '../messaging/protocol.ts';
import type { OpenShadow } from '../page-text/flat-tree.ts';
import { type PageText, rangeLines, renderedLines } from '../page-text/page-text.ts';
import { widenToParagraphs } from './widen-selection.ts';

/** Most text compared per item, in characters; more is not compared at all, rather than in part. */
const MAX_TEXT = 400_000;
const MAX_LINES = 20_000;

/** Chrome lets extensions read closed shadow roots; elsewhere only open ones are read. */
const openShadow: OpenShadow | undefined = (globalThis as { chrome?: { dom?: { openOrClosedShadowRoot: OpenShadow } } })
  .chrome?.dom?.openOrClosedShadowRoot;

/** The lines of an element, or nothing when there is too much text or the page breaks the walk. */
export function elementLines(element: Element): readonly string[] | undefined {
  try {
    return bounded(renderedLines(element, openShadow));
  } catch {
    return undefined;
  }
}

/** The reader's selection, widened to the paragraphs it touches. */
export function selectedText(document: Document): SelectionText | null {
  try {
    const selection = document.getSelection();
    if (selection === null || selection.rangeCount === 0 || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const widened = widenToParagraphs(range);
    const lines = bounded(rangeLines(widened ?? range, openShadow));
    return lines === undefined ? null : { lines, widened: widened !== undefined };
  } catch {
    return null;
  }
}

function bounded({ lines, truncated }: PageText): readonly string[] | undefined {
  if (truncated || lines.length > MAX_LINES) return undefined;
  let size = 0;
  for (const line of lines) size += line.length;
  return size <= MAX_TEXT ? lines : undefined;
}
