/** What the browser lets an extension see of closed shadow roots. */
import { world } from '../world.ts';
import type { OpenShadow } from './flat-tree.ts';

const dom = (globalThis as { chrome?: { dom?: { openOrClosedShadowRoot: OpenShadow } } }).chrome?.dom;

/** Chrome lets extensions read closed shadow roots; elsewhere only open ones are read. Our badges are not the page's. */
export const openShadow: OpenShadow | undefined =
  dom && ((element) => (world.badges.has(element) ? null : dom.openOrClosedShadowRoot(element)));
