/**
 * Reads a page as its reader does: what comes into view, once it has stopped changing, in slices of a few milliseconds.
 *
 * An IntersectionObserver says what is in view, from the page's outermost elements inwards; only that is read, and what was
 * read goes to the background, one message at a time, where it is fingerprinted. A block that changes is read again
 * when it has settled. Nothing here knows what is looked up or found.
 */
import { isFrame } from '../detectors/frames.ts';
import { boxOf, precedes, rootOf, topElementOf } from '../page-text/form-safe.ts';
import { blockText, holdsBlocks, isBlock } from './blocks.ts';
import { Gate } from './gate.ts';
import { pace } from './pace.ts';
import { Settling } from './settling.ts';
import { type ReadBlock, sizeOf, stretchesOf } from './stretches.ts';
import { Unfolding } from './unfolding.ts';

/** A pause of this length, and the changes of a page are looked at together; a longer one where something is being written. */
const GATHER_MS = 50;
const GATHER_BUSY_MS = 250;
/** Sent in one message. */
const MAX_BATCH = 128;
const MAX_BATCH_TEXT = 60_000;
/** Changed places looked at one by one; beyond, the page is looked at anew. */
const MAX_RECORDS = 256;
/** Text read on one page, in UTF-16 units. */
const MAX_PAGE_TEXT = 4 << 20;
/** In square pixels: a smaller frame of another site holds no text that a reader would miss. */
const MIN_FRAME = 10_000;

/** What a scan is given. */
export interface ScanOptions {
  readonly document: Document;
  /** Text that says itself what it is needs no lookup. */
  isMarked(element: Element): boolean;
  /** A shadow root was found, whose changes are to be told through `changed`. */
  watch(root: ShadowRoot): void;
  /** A frame of another site came into view: what is in it is not read. */
  foreign(frame: Element): void;
  /** Stretches were read. The next ones are read when the answer has come; a rejection ends the scan. */
  send(stretches: readonly (readonly ReadBlock[])[]): Promise<void>;
}

/** A scan under way. */
export interface PageScan {
  /** Has blocks read again. */
  again(blocks: readonly Element[]): void;
  changed(records: readonly MutationRecord[]): void;
  /** Has the document of one of the page's frames read as well, if it is not yet. */
  enter(document: Document): void;
  stop(): void;
}

/** Begins to read a page. */
export function scanPage({ document, isMarked, watch, foreign, send }: ScanOptions): PageScan {
  /** Read, and not changed since. */
  const known = new WeakSet<Element>();
  /** Read, and not yet sent: the rest is about to be read, or it is too little on its own. */
  const gathered = new Map<Element, ReadBlock>();
  let [gatheredText, isNew] = [0, false];
  const settling = new Settling();
  const shadows = new WeakSet<ShadowRoot>();
  let [sending, stopped, text] = [false, false, 0];
  let address = document.URL;

  const gate = new Gate(
    () => soon(),
    (block) => gathered.delete(block),
    (block) => openFlat(block),
  );

  const tree = new Unfolding(
    (child, since) => {
      if (since > 0) settling.touch(child, since);
      if (!known.has(child)) gate.add(child);
    },
    (root) => {
      if (shadows.has(root)) return;
      shadows.add(root);
      watch(root);
    },
  );

  const { soon, later, ...paced } = pace((until) => {
    if (!sending) readInView(until);
    if (tree.work(until)) soon();
  });

  const leave = (block: Element): void => {
    gate.remove(block);
    gathered.delete(block);
  };

  /** Without a box of its own an element may still show what is in it; one that is not drawn shows nothing. */
  const openFlat = (element: Element): void => {
    if (holdsBlocks(element) && getComputedStyle(element).display !== 'none') tree.open(element, 0);
  };

  function readInView(until: number): void {
    const now = performance.now();
    let pause = 0;
    for (const element of gate.inView) {
      if (gathered.has(element)) continue;
      if (!element.isConnected || isMarked(element)) {
        leave(element);
        continue;
      }
      if (!tree.isOpen(element) && holdsBlocks(element)) tree.open(element, settling.since(element));
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
      if (isFrame(element) && element.contentDocument === null) {
        const { width, height } = boxOf(element);
        if (width * height >= MIN_FRAME) foreign(element);
      }
      const seen = isBlock(element) ? blockText(element) : undefined;
      if (seen === undefined) done(element);
      else {
        gathered.set(element, { element, lines: seen.lines });
        gatheredText += sizeOf(seen);
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
    const roots = [...new Set([...gathered.keys()].map(rootOf))];
    const read = [...gathered.values()].sort(
      ({ element: a }, { element: b }) =>
        roots.indexOf(rootOf(a)) - roots.indexOf(rootOf(b)) || (precedes(a, b) ? -1 : 1),
    );
    const { stretches, short } = stretchesOf(read);
    // A page of nothing but short lines must not wait for ever.
    if (short.length >= MAX_BATCH / 2) for (const { element } of short) done(element);
    if (stretches.length === 0) return;
    for (const block of stretches.flat()) {
      done(block.element);
      text += sizeOf(block);
    }
    gatheredText = [...gathered.values()].reduce((sum, block) => sum + sizeOf(block), 0);
    sending = true;
    send(stretches).then(
      () => {
        sending = false;
        if (document.URL !== address) {
          // Another view of the same document: its own page to its reader.
          address = document.URL;
          text = 0;
        }
        if (text < MAX_PAGE_TEXT) soon();
        else stop();
      },
      () => stop(),
    );
  }

  function touch(block: Element, now: number): void {
    settling.touch(block, now);
    known.delete(block);
    gathered.delete(block);
    gate.add(block);
  }

  function changed(records: readonly MutationRecord[]): void {
    if (stopped) return;
    const now = performance.now();
    settling.note(now);
    for (const record of records.slice(0, MAX_RECORDS)) {
      const around = record.type === 'attributes' ? undefined : tree.changed(record, now);
      if (around !== undefined) touch(around, now);
    }
    if (records.length > MAX_RECORDS) tree.restart(topElementOf(document), now);
    later(settling.isBusy(now) ? GATHER_BUSY_MS : GATHER_MS);
  }

  function stop(): void {
    stopped = true;
    gate.stop();
    paced.stop();
    gathered.clear();
    tree.stop();
  }

  tree.restart(topElementOf(document), 0);
  soon();
  const again = (blocks: readonly Element[]): void => {
    for (const block of blocks) touch(block, performance.now());
    soon();
  };

  function enter(inner: Document): void {
    const top = topElementOf(inner) as Element | null;
    if (!stopped && top !== null && tree.enter(top, 0)) soon();
  }

  return { again, changed, enter, stop };
}
