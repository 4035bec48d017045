/**
 * A page seen from outside inwards: the children of an element are met only once it is in view itself, so that a page of a
 * million nodes costs what its reader sees of it. By tags alone: no style is asked for.
 */
import { isBadge } from '../badge/badge.ts';
import { enclosing, type OpenShadow } from '../page-text/flat-tree.ts';
import { nodeTypeOf, rootOf } from '../page-text/form-safe.ts';
import { below, isSkipped, type Level, nextOf, shadowOf } from './blocks.ts';

/** Children met between two looks at the clock. */
const STEP = 64;
/** Changed places deeper than this under what is known are left to the next change nearer to it. */
const MAX_UP = 64;

interface Opened extends Level {
  /** When the children came to the page; 0 where they stood there before. */
  readonly since: number;
}

/** Follows which elements of a page were met and which were opened. */
export class Unfolding {
  readonly #openShadow: OpenShadow | undefined;
  readonly #meet: (child: Element, since: number) => void;
  readonly #shadow: (root: ShadowRoot) => void;
  #met = new WeakSet<Element>();
  #opened = new WeakSet<Element>();
  #queue: Opened[] = [];

  constructor(given: {
    openShadow: OpenShadow | undefined;
    /** Told of every element met. */
    meet(child: Element, since: number): void;
    /** Told of every shadow root opened. */
    shadow(root: ShadowRoot): void;
  }) {
    this.#openShadow = given.openShadow;
    this.#meet = given.meet;
    this.#shadow = given.shadow;
  }

  /** Begins anew. */
  restart(top: Element, since: number): void {
    this.#queue = [];
    this.#opened = new WeakSet();
    this.#met.add(top);
    this.open(top, since);
  }

  /** Has the children of an element met; again only after `restart`. */
  open(element: Element, since: number): void {
    if (this.#opened.has(element)) return;
    this.#opened.add(element);
    const shadow = shadowOf(element, this.#openShadow);
    if (shadow !== null) this.#shadow(shadow);
    this.#queue.push({ ...below(element, undefined, this.#openShadow), since });
  }

  /** Meets children until a moment; whether some are left. */
  work(until: number): boolean {
    for (let steps = 1; ; steps++) {
      const [level] = this.#queue;
      if (level === undefined) return false;
      if (steps % STEP === 0 && performance.now() > until) return true;
      const node = nextOf(level);
      if (node === null) this.#queue.shift();
      else this.meet(node, level.since);
    }
  }

  meet(node: Node, since: number): void {
    if (nodeTypeOf(node) !== 1 || isSkipped(node as Element) || isBadge(node)) return;
    this.#met.add(node as Element);
    this.#meet(node as Element, since);
  }

  /** The element met last on the way to a changed node, whose children, if it is open, came with the change. */
  changed({ target, addedNodes }: MutationRecord, now: number): Element | undefined {
    const parent = nodeTypeOf(target) === 11 ? (rootOf(target) as ShadowRoot).host : target;
    if (this.#opened.has(parent as Element)) for (const node of addedNodes) this.meet(node, now);
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
