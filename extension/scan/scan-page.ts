/**
 * Reads a page as its reader does: what comes into view, once it has stopped changing, in slices of a few milliseconds.
 *
 * A walk by tags finds blocks; an IntersectionObserver says which of them are in view; only those are read, and what was
 * read goes to the background, one message at a time, where it is fingerprinted. A block that changes is read again
 * when it has settled. Nothing here knows what is looked up or found.
 */
import type { OpenShadow } from '../page-text/flat-tree.ts';
import { nodeTypeOf, topElementOf } from '../page-text/form-safe.ts';
import { blockAround, blocksIn, blockText } from './blocks.ts';
import { pace } from './pace.ts';
import { Settling } from './settling.ts';
import { type ReadBlock, stretchesOf } from './stretches.ts';

/** A pause of this length, and the changes of a page are looked at together. */
const GATHER_MS = 50;
/** Blocks waited for at once; a page that has more is read no further. */
const MAX_BLOCKS = 20_000;
/** Read in one go. */
const MAX_READ = 128;
const MAX_BATCH_TEXT = 60_000;
/** Changed places looked at one by one; beyond, the page is walked again. */
const MAX_RECORDS = 256;
const MAX_ROOTS = 256;
/** What has left the page is let go of when so many are waited for, and then at twice as many as were left. */
const MIN_PRUNE = 1024;
/** Text read on one page, in UTF-16 units. */
const MAX_PAGE_TEXT = 4 << 20;
/** Before it comes into view. */
const MARGIN = '120px';

/** What a scan is given. */
export interface ScanOptions {
  readonly document: Document;
  readonly openShadow: OpenShadow | undefined;
  /** Text that says itself what it is needs no lookup. */
  isMarked(element: Element): boolean;
  /** A shadow root was found, whose changes are to be told through `changed`. */
  watch(root: ShadowRoot): void;
  /** Stretches were read. The next ones are read when the answer has come; a rejection ends the scan. */
  send(stretches: readonly (readonly ReadBlock[])[]): Promise<void>;
}

/** A scan under way. */
export interface PageScan {
  changed(records: readonly MutationRecord[]): void;
  stop(): void;
}

/** Begins to read a page. */
export function scanPage({ document, openShadow, isMarked, watch, send }: ScanOptions): PageScan {
  /** Where a walk is to begin, and when that came to the page; 0 where it stood there before. */
  const roots = new Map<Element, number>();
  /** Seen by the walk, not yet read. */
  const waiting = new Set<Element>();
  /** Read, and not changed since. */
  const known = new WeakSet<Element>();
  const inView = new Set<Element>();
  /** Read, and too little on its own. */
  const short = new Set<Element>();
  const settling = new Settling();
  const shadows = new WeakSet<ShadowRoot>();
  let walk: Generator<Element | undefined> | undefined;
  let [sending, stopped, text, walkedSince] = [false, false, 0, 0];
  let pruneAt = MIN_PRUNE;
  let address = document.URL;

  const gate = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) inView.delete(target);
        else if (waiting.has(target)) inView.add(target);
      }
      soon();
    },
    { rootMargin: MARGIN },
  );

  const { soon, later, ...paced } = pace((until) => {
    if (!sending) readInView(until);
    walkOn(until);
  });

  const wait = (block: Element): void => {
    if (waiting.has(block) || known.has(block)) return;
    if (waiting.size >= pruneAt) prune();
    if (waiting.size >= MAX_BLOCKS) return;
    waiting.add(block);
    gate.observe(block);
  };

  /** Lets go of what has left the page. */
  const prune = (): void => {
    for (const block of waiting) if (!block.isConnected) leave(block);
    pruneAt = Math.max(MIN_PRUNE, 2 * waiting.size);
  };

  const leave = (block: Element): void => {
    waiting.delete(block);
    inView.delete(block);
    short.delete(block);
    gate.unobserve(block);
  };

  const meetShadow = (root: ShadowRoot): void => {
    if (shadows.has(root)) return;
    shadows.add(root);
    watch(root);
  };

  function walkOn(until: number): void {
    for (;;) {
      if (walk === undefined) {
        const [next] = roots;
        if (next === undefined) return;
        const [root, since] = next;
        roots.delete(root);
        if (!root.isConnected) continue;
        walkedSince = since;
        walk = blocksIn(root, openShadow, meetShadow);
      }
      const { value, done } = walk.next();
      if (done || waiting.size >= MAX_BLOCKS) walk = undefined;
      else if (value !== undefined) {
        if (walkedSince > 0 && !waiting.has(value)) settling.touch(value, walkedSince);
        wait(value);
      } else if (performance.now() > until) return soon();
    }
  }

  function readInView(until: number): void {
    const now = performance.now();
    const read: ReadBlock[] = [];
    let [pause, size] = [0, 0];
    let isNew = false;
    for (const element of inView) {
      if (!element.isConnected || isMarked(element)) {
        leave(element);
        continue;
      }
      const unsettled = settling.left(element, now);
      if (unsettled > 0) {
        pause = Math.max(pause, unsettled);
        continue;
      }
      if (read.length === MAX_READ || size > MAX_BATCH_TEXT || performance.now() > until) {
        soon();
        break;
      }
      isNew ||= !short.has(element);
      const seen = blockText(element, openShadow);
      if (seen !== undefined) {
        read.push({ element, lines: seen.lines });
        for (const line of seen.lines) size += line.length;
      } else {
        leave(element);
        known.add(element);
      }
    }
    if (pause > 0) later(pause + 1);
    if (isNew) pass(read);
  }

  function pass(read: ReadBlock[]): void {
    read.sort((a, b) => (a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    const { stretches, short: left } = stretchesOf(read);
    for (const { element } of left) short.add(element);
    if (stretches.length === 0) return;
    for (const { element, lines } of stretches.flat()) {
      leave(element);
      known.add(element);
      for (const line of lines) text += line.length;
    }
    sending = true;
    send(stretches).then(
      () => {
        sending = false;
        if (text < MAX_PAGE_TEXT) soon();
        else stop();
      },
      () => stop(),
    );
  }

  function touch(block: Element | undefined, now: number): void {
    if (block === undefined) return;
    settling.touch(block, now);
    known.delete(block);
    short.delete(block);
    wait(block);
  }

  const walkAll = (): void => {
    roots.clear();
    walk = undefined;
    roots.set(topElementOf(document), performance.now());
  };

  function changed(records: readonly MutationRecord[]): void {
    if (stopped) return;
    const now = performance.now();
    settling.note(now);
    if (document.URL !== address) {
      // Another view of the same document: its own page to its reader.
      address = document.URL;
      text = 0;
    }
    if (records.length > MAX_RECORDS || roots.size > MAX_ROOTS) walkAll();
    else {
      for (const { type, target, addedNodes } of records) {
        if (type === 'attributes') continue;
        touch(blockAround(target), now);
        for (const node of addedNodes) if (nodeTypeOf(node) === 1) roots.set(node as Element, now);
      }
    }
    later(GATHER_MS);
  }

  function stop(): void {
    stopped = true;
    gate.disconnect();
    paced.stop();
    for (const held of [roots, waiting, inView, short]) held.clear();
    walk = undefined;
  }

  roots.set(topElementOf(document), 0);
  soon();
  return { changed, stop };
}
