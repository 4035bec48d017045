/**
 * Checks of the places on a page, of which only the newest speaks: one that ends after another was begun, or after what
 * stands there changed or went, says nothing.
 */
import { showOnToolbar } from '../badge/toolbar.ts';
import type { BadgeView } from '../messaging/protocol.ts';
import { dropItem, type PageItem, putItem } from '../verification/page-store.ts';
import type { Checked } from '../verification/verify-item.ts';
import { badgeView } from '../verification/words.ts';
import { keepRaw } from './raw-trails.ts';

/** A place: its tab, which of the tab's pages, and its item. */
export interface Place {
  readonly tabId: number;
  readonly visit: number;
  readonly id: string;
}

/** What a check found: nothing where there is nothing to show. */
export type Examined = { readonly item?: PageItem } & Pick<Checked, 'trail'>;

/** The names that the two content scripts give their items. */
export const ITEM_ID = /^[ip]\d{1,6}$/;

const newest = new Map<string, symbol>();
const nameOf = ({ tabId, visit, id }: Place): string => `${tabId} ${visit} ${id}`;

/** A check of this place that is under way has become void. */
export const forgetCheck = (place: Place): void => void newest.delete(nameOf(place));

/** Makes a check and puts what it found wherever it is shown; gives the badge. */
export async function checkInTurn(place: Place, examine: () => Promise<Examined>): Promise<BadgeView | null> {
  const { tabId, visit, id } = place;
  const name = nameOf(place);
  const begun = Symbol(name);
  newest.set(name, begun);
  const { item, trail } = await examine();
  if (newest.get(name) !== begun) return null;
  newest.delete(name);
  const page = await (item === undefined ? dropItem(tabId, visit, id) : putItem(tabId, visit, item));
  if (page === undefined) return null;
  keepRaw(tabId, id, trail);
  await showOnToolbar(tabId, page);
  return item === undefined ? null : badgeView(item);
}
