/** Pictures on a page as they are drawn now. */
import type { ShownPicture } from '../messaging/picture-protocol.ts';
import { boxOf } from '../page-text/form-safe.ts';
import { digestOf } from './file-of.ts';
import { drawn } from './reduce.ts';

/** Smaller ones are icons and buttons; CSS pixels for the second. */
const MIN_NATURAL = 128;
const MIN_SHOWN = 64;
const MAX_ADDRESS = 4096;

/** The pictures of a document, whatever the page calls its elements; a live list. */
export const picturesOf = (document: Document): HTMLCollectionOf<HTMLImageElement> =>
  Document.prototype.getElementsByTagName.call(document, 'img') as HTMLCollectionOf<HTMLImageElement>;

/** What tells a picture's file from the one that stood in the same place before. */
export const fileName = ({ currentSrc, naturalWidth, naturalHeight }: HTMLImageElement): string =>
  `${naturalWidth} ${naturalHeight} ${currentSrc}`;

/** Whether a picture is there and drawn from its own file: a style may put another one in its place. */
export const isItself = (image: HTMLImageElement): boolean =>
  image.isConnected && image.complete && image.naturalWidth > 0 && getComputedStyle(image).content === 'normal';

/** Whether a picture is large enough to be looked up. */
export function isLarge(image: HTMLImageElement): boolean {
  if (Math.min(image.naturalWidth, image.naturalHeight) < MIN_NATURAL) return false;
  const { width, height } = boxOf(image);
  return Math.min(width, height) >= MIN_SHOWN;
}

/** How far the sides of a picture and of its box may be apart before it counts as cut. */
const MAX_STRETCH = 0.05;

/** A place from one end of the room that is left to the other, in which nothing is pushed out of the box. */
const WITHIN = /^(?:(?:100|\d{1,2}(?:\.\d+)?)%(?: |$)){2}$/;

/** Whether all of a picture is drawn as it is: a style may cut it off or change its colours. */
export function isWhole(image: HTMLImageElement): boolean {
  const style = getComputedStyle(image);
  const { objectFit, objectPosition, filter, clipPath, maskImage } = style;
  const { width, height } = boxOf(image);
  const stretch = (width * image.naturalHeight) / (height * image.naturalWidth);
  const isCut = objectFit === 'none' || (objectFit === 'cover' && Math.abs(stretch - 1) > MAX_STRETCH);
  if (isCut || !WITHIN.test(objectPosition)) return false;
  return [filter, clipPath, maskImage, style.getPropertyValue('object-view-box')].every(
    (value) => !value || value === 'none',
  );
}

/** What the page says is on a picture. */
export const altOf = (image: HTMLImageElement): string => image.alt.trim().slice(0, 200);

/** What is drawn, and where asked for, the digest of its file. Nothing where there is nothing to look at. */
export async function shownPicture(image: HTMLImageElement, withDigest: boolean): Promise<ShownPicture | undefined> {
  if (!isItself(image)) return undefined;
  const before = fileName(image);
  const { currentSrc } = image;
  const address = /^https?:/.test(currentSrc) && currentSrc.length <= MAX_ADDRESS ? currentSrc : '';
  const pixels = await drawn(image);
  if (pixels === undefined) return undefined;
  const digest = withDigest && pixels !== 'closed' && isWhole(image) ? await digestOf(image) : undefined;
  if (fileName(image) !== before) return undefined;
  return { address, ...(pixels !== 'closed' && { drawn: pixels }), ...(digest !== undefined && { digest }) };
}
