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
import { Gate } from './gate.ts';
import { pace } from './pace.ts';
import { Settling } from './settling.ts';
import { type ReadBlock, stretchesOf } from './stretches.ts';

/** A pause of this length, and the changes of a page are looked at together. */
const GATHER_MS = 50;
/** Sent in one message. */
const MAX_BATCH = 128;
const MAX_BATCH_TEXT = 60_000;
/** Changed places looked at one by one; beyond, the page is walked again. */
const MAX_RECORDS = 256;
const MAX_ROOTS = 256;
/** Text read on one page, in UTF-16 units. */
const MAX_PAGE_TEXT = 4 << 20;

const sizeOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length, 0);

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
  /** Has blocks read again. */
  again(blocks: readonly Element[]): void;
  changed(records: readonly MutationRecord[]): void;
  stop(): void;
}

/** Begins to read a page. */
export function scanPage({ document, openShadow, isMarked, watch, send }: ScanOptions): PageScan {
  /** Where a walk is to begin, and when that came to the page; 0 where it stood there before. */
  const roots = new Map<Element, number>();
  /** Read, and not changed since. */
  const known = new WeakSet<Element>();
  /** Read, and not yet sent: the rest is about to be read, or it is too little on its own. */
  const gathered = new Map<Element, ReadBlock>();
  let [gatheredText, isNew] = [0, false];
  const settling = new Settling();
  const shadows = new WeakSet<ShadowRoot>();
  let walk: Generator<Element | undefined> | undefined;
  let [sending, stopped, text, walkedSince] = [false, false, 0, 0];
  let address = document.URL;

  const gate = new Gate(
    () => soon(),
    (block) => gathered.delete(block),
  );

  const { soon, later, ...paced } = pace((until) => {
    if (!sending) readInView(until);
    walkOn(until);
  });

  const wait = (block: Element): void => {
    if (!known.has(block)) gate.add(block);
  };

  const leave = (block: Element): void => {
    gate.remove(block);
    gathered.delete(block);
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
      if (done || gate.isFull) walk = undefined;
      else if (value !== undefined) {
        if (walkedSince > 0 && !gate.waits(value)) settling.touch(value, walkedSince);
        wait(value);
      } else if (performance.now() > until) {
        soon();
        return;
      }
    }
  }

  function readInView(until: number): void {
    const now = performance.now();
    let pause = 0;
    for (const element of gate.inView) {
      if (gathered.has(element)) continue;
      if (!element.isConnected || isMarked(element)) {
        leave(element);
        continue;
      }
      const unsettled = settling.left(element, now);
      if (unsettled > 0) {
        pause = Math.max(pause, unsettled);
        continue;
      }
      // What belongs together is sent together: a slice that ends here goes on in the next one.
      if (performance.now() > until) {
        soon();
        return;
      }
      const seen = blockText(element, openShadow);
      if (seen === undefined) done(element);
      else {
        gathered.set(element, { element, lines: seen.lines });
        gatheredText += sizeOf(seen.lines);
        isNew = true;
      }
      if (gathered.size >= MAX_BATCH || gatheredText > MAX_BATCH_TEXT) break;
    }
    if (pause > 0) later(pause + 1);
    if (isNew) pass();
  }

  const done = (block: Element): void => {
    leave(block);
    known.add(block);
  };

  function pass(): void {
    isNew = false;
    const read = [...gathered.values()].sort((a, b) =>
      a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
    );
    const { stretches, short } = stretchesOf(read);
    // A page of nothing but short lines must not wait for ever.
    if (short.length >= MAX_BATCH / 2) for (const { element } of short) done(element);
    if (stretches.length === 0) return;
    for (const { element, lines } of stretches.flat()) {
      done(element);
      text += sizeOf(lines);
    }
    gatheredText = [...gathered.values()].reduce((sum, { lines }) => sum + sizeOf(lines), 0);
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
    gathered.delete(block);
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
    gate.stop();
    paced.stop();
    for (const held of [roots, gathered]) held.clear();
    walk = undefined;
  }

  roots.set(topElementOf(document), 0);
  soon();
  const again = (blocks: readonly Element[]): void => {
    for (const block of blocks) touch(block, performance.now());
    soon();
  };

  return { again, changed, stop };
}
