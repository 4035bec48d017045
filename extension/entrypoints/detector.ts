/**
 * The content script. Injected on the reader's action, or on sites the reader allowed; a second
 * injection asks the first one to look again (the background does that).
 */
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import '../detectors/all.ts';
import { watchPage } from '../detectors/watch-page.ts';
import { world } from '../world.ts';

export default defineUnlistedScript(() => {
  if (world.detector) return;
  world.detector = true;
  watchPage(document);
});
