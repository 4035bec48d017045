/**
 * The documents of a page: its own, and those of its frames that are of the same origin, `srcdoc` and `blob:` included.
 * A frame of another site is that site's: what is in it is neither read nor asked for.
 */
import { nodeTypeOf, tagOf, windowOf } from '../page-text/form-safe.ts';

/** Frames looked into; a page that has more is read no further. */
const MAX_DOCUMENTS = 32;
/** Frames asked whether they may be looked into. */
const MAX_WINDOWS = 128;

/** Whether a node is an element that shows another document. */
export const isFrame = (node: Node): node is HTMLIFrameElement =>
  nodeTypeOf(node) === 1 && /^i?frame$/.test(tagOf(node as Element));

/** The documents shown in a window, its own first, outer ones before those in them. */
export function documentsIn(top: Window): Document[] {
  const documents: Document[] = [];
  const windows = [top];
  for (const window of windows) {
    if (documents.length >= MAX_DOCUMENTS) break;
    try {
      // Of another origin, this throws.
      documents.push(window.document);
      for (let n = 0; n < window.length && windows.length < MAX_WINDOWS; n++) windows.push(window[n] as Window);
    } catch {
      // the frame of another site
    }
  }
  return documents;
}

/** The document in which the reader works: that of the frame which has the focus. */
export function focusedIn(document: Document): Document {
  const { activeElement } = document;
  const inner = activeElement !== null && isFrame(activeElement) ? activeElement.contentDocument : null;
  return inner === null ? document : focusedIn(inner);
}

/** Hears what changes in a document or shadow root and is no mutation of it. Repeating it adds nothing. */
export function listen(
  root: Document | ShadowRoot,
  scrolled: () => void,
  loaded: (event: Event) => void,
  left: () => void,
): void {
  root.addEventListener('scroll', scrolled, { capture: true, passive: true });
  root.addEventListener('load', loaded, true);
  if (nodeTypeOf(root) === 9) windowOf(root)?.addEventListener('pagehide', left);
}
