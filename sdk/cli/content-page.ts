/** How the text given compares with the text attested, and which passages differ. */
import type { ContentMatch } from '#shared/text/content.ts';
import { type Paint, printable } from './terminal.ts';

const MAX_SHOWN = 20;

function summary(content: ContentMatch): string {
  switch (content.match) {
    case 'exact':
      return 'exactly the attested text';
    case 'passages':
      return `${content.matched} of ${content.of} passages here are attested (${content.attested} attested in all)`;
    case 'similar':
      return `similar to the attested text: ${content.matched} of ${content.of} passages match`;
    case 'none':
      return 'not the attested text: no passage of it matches that is long enough to tell';
    case 'not-compared':
      return 'not compared: give the text with --text FILE';
  }
}

export function contentLines(content: ContentMatch, paint: Paint): string[] {
  const lines = [`  ${summary(content)}`];
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
