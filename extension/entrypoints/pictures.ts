/** The content script for pictures, injected beside the detector where one is marked, asked about, or may be looked up. */
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { watchPictures } from '../pictures/watch-pictures.ts';

const marker = globalThis as { witnessmarkPicturesStarted?: true };

export default defineUnlistedScript(() => {
  if (marker.witnessmarkPicturesStarted) return;
  marker.witnessmarkPicturesStarted = true;
  watchPictures(document);
});
