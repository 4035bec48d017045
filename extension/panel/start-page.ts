/** Sets language and title of one of the extension's pages and gives the element to render into. */
import { browser } from '../platform.ts';
import { say } from '../verification/words.ts';

export function startPage(title: string): HTMLElement {
  document.documentElement.lang = browser.i18n.getUILanguage();
  document.title = say(title);
  return document.getElementById('app') ?? document.body;
}
