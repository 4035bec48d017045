/** "Check this picture": finds the record of a picture that the reader points at, on the same path as discovery. */
import { find } from '../discovery/find.ts';
import { fingerprintsOfPicture } from '../discovery/fingerprints.ts';
import type { ShownPicture } from '../messaging/picture-protocol.ts';
import { isAskable } from '../trails/fetch-picture.ts';
import type { PageItem } from '../verification/page-store.ts';
import { seePicture } from '../verification/see-picture.ts';
import { verifyFound } from '../verification/verify-found.ts';
import { hostOf, say } from '../verification/words.ts';
import { excerptOf, SELECTION_ID } from './check-selection.ts';

/** A picture that the reader asks about: its address, and the page it stands on. */
export interface PickedPicture {
  readonly address: string;
  readonly page: string;
}

/** What the panel lists where the page says nothing about a picture. */
export const pictureExcerpt = (alt: string): string => excerptOf([alt]) || say('panel_picture_unnamed');

/**
 * Checks a picture and says what came of it.
 *
 * @param shown - as it is drawn; nothing where the page's script did not find it
 */
export async function checkPicture(
  picked: PickedPicture,
  shown: { readonly picture: ShownPicture; readonly alt: string } | null,
  now: number,
): Promise<PageItem> {
  const { address, page } = picked;
  const excerpt = pictureExcerpt(shown?.alt ?? '');
  const item: PageItem = { id: SELECTION_ID, kind: 'selection', detector: 'picture', excerpt, overlaps: [], picked };
  const isWeb = /^https?:/.test(address) && address.length <= 4096;
  const seen = await seePicture(shown?.picture ?? { address: isWeb ? address : '' }, page);
  if (seen === 'closed') {
    const closed = { host: hostOf(address), pictures: 1, askable: isAskable(address) };
    return { ...item, problem: 'picture_closed', closed };
  }
  if (seen === undefined) return { ...item, problem: 'picture_unread' };
  const fingerprints = fingerprintsOfPicture(seen);
  if (fingerprints === undefined) return { ...item, problem: 'picture_plain' };
  const { outcome, candidates } = await find({ fingerprints, page: SELECTION_ID, explicit: true }, now);
  if (outcome === 'blind') return { ...item, problem: 'selection_no_log' };
  const { report, found, withdrawn } = await verifyFound(candidates, { picture: seen }, { now, host: hostOf(page) });
  if (report !== undefined && found !== undefined) return { ...item, report, found };
  if (withdrawn > 0) return { ...item, problem: 'picture_withdrawn' };
  return { ...item, problem: outcome === 'unreachable' ? 'selection_unreachable' : 'picture_unknown' };
}
