/** The texts whose rendered lines we know how to read: by their media type. */
import { markdownLines } from './markdown.ts';
import { plainLines } from './passages.ts';

/** Media types whose rendered passages are attested one by one. */
export type TextType = 'text/plain' | 'text/markdown';

/**
 * Whether the lines of this media type can be read; parameters make it another one.
 *
 * @example
 * import { isTextType } from '#shared/text/text-type.ts';
 * isTextType('text/markdown'); // => true
 * isTextType('text/html'); // => false
 */
export const isTextType = (type: string): type is TextType => type === 'text/plain' || type === 'text/markdown';

/**
 * Lines of a text as a reader sees them, by its media type.
 *
 * @example
 * import { renderedLines } from '#shared/text/text-type.ts';
 * renderedLines('# Title', 'text/markdown'); // => ['Title']
 */
export const renderedLines = (text: string, type: TextType): string[] =>
  type === 'text/markdown' ? markdownLines(text) : plainLines(text);
