/** Hands the recipes a test page carries to the background and writes the answers back into the page. */
import { defineContentScript } from 'wxt/utils/define-content-script';
import { browser } from '../../../../extension/platform.ts';

export default defineContentScript({
  matches: ['http://127.0.0.1/*'],
  async main() {
    const recipes = JSON.parse(document.body.dataset.recipes ?? '[]') as string[];
    const answers: unknown[] = [];
    for (const recipe of recipes) answers.push(await browser.runtime.sendMessage(recipe));
    document.body.dataset.answers = JSON.stringify(answers);
  },
});
