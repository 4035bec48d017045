/** Blocks that belong together: what is looked up is a stretch of text, as somebody wrote it, not a page. */
import { encloses, parentOf } from '../page-text/form-safe.ts';

/** A block in view and the lines a reader sees of it. */
export interface ReadBlock {
  readonly element: Element;
  readonly lines: readonly string[];
}

/** Shorter ones are not worth a message; the words are counted in the background. UTF-16 units. */
const MIN_TEXT = 40;
/** Most blocks and text of one stretch. */
const MAX_BLOCKS = 64;
const MAX_TEXT = 40_000;

/** UTF-16 units. */
export const sizeOf = ({ lines }: Pick<ReadBlock, 'lines'>): number =>
  lines.reduce((sum, line) => sum + line.length, 0);

/** Whether two blocks, one after the other, are of one text: paragraphs of one parent, or a list beside them. */
function areNear(one: Element, next: Element): boolean {
  const [above, aboveNext] = [parentOf(one), parentOf(next)];
  if (above === null || aboveNext === null) return false;
  return encloses(above, next) || encloses(aboveNext, one) || (parentOf(above)?.contains(next) ?? false);
}

/** Splits blocks, in page order, into stretches; `short` gets those that may yet grow with what comes into view. */
export function stretchesOf(blocks: readonly ReadBlock[]): { stretches: ReadBlock[][]; short: ReadBlock[] } {
  const groups: ReadBlock[][] = [];
  let size = 0;
  for (const block of blocks) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    const own = sizeOf(block);
    const joins = before && areNear(before.element, block.element) && (group?.length ?? 0) < MAX_BLOCKS;
    if (joins && size + own <= MAX_TEXT) {
      group?.push(block);
      size += own;
    } else {
      groups.push([block]);
      size = own;
    }
  }
  const isShort = (group: readonly ReadBlock[]): boolean =>
    group.reduce((sum, each) => sum + sizeOf(each), 0) < MIN_TEXT;
  return { stretches: groups.filter((group) => !isShort(group)), short: groups.filter(isShort).flat() };
}
