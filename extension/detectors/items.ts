/** The items of a page: findings, and what became of each. */
import { type Badge, isBadge } from '../badge/badge.ts';
import { encloses, nodeTypeOf, parentOf } from '../page-text/form-safe.ts';
import type { ItemState } from '../verification/item-state.ts';
import type { StandingText } from './read-text.ts';
import type { Finding } from './registry.ts';

/** A finding with its badge. */
export interface Item {
  readonly id: string;
  readonly finding: Finding;
  state: ItemState;
  /** Counts checks, so that an answer about earlier text is dropped. */
  turn: number;
  /** The text the last check was about. */
  text?: StandingText | undefined;
  badge?: Badge;
}

/** What makes a finding the same one when the page is looked at again. */
export const keyOf = ({ detector, source, declared, candidates }: Omit<Finding, 'rung' | 'element'>): string =>
  JSON.stringify([detector, source, declared, candidates]);

/** Whether two findings are the same one. */
export const isSame = (one: Finding, other: Finding): boolean =>
  one.element === other.element && one.blocks === other.blocks && keyOf(one) === keyOf(other);

/** The items whose elements enclose an item's or lie within it. */
export function overlapsOf({ id, finding: { element } }: Item, items: Iterable<Item>): string[] {
  return [...items]
    .filter((other) => other.id !== id)
    .filter((other) => encloses(element, other.finding.element) || encloses(other.finding.element, element))
    .map((other) => other.id);
}

/** Our own badges coming, going and hiding are no change of the page. Their place is the outermost element of a document. */
export function onlyBadges(record: MutationRecord): boolean {
  if (record.type !== 'childList') return isBadge(record.target);
  const up = parentOf(record.target);
  // Of every other place not even a list is made of what came and went.
  return up !== null && nodeTypeOf(up) === 9 && [...record.addedNodes, ...record.removedNodes].every(isBadge);
}
