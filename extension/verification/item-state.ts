/**
 * The life of one item on a page, as a table. A verdict is shown only for the text it was made
 * for: any change of the text takes the badge away until the new text is checked.
 */

/** Where an item stands. */
export type ItemState = 'found' | 'checking' | 'shown' | 'changed' | 'gone';

/** What can happen to it. */
export type ItemEvent = 'check' | 'verdict' | 'edit' | 'remove';

const TABLE: Readonly<Record<ItemState, Partial<Record<ItemEvent, ItemState>>>> = {
  found: { check: 'checking', edit: 'found', remove: 'gone' },
  checking: { verdict: 'shown', edit: 'changed', remove: 'gone' },
  shown: { check: 'checking', edit: 'changed', remove: 'gone' },
  changed: { check: 'checking', verdict: 'changed', edit: 'changed', remove: 'gone' },
  gone: {},
};

/** The state after an event; an event that has no place in a state changes nothing. */
export function nextState(state: ItemState, event: ItemEvent): ItemState {
  return TABLE[state][event] ?? state;
}
