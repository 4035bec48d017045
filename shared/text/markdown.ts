/**
 * The lines a reader sees where Markdown is rendered. In its own module so that a verifier, which only meets rendered
 * pages, carries no parser.
 * Spec: docs/spec/text.md §1.3.
 */

import { lineCollector } from './lines.ts';
import { type ChildNode, markdownTree } from './markdown-tree.ts';
import { plainLines } from './passages.ts';
import { BLOCK_TAGS, CELL_TAGS, SKIPPED_TAGS } from './rendered.ts';

/** Longer sources are no chat answer; the parser's worst cases grow faster than their input. */
const MAX_SOURCE = 1024 * 1024;

const isHidden = (attributes: readonly { name: string; value: string }[]): boolean =>
  attributes.some(({ name, value }) => name === 'hidden' || (name === 'aria-hidden' && value === 'true'));

interface Step {
  readonly node: ChildNode;
  readonly preserved: boolean;
  readonly leaving: boolean;
}

/** Iterative, because nesting is the author's: no source can overflow the stack here. */
function treeLines(children: readonly ChildNode[]): string[] {
  const collector = lineCollector<undefined>();
  const steps: Step[] = children.map((node) => ({ node, preserved: false, leaving: false })).reverse();
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { node } = step;
    if (node.nodeName === '#text' && 'value' in node) {
      collector.add(node.value, step.preserved, undefined);
      continue;
    }
    if (!('tagName' in node) || SKIPPED_TAGS.has(node.tagName) || isHidden(node.attrs)) continue;
    const tag = node.tagName;
    if (tag === 'br' || BLOCK_TAGS.has(tag)) collector.end();
    else if (CELL_TAGS.has(tag)) collector.space();
    if (step.leaving) continue;
    steps.push({ ...step, leaving: true });
    const preserved = step.preserved || tag === 'pre';
    for (const child of node.childNodes.toReversed()) steps.push({ node: child, preserved, leaving: false });
  }
  collector.end();
  return collector.lines;
}

/**
 * The rendered lines of a Markdown source: headings, paragraphs, list items without their markers, table rows with cells
 * joined by a space, code line by line, link texts; no images, no markup. Soft line breaks are spaces, hard ones end a
 * line. A source over 1 MiB (UTF-16 units) or beyond a bound of `markdownTree` is read as plain text.
 *
 * @example
 * import { markdownLines } from '#shared/text/markdown.ts';
 * markdownLines('# Title\n\n1. *One*\n2. [two](https://example.com) &amp; more'); // => ['Title', 'One', 'two & more']
 */
export function markdownLines(source: string): string[] {
  if (source.length > MAX_SOURCE) return plainLines(source);
  try {
    return treeLines(markdownTree(source));
  } catch {
    return plainLines(source);
  }
}
