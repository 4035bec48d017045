/**
 * Notices that the text under a badge is no longer what was checked, where no mutation tells: a class or a style sheet
 * shows other words, a shadow root is rewritten, a `<details>` opens. What stands in view is read again from time to
 * time, within a fixed share of the page's own time.
 */
import { after } from '../after.ts';
import { boxOf, viewOf } from '../page-text/form-safe.ts';
import { type StandingText, standingText } from './read-text.ts';
import type { Finding } from './registry.ts';

const EVERY_MS = 1500;
/** At most one part in so many of the page's time goes into reading again. */
const SHARE = 25;

/** An element and the text its verdict is about. */
interface Watched {
  readonly finding: Finding;
  readonly text?: StandingText | undefined;
}

/** Watches from now on, as long as the page lives. */
export function watchText<Item extends Watched>(page: { shown(): readonly Item[]; changed(item: Item): void }): void {
  const readAgain = (): void => {
    const start = performance.now();
    if (!document.hidden) {
      for (const item of page.shown()) {
        const { element, declared } = item.finding;
        if (!declared && inView(element) && !sameText(standingText(item.finding), item.text)) page.changed(item);
      }
    }
    after(Math.max(EVERY_MS, SHARE * (performance.now() - start)), readAgain);
  };
  after(EVERY_MS, readAgain);
}

function inView(element: Element): boolean {
  const view = viewOf(element);
  const { top, bottom, left, right } = boxOf(element);
  return view !== null && bottom > 0 && right > 0 && top < view.innerHeight && left < view.innerWidth;
}

function sameText(one: StandingText | undefined, other: StandingText | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (one.unread !== other.unread || one.lines.length !== other.lines.length) return false;
  return one.lines.every((line, i) => line === other.lines[i]);
}
