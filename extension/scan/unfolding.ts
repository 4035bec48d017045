/**
 * A page seen from outside inwards: the children of an element are met only once it is in view itself, so that a page of a
 * million nodes costs what its reader sees of it. By tags alone: no style is asked for.
 */
import { isBadge } from '../badge/badge.ts';
import { isFrame } from '../detectors/frames.ts';
import { enclosing, shadowOf } from '../page-text/flat-tree.ts';
import { firstChildOf, nextSiblingOf, nodeTypeOf, rootOf } from '../page-text/form-safe.ts';
import { openShadow } from '../page-text/open-shadow.ts';
import { below, holdsBlocks, isSkipped, type Level, nextOf } from './blocks.ts';

/** Children met between two looks at the clock. */
const STEP = 64;
/** An element with fewer children is most often a mere wrapping: what is in them is met at once, without waiting for a view of it. */
const FEW_CHILDREN = 8;
/** So many at most, between two elements that came into view. */
const MAX_AT_ONCE = 48;
/** Changed places deeper than this under what is known are left to the next change nearer to it. */
const MAX_UP = 64;

interface Opened extends Level {
  /** When the children came to the page; 0 where they stood there before. */
  readonly since: number;
  readonly few: boolean;
}

/** How many children there are, as far as it matters. */
function childCountOf(node: Node): number {
  let count = 0;
  for (let child = firstChildOf(node); child !== null && count < FEW_CHILDREN; child = nextSiblingOf(child)) {
    if (nodeTypeOf(child) === 1) count++;
  }
  return count;
}

/** Follows which elements of a page were met and which were opened. */
export class Unfolding {
  readonly #meet: (child: Element, since: number) => void;
  readonly #shadow: (root: ShadowRoot) => void;
  #met = new WeakSet<Element>();
  #opened = new WeakSet<Node>();
  #queue: Opened[] = [];
  #atOnce = 0;

  /**
   * @param meet - told of every element met
   * @param shadow - told of every shadow root opened
   */
  constructor(meet: (child: Element, since: number) => void, shadow: (root: ShadowRoot) => void) {
    this.#meet = meet;
    this.#shadow = shadow;
  }

  /** Begins anew. */
  restart(top: Element, since: number): void {
    this.#queue = [];
    this.#opened = new WeakSet();
    this.enter(top, since);
  }

  /** Begins with the outermost element of a document; whether it had not begun there since `restart`. */
  enter(top: Element, since: number): boolean {
    if (this.isOpen(top)) return false;
    this.#met.add(top);
    this.open(top, since);
    return true;
  }

  /** Has the children of an element in view met; again only after `restart`. */
  open(element: Element, since: number): void {
    this.#atOnce = MAX_AT_ONCE;
    this.#open(element, since);
  }

  isOpen(node: Node): boolean {
    return this.#opened.has(node);
  }

  #open(element: Element, since: number): void {
    if (this.isOpen(element)) return;
    this.#opened.add(element);
    const shadow = shadowOf(element, openShadow);
    if (shadow !== null) this.#shadow(shadow);
    const few = childCountOf(shadow ?? element) < FEW_CHILDREN;
    this.#queue.push({ ...below(element, undefined), since, few });
  }

  /** Meets children until a moment; whether some are left. */
  work(until: number): boolean {
    for (let steps = 1; ; steps++) {
      const [level] = this.#queue;
      if (level === undefined) return false;
      if (steps % STEP === 0 && performance.now() > until) return true;
      const node = nextOf(level);
      if (node === null) this.#queue.shift();
      else this.meet(node, level.since, level.few);
    }
  }

  meet(node: Node, since: number, few = false): void {
    if (nodeTypeOf(node) !== 1 || (isSkipped(node as Element) && !isFrame(node)) || isBadge(node)) return;
    const element = node as Element;
    this.#met.add(element);
    this.#meet(element, since);
    if (!few || this.#atOnce <= 0 || !holdsBlocks(element)) return;
    this.#atOnce--;
    this.#open(element, since);
  }

  /** The element met last on the way to a changed node, whose children, if it is open, came with the change. */
  changed(record: MutationRecord, now: number): Element | undefined {
    const { target } = record;
    const parent = nodeTypeOf(target) === 11 ? (rootOf(target) as ShadowRoot).host : target;
    if (this.isOpen(parent)) for (const node of record.addedNodes) this.meet(node, now);
    if (this.#met.has(parent as Element)) return parent as Element;
    let steps = 0;
    for (const around of enclosing(parent)) {
      if (this.#met.has(around)) return around;
      if (++steps > MAX_UP) return undefined;
    }
    return undefined;
  }

  stop(): void {
    this.#queue = [];
    this.#met = new WeakSet();
    this.#opened = new WeakSet();
  }
}
