/** Where on a page a recognised text stands. */
import { encloses, nodeTypeOf, parentOf, precedes } from '../page-text/form-safe.ts';
import { blocksIn, blockText } from './blocks.ts';
import type { ReadBlock } from './stretches.ts';

/** Blocks compared around a recognised stretch, and the walk to find them. */
const MAX_BLOCKS = 64;
const MAX_NODES = 4000;
/** UTF-16 units. */
const MAX_TEXT = 60_000;

/** The smallest element around all of some blocks. */
export function recognisedPlace([first, ...others]: readonly Element[]): Element | undefined {
  let at: Node | null | undefined = first;
  while (at && !(nodeTypeOf(at) === 1 && others.every((other) => encloses(at as Element, other)))) at = parentOf(at);
  return (at as Element | null | undefined) ?? first;
}

/** A stretch with the blocks of the element it stands in, in view or not: what was copied rarely ends at a window's edge. */
export function surroundings(read: readonly ReadBlock[]): readonly ReadBlock[] {
  const [first] = read;
  const place = recognisedPlace(read.map(({ element }) => element));
  const up = place && (place === first?.element ? parentOf(place) : place);
  if (!up || nodeTypeOf(up) !== 1 || first === undefined) return read;
  const known = new Map(read.map((block) => [block.element, block]));
  const all = blocksIn(up as Element, MAX_NODES);
  const spare = Math.max(0, MAX_BLOCKS - read.length);
  const from = Math.max(0, all.indexOf(first.element) - Math.floor(spare / 2));
  const around: ReadBlock[] = [];
  let size = 0;
  for (const element of all.slice(from, from + Math.max(MAX_BLOCKS, read.length))) {
    const block = known.get(element) ?? { element, lines: blockText(element)?.lines ?? [] };
    for (const line of block.lines) size += line.length;
    if (size > MAX_TEXT) break;
    around.push(block);
  }
  return read.every(({ element }) => around.some((each) => each.element === element)) ? around : read;
}

/** Whether a change is in one of some blocks, or of an element around one. */
export function touches({ type, target, addedNodes }: MutationRecord, blocks: readonly Element[]): boolean {
  if (blocks.some((block) => encloses(block, target))) return true;
  if (type !== 'childList') return blocks.some((block) => encloses(target, block));
  return [...addedNodes].some((node) => standsBetween(node, blocks));
}

/** Whether something came to stand between the first and the last of some blocks. */
export function isBetween(records: readonly MutationRecord[], blocks: readonly Element[]): boolean {
  return records.some(({ addedNodes, target }) => {
    const inside = blocks.some((block) => encloses(block, target));
    return !inside && [...addedNodes].some((node) => standsBetween(node, blocks));
  });
}

function standsBetween(node: Node, blocks: readonly Element[]): boolean {
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (first === undefined || last === undefined || !node.isConnected) return false;
  return precedes(first, node) && precedes(node, last);
}
