/** Marked pictures go to the script for pictures, which shares this world: a picture is no text to be compared. */
import { sendFromContent } from '../messaging/messages.ts';
import { tagOf } from '../page-text/form-safe.ts';
import { world } from '../world.ts';
import type { Finding } from './registry.ts';

/** Hands over the findings about pictures; gives the others. */
export function withoutPictures(found: readonly Finding[]): readonly Finding[] {
  const texts = found.filter(({ source, element }) => !(source && pictureIn(element)));
  world.pictures = found.filter((each) => !texts.includes(each));
  if (world.take) world.take();
  else if (found.length > texts.length) void sendFromContent('picture/marked', null).catch(() => null);
  return texts;
}

/** The picture that an element is, or the one in a figure, whose words are its caption. */
export function pictureIn(element: Element): Element | undefined {
  if (tagOf(element) === 'img') return element;
  const [image, other] = tagOf(element) === 'figure' ? element.querySelectorAll('img') : [];
  return other ? undefined : image;
}
