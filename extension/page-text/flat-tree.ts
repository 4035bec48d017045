/** The flat tree: a page as it is drawn, with slotted nodes in their slots and shadow roots in their hosts. */
import {
  attributeOf,
  childNodesOf,
  frameOf,
  nodeTypeOf,
  openShadowOf,
  parentOf,
  rootOf,
  slotOf,
  tagOf,
} from './form-safe.ts';

/** Gives a closed shadow root where the browser lets an extension see it. */
export type OpenShadow = (element: HTMLElement) => ShadowRoot | null;

interface Children {
  readonly children: ArrayLike<Node>;
  /** Set where the children are in another tree than their parent: is it a tree the walk did not start in? */
  readonly otherTree?: boolean;
}

/** The children of an element in the flat tree; of a closed `<details>`, its summary. */
export function childrenOf(element: Element, openShadow: OpenShadow | undefined): Children {
  const tag = tagOf(element);
  if (tag === 'slot') {
    const assigned = (element as HTMLSlotElement).assignedNodes();
    const [first] = assigned;
    if (first !== undefined) return { children: assigned, otherTree: nodeTypeOf(rootOf(first)) !== 9 };
  }
  if (tag === 'details' && attributeOf(element, 'open') === null) {
    return { children: [...element.children].filter((child) => tagOf(child) === 'summary').slice(0, 1) };
  }
  const shadow = shadowOf(element, openShadow);
  return shadow ? { children: shadow.childNodes, otherTree: true } : { children: childNodesOf(element) };
}

/** The shadow root of an element, closed ones included where the browser opens them. */
export function shadowOf(element: Element, openShadow: OpenShadow | undefined): ShadowRoot | null {
  try {
    return openShadowOf(element) ?? openShadow?.(element as HTMLElement) ?? null;
  } catch {
    // Only HTML elements may be asked; every other has no shadow root.
    return null;
  }
}

/** The elements around a node in the flat tree, nearest first; around a frame's document, those of the page it is in. */
export function* enclosing(node: Node): Generator<Element> {
  for (let at: Node | null = node; at; ) {
    const type = nodeTypeOf(at);
    const host: Element | null = type === 11 ? (at as ShadowRoot).host : type === 9 ? frameOf(at as Document) : null;
    const up: Node | null = slotOf(at) ?? parentOf(at) ?? host ?? null;
    if (up !== null && nodeTypeOf(up) === 1) yield up as Element;
    at = up;
  }
}
