/** The content script for pictures, injected beside the detector where one is marked, asked about, or may be looked up. */
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { watchPictures } from '../pictures/watch-pictures.ts';
import { world } from '../world.ts';

export default defineUnlistedScript(() => {
  if (world.watcher) return;
  world.watcher = true;
  watchPictures(document);
});
