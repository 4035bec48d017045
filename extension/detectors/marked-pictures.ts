/** Marked pictures go to the script for pictures, which shares this world: a picture is no text to be compared. */
import { sendFromContent } from '../messaging/messages.ts';
import { tagOf } from '../page-text/form-safe.ts';
import type { Finding } from './registry.ts';

/** A finding that is about a picture. */
export interface MarkedPicture {
  readonly finding: Finding;
  readonly image: HTMLImageElement;
}

interface MarkedPictures {
  findings: readonly MarkedPicture[];
  /** Set by the script for pictures: called when there are others. */
  taken?: () => void;
}

/** Pieces of text looked at before an element counts as more than a picture. */
const MAX_TEXTS = 64;

const world = globalThis as { witnessmarkMarkedPictures?: MarkedPictures };

/** What the two scripts share. */
export const markedPictures = (): MarkedPictures => {
  world.witnessmarkMarkedPictures ??= { findings: [] };
  return world.witnessmarkMarkedPictures;
};

/** Hands over the findings about pictures; gives the others. */
export function withoutPictures(found: readonly Finding[]): Finding[] {
  const pictures = found.flatMap((finding) => {
    const image = finding.source && pictureIn(finding.element);
    return image ? [{ finding, image }] : [];
  });
  const shared = markedPictures();
  shared.findings = pictures;
  if (shared.taken) shared.taken();
  else if (pictures.length > 0) void sendFromContent('picture/marked', null).catch(() => null);
  return found.filter((each) => !pictures.some(({ finding }) => finding === each));
}

/** The picture that an element is, or all that it holds; the words of a figure are its caption. */
function pictureIn(element: Element): HTMLImageElement | undefined {
  const tag = tagOf(element);
  if (tag === 'img') return element as HTMLImageElement;
  const [image, other] = Element.prototype.querySelectorAll.call(element, 'img');
  if (!image || other) return undefined;
  if (tag === 'figure') return image as HTMLImageElement;
  const texts = image.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let n = 0, text = texts.nextNode(); text !== null; n++, text = texts.nextNode()) {
    if (n > MAX_TEXTS || /\S/.test((text as Text).data)) return undefined;
  }
  return image as HTMLImageElement;
}
