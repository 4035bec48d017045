/**
 * The content script. Injected on the reader's action, or on sites the reader allowed; a second
 * injection asks the first one to look again (the background does that).
 */
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { after } from '../after.ts';
import '../detectors/all.ts';
import { watchPage } from '../detectors/watch-page.ts';
import { world } from '../world.ts';

export default defineUnlistedScript(() => {
  // The browser has just compiled all of this: beginning is a task of its own, so that the page waits for neither long.
  world.detector ??= new Promise<void>((done) => after(0, done)).then(() => watchPage(document));
  return world.detector;
});
