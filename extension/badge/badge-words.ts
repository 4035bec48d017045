/** The words that are the same on every badge, in the reader's language. */
import { browser } from '../platform.ts';
import type { BadgeWords } from './badge.ts';

export function badgeWords(): BadgeWords {
  const message = (key: string): string => browser.i18n.getMessage(key);
  return {
    name: message('name'),
    checking: message('badge_checking'),
    open: message('badge_open'),
    where: message('badge_where'),
  };
}
