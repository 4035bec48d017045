/** The words that are the same on every badge, in the reader's language. */
import type { BadgeWords } from '../messaging/protocol.ts';
import { browser } from '../platform.ts';
import { world } from '../world.ts';

/**
 * The words, as the detector got them from the background. Asked for here, they block the page until the browser has sent
 * all our messages: only where a badge is due before that.
 */
export function badgeWords(): BadgeWords {
  const message = (key: string): string => browser.i18n.getMessage(key);
  world.words ??= {
    name: message('name'),
    checking: message('badge_checking'),
    open: message('badge_open'),
    where: message('badge_where'),
  };
  return world.words;
}
