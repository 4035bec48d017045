/** Builds elements; text only ever goes in as text. */

type Child = Node | string;

/** An element with attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A definition list of the rows that have a value. */
export const facts = (rows: readonly (readonly [string, string | undefined])[]): HTMLDListElement =>
  element(
    'dl',
    { class: 'facts' },
    ...rows.flatMap(([term, value]) => (value ? [element('dt', {}, term), element('dd', {}, value)] : [])),
  );
