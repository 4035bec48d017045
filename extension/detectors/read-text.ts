/** Reads the text that stands on a page, bounded, through the flat-tree walker. Never throws. */
import type { SelectionText } from '../messaging/protocol.ts';
import { openShadow } from '../page-text/open-shadow.ts';
import { type PageText, rangeLines, renderedLines } from '../page-text/page-text.ts';
import { blockText } from '../scan/blocks.ts';
import { sizeOf } from '../scan/stretches.ts';
import { widenToParagraphs } from './widen-selection.ts';

/** Most text compared per item, in characters; more is not compared at all, rather than in part. */
const MAX_TEXT = 400_000;
const MAX_LINES = 20_000;

/** What stands in an element now. */
export interface StandingText {
  readonly lines: readonly string[];
  /** Words a reader sees there that could not be read as text, and so were compared with nothing. */
  readonly unread: number;
}

/** Where a text stands. */
export interface Place {
  readonly element: Element;
  readonly blocks?: readonly Element[];
}

/** What stands in an element, or in some blocks of it; nothing when that is too much or the page breaks the walk. */
export function standingText({ element, blocks }: Place): StandingText | undefined {
  try {
    if (blocks === undefined) return bounded(renderedLines(element, openShadow));
    const read = blocks.flatMap((block) => blockText(block) ?? []);
    const unread = read.reduce((sum, each) => sum + each.unread, 0);
    return bounded({ lines: read.flatMap(({ lines }) => lines), unread });
  } catch {
    return undefined;
  }
}

/** The reader's selection, widened to the paragraphs it touches. The selection itself is left as it is. */
export function selectedText(document: Document): SelectionText | null {
  try {
    const selection = document.getSelection();
    if (selection === null || selection.rangeCount === 0 || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const widened = widenToParagraphs(range);
    const text = bounded(rangeLines(widened ?? range, openShadow));
    return text === undefined ? null : { ...text, widened: widened !== undefined };
  } catch {
    return null;
  }
}

function bounded({ lines, truncated, unread }: StandingText & Partial<PageText>): StandingText | undefined {
  if (truncated || lines.length > MAX_LINES) return undefined;
  return sizeOf({ lines }) <= MAX_TEXT ? { lines, unread } : undefined;
}
