/** The flat tree: a page as it is drawn, with slotted nodes in their slots and shadow roots in their hosts. */

/** Gives a closed shadow root where the browser lets an extension see it. */
export type OpenShadow = (element: HTMLElement) => ShadowRoot | null;

interface Children {
  readonly children: ArrayLike<Node>;
  /** Set where the children are in another tree than their parent: is it a tree the walk did not start in? */
  readonly otherTree?: boolean;
}

/** The children of an element in the flat tree; of a closed `<details>`, its summary. */
export function childrenOf(element: Element, openShadow: OpenShadow | undefined): Children {
  if (element.localName === 'slot') {
    const assigned = (element as HTMLSlotElement).assignedNodes();
    if (assigned.length > 0) return { children: assigned, otherTree: assigned[0]?.getRootNode().nodeType !== 9 };
  }
  if (element.localName === 'details' && !element.hasAttribute('open')) {
    return { children: [...element.children].filter((child) => child.localName === 'summary').slice(0, 1) };
  }
  let shadow = element.shadowRoot;
  if (!shadow && openShadow) {
    try {
      shadow = openShadow(element as HTMLElement);
    } catch {
      // Only HTML elements may be asked; every other has no shadow root.
    }
  }
  return shadow ? { children: shadow.childNodes, otherTree: true } : { children: element.childNodes };
}

/** The elements around a node in the flat tree, nearest first. */
export function* enclosing(node: Node): Generator<Element> {
  for (let at: Node | null = node; at; ) {
    const slot: Element | null = (at as Element | Text).assignedSlot ?? null;
    const up: Node | null = slot ?? at.parentNode ?? (at as ShadowRoot).host ?? null;
    if (up?.nodeType === 1) yield up as Element;
    at = up;
  }
}
