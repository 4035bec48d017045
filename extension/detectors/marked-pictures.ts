/** Marked pictures go to the script for pictures, which shares this world: a picture is no text to be compared. */
import { sendFromContent } from '../messaging/messages.ts';
import { tagOf } from '../page-text/form-safe.ts';
import type { Finding } from './registry.ts';

/** What the two scripts share. */
export const world = globalThis as {
  /** Findings about pictures. */
  witnessmarkPictures?: readonly Finding[];
  /** Set by the script for pictures: there may be others now. */
  witnessmarkTake?: () => void;
};

/** Hands over the findings about pictures; gives the others. */
export function withoutPictures(found: readonly Finding[]): readonly Finding[] {
  const isPicture = ({ source, element }: Finding): boolean => Boolean(source && pictureIn(element));
  world.witnessmarkPictures = found.filter(isPicture);
  if (world.witnessmarkTake) world.witnessmarkTake();
  else if (world.witnessmarkPictures.length > 0) void sendFromContent('picture/marked', null).catch(() => null);
  return found.filter((each) => !isPicture(each));
}

/** The picture that an element is, or the one in a figure, whose words are its caption. */
export function pictureIn(element: Element): Element | undefined {
  if (tagOf(element) === 'img') return element;
  const [image, other] = tagOf(element) === 'figure' ? element.querySelectorAll('img') : [];
  return other ? undefined : image;
}
