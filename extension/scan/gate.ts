/** Blocks that wait until they come into view: an IntersectionObserver, and the bounds of what it holds. */

import { viewOf } from '../page-text/form-safe.ts';

/** Blocks waited for at once; a page that has more is read no further. */
const MAX_BLOCKS = 20_000;
/** What has left the page is let go of when so many are waited for, and then at twice as many as were left. */
const MIN_PRUNE = 1024;
/** Before a block comes into view. */
const MARGIN = '120px';

/** Tells which blocks a reader sees, or is about to. */
export class Gate {
  /** Those that wait and are in view. */
  readonly inView = new Set<Element>();
  readonly #waiting = new Set<Element>();
  readonly #observer: IntersectionObserver;
  #pruneAt = MIN_PRUNE;

  /**
   * @param left - of a block that went out of view again
   * @param flat - of one that has no box, or an empty one: what is in it may be seen all the same
   */
  constructor(came: () => void, left: (block: Element) => void, flat: (block: Element) => void) {
    this.#observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting, boundingClientRect: box } of entries) {
          if ((box.width === 0 || box.height === 0) && this.#waiting.has(target)) flat(target);
          if (isIntersecting && this.#waiting.has(target)) this.inView.add(target);
          else if (this.inView.delete(target)) left(target);
        }
        came();
      },
      { rootMargin: MARGIN },
    );
  }

  add(block: Element): void {
    if (this.#waiting.has(block)) return;
    if (this.#waiting.size >= this.#pruneAt) this.#prune();
    if (this.#waiting.size >= MAX_BLOCKS) return;
    this.#waiting.add(block);
    this.#observer.observe(block);
  }

  remove(block: Element): void {
    this.#waiting.delete(block);
    this.inView.delete(block);
    this.#observer.unobserve(block);
  }

  /** Lets go of what has left the page. */
  #prune(): void {
    for (const block of this.#waiting) if (viewOf(block) === null) this.remove(block);
    this.#pruneAt = Math.max(MIN_PRUNE, 2 * this.#waiting.size);
  }

  stop(): void {
    this.#observer.disconnect();
    this.#waiting.clear();
    this.inView.clear();
  }
}
