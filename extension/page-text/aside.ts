/**
 * Words that are seen on a page and are not its text: decoration, what a visitor may edit, labels in drawings and form
 * controls. They are compared with nothing, so they are counted, and the reader is told.
 */
import { attributeOf, tagOf } from './form-safe.ts';

/** Skipped as text, though a browser shows words that stand in them. */
export const DRAWN_TAGS: ReadonlySet<string> = new Set(['svg', 'object']);

/** Controls that show no words of their own. */
const WORDLESS = /^(hidden|checkbox|radio|range|color|file|image|password)$/;

/** Elements whose words are shown but not said: decoration, and what somebody is typing. */
export function isAside(element: Element): boolean {
  const editable = attributeOf(element, 'contenteditable');
  return (
    attributeOf(element, 'aria-hidden') === 'true' ||
    attributeOf(element, 'hidden') !== null ||
    (editable !== null && editable !== 'false')
  );
}

/** The words a form control shows, whoever put them there; nothing for every other element. */
export function drawnWords(element: Element): string | undefined {
  const tag = tagOf(element);
  if (tag === 'select') {
    return [...(element as HTMLSelectElement).selectedOptions].map(({ label }) => label).join(' ');
  }
  if (tag !== 'textarea' && tag !== 'input') return undefined;
  const { value, placeholder, type } = element as HTMLInputElement;
  return WORDLESS.test(type) ? undefined : value || placeholder;
}

export const countWords = (text: string): number => text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
