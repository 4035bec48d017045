/** Work in slices between the page's own, within a share of its time. */

import { after } from '../after.ts';

/** Longest piece of work between two of the page's own, in milliseconds. */
const SLICE_MS = 4;
const IDLE_TIMEOUT_MS = 100;
/** Beyond this, at most one part in so many of the page's time is spent. */
const FREE_MS = 60;
const SHARE = 20;

/** When slices are run. */
export interface Pace {
  /** As soon as the page has nothing to do. */
  soon(): void;
  /** After so many milliseconds, or sooner where that was asked for. */
  later(ms: number): void;
  stop(): void;
}

/** Paces a worker, which is told until when its slice lasts. */
export function pace(work: (until: number) => void): Pace {
  const started = performance.now();
  let [idle, spent, due, stopped] = [0, 0, Number.POSITIVE_INFINITY, false];

  const slice = (): void => {
    idle = 0;
    const start = performance.now();
    work(start + SLICE_MS);
    spent += performance.now() - start;
  };

  const soon = (): void => {
    if (stopped || idle !== 0) return;
    const over = (spent - FREE_MS) * SHARE - (performance.now() - started);
    if (over > 0) later(over);
    else idle = requestIdleCallback(slice, { timeout: IDLE_TIMEOUT_MS });
  };

  const later = (ms: number): void => {
    const at = performance.now() + ms;
    if (stopped || at >= due) return;
    due = at;
    after(ms, () => {
      // Another one, that is due before it, took its place.
      if (due !== at) return;
      due = Number.POSITIVE_INFINITY;
      soon();
    });
  };

  return {
    soon,
    later,
    stop() {
      stopped = true;
      cancelIdleCallback(idle);
    },
  };
}
