/**
 * The content script. Injected on the reader's action, or on sites the reader allowed; a second
 * injection asks the first one to look again (the background does that).
 */
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import '../detectors/all.ts';
import { watchPage } from '../detectors/watch-page.ts';

const marker = globalThis as { witnessmarkStarted?: true };

export default defineUnlistedScript(() => {
  if (marker.witnessmarkStarted) return;
  marker.witnessmarkStarted = true;
  watchPage(document);
});
