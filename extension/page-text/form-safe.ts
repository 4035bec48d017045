/**
 * Reading nodes whose page named a form control after the property read: `<form><input name="childNodes">` makes
 * `form.childNodes` the input, for us as for the page, and `<form name="defaultView">` does it to the document.
 * Everything read of a node that may be a form goes through here, so that no page hides words that way.
 */

function getter<T>(prototype: object, property: string): (node: Node) => T {
  const get = Object.getOwnPropertyDescriptor(prototype, property)?.get;
  if (get === undefined) throw new TypeError(`this browser has no ${property}`);
  return (node) => get.call(node) as T;
}

export const nodeTypeOf = getter<number>(Node.prototype, 'nodeType');
export const childNodesOf = getter<NodeListOf<ChildNode>>(Node.prototype, 'childNodes');
export const firstChildOf = getter<ChildNode | null>(Node.prototype, 'firstChild');
export const nextSiblingOf = getter<ChildNode | null>(Node.prototype, 'nextSibling');
export const parentOf = getter<Node | null>(Node.prototype, 'parentNode');
export const documentOf = getter<Document | null>(Node.prototype, 'ownerDocument');
export const windowOf = getter<(Window & typeof globalThis) | null>(Document.prototype, 'defaultView');
export const topElementOf = getter<Element>(Document.prototype, 'documentElement');
export const isConnected = getter<boolean>(Node.prototype, 'isConnected');
export const tagOf = getter<string>(Element.prototype, 'localName');
export const openShadowOf = getter<ShadowRoot | null>(Element.prototype, 'shadowRoot');
const slotOfElement = getter<HTMLSlotElement | null>(Element.prototype, 'assignedSlot');
const slotOfText = getter<HTMLSlotElement | null>(Text.prototype, 'assignedSlot');

/** The open slot a node is drawn in. */
export function slotOf(node: Node): HTMLSlotElement | null {
  const type = nodeTypeOf(node);
  return type === 1 ? slotOfElement(node) : type === 3 || type === 4 ? slotOfText(node) : null;
}

/** The element of the page around it that shows a document, where that page is of the same origin. */
export const frameOf = (document: Document): Element | null => windowOf(document)?.frameElement ?? null;

/** The window a node is shown in. */
export function viewOf(node: Node): (Window & typeof globalThis) | null {
  const document = documentOf(node);
  return document === null || !isConnected(node) ? null : windowOf(document);
}

export const attributeOf = (element: Element, name: string): string | null =>
  Element.prototype.getAttribute.call(element, name);

export const boxOf = (element: Element): DOMRect => Element.prototype.getBoundingClientRect.call(element);

export const rootOf = (node: Node): Node => Node.prototype.getRootNode.call(node);

export const encloses = (outer: Node, inner: Node): boolean => Node.prototype.contains.call(outer, inner);

const FOLLOWING = 4;
const DISCONNECTED = 1;

/** Whether a node stands before another one of its tree; between trees, browsers give an arbitrary order. */
export const precedes = (one: Node, other: Node): boolean =>
  (Node.prototype.compareDocumentPosition.call(one, other) & (FOLLOWING | DISCONNECTED)) === FOLLOWING;
