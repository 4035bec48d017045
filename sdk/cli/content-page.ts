/** How the text or image given compares with the attested one, and which passages differ. */
import type { ImageLikeness } from '#shared/image/compare-images.ts';
import type { ContentMatch } from '#shared/text/content.ts';
import { type Paint, printable } from './terminal.ts';

const MAX_SHOWN = 20;

/** How an image compares. `looks` only where its bytes are others and both have a hash. */
function imageSummary({ match }: ContentMatch, looks: ImageLikeness | undefined): string {
  if (match === 'exact') return 'exactly the attested image, byte for byte';
  if (match === 'not-compared') return 'not compared: give the image with --image FILE';
  if (looks === undefined) return 'not the attested image: its bytes are others, and its looks were not compared';
  const bits = `${looks.distance} of 256 bits of its hash differ`;
  return looks.similar
    ? `similar to the attested image: other bytes, and ${bits}`
    : `not the attested image: other bytes, and ${bits}`;
}

function textSummary(content: ContentMatch): string {
  switch (content.match) {
    case 'exact':
      return 'exactly the attested text';
    case 'passages':
      return `${content.matched} of ${content.of} passages here are attested (${content.attested} attested in all)`;
    case 'not-compared':
      return 'not compared: give the text with --text FILE';
    default:
      return 'not the attested text: no passage of it matches that is long enough to tell';
  }
}

/** How an image was compared. */
export interface ImageCompared {
  /** Of one with other bytes than the attested one, where both have a hash. */
  readonly looks: ImageLikeness | undefined;
}

/** @param image - given where the output is an image */
export function contentLines(content: ContentMatch, paint: Paint, image?: ImageCompared): string[] {
  const lines = [`  ${image ? imageSummary(content, image.looks) : textSummary(content)}`];
  if (content.reordered) lines.push('  the passages stand in another order than attested');
  for (const { index, text } of content.differing.slice(0, MAX_SHOWN)) {
    lines.push(`  ${paint('yellow', `passage ${index + 1} differs:`)} ${printable(text, 160)}`);
  }
  const more = content.differing.length - MAX_SHOWN;
  if (more > 0) lines.push(`  and ${more} more passages differ`);
  if (content.match !== 'not-compared' && content.missing.length > 0) {
    const numbers = content.missing.slice(0, MAX_SHOWN).map((index) => index + 1);
    const rest = content.missing.length > MAX_SHOWN ? ', …' : '';
    lines.push(paint('dim', `  attested passages not here: ${numbers.join(', ')}${rest}`));
  }
  return lines;
}
