/** The items of a page: findings, and what became of each. */
import { type Badge, isBadge } from '../badge/badge.ts';
import { encloses } from '../page-text/form-safe.ts';
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

/** Whether one of the items is this finding. */
export function isKnown(finding: Finding, items: Iterable<Item>): boolean {
  const key = keyOf(finding);
  const isSame = ({ element, blocks }: Finding): boolean => element === finding.element && blocks === finding.blocks;
  return [...items].some((item) => isSame(item.finding) && keyOf(item.finding) === key);
}

/** The items whose elements enclose an item's or lie within it. */
export function overlapsOf({ id, finding: { element } }: Item, items: Iterable<Item>): string[] {
  return [...items]
    .filter((other) => other.id !== id)
    .filter((other) => encloses(element, other.finding.element) || encloses(other.finding.element, element))
    .map((other) => other.id);
}

/** Our own badges coming and going are no change of the page. */
export function onlyBadges(record: MutationRecord): boolean {
  if (record.type !== 'childList') return false;
  const nodes = [...record.addedNodes, ...record.removedNodes];
  return nodes.length > 0 && nodes.every(isBadge);
}
