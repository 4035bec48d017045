/**
 * The toolbar icon: the page's overall state where a page cannot draw. It never blends: one
 * contradiction shows as one, a declaration never shows as a proof.
 */
import { browser } from '../platform.ts';
import type { PageItem, PageState } from '../verification/page-store.ts';
import { say } from '../verification/words.ts';
import { MARKS, type MarkState } from './mark.ts';

const SIZES = [16, 32];

/** The state the toolbar shows for a page. */
export function pageMark(items: readonly PageItem[]): MarkState {
  const all = items.flatMap(({ report }) => (report === undefined ? [] : [report.icon]));
  // Recognised words are no proof that the page brings, and take nothing from one.
  const icons = all.filter((icon) => icon !== 'found');
  if (icons.includes('invalid')) return 'invalid';
  const proven = icons.filter((icon) => icon === 'verified' || icon === 'partial');
  if (proven.length > 0) return proven.length === icons.length && !proven.includes('partial') ? 'verified' : 'partial';
  if (icons.includes('unproven')) return 'unproven';
  if (icons.includes('unsupported')) return 'unsupported';
  if (icons.length < all.length) return 'found';
  return items.some(({ declared }) => declared !== undefined) ? 'declared' : 'idle';
}

/** Shows a page's state on its tab's toolbar button; a tab that is gone is no error. */
export async function showOnToolbar(tabId: number, page: PageState): Promise<void> {
  const mark = pageMark(page.items);
  const count = (icons: readonly string[]): number =>
    page.items.filter(({ report }) => report !== undefined && icons.includes(report.icon)).length;
  const title = [
    say('toolbar_title'),
    say(`toolbar_${mark}`),
    ...(page.items.length > 1
      ? [say('toolbar_counts', count(['verified', 'partial']), count(['unproven', 'unsupported']), count(['invalid']))]
      : []),
  ].join('\n');
  try {
    await browser.action.setTitle({ tabId, title });
    await browser.action.setBadgeText({ tabId, text: mark === 'invalid' ? '!' : '' });
    await browser.action.setBadgeBackgroundColor({ tabId, color: '#9c2f12' });
    await browser.action.setIcon({ tabId, imageData: drawIcon(mark) });
  } catch {
    // the tab was closed meanwhile
  }
}

/** White strokes on a slate tile: legible on light and dark toolbars alike. */
function drawIcon(mark: MarkState): Record<number, ImageData> {
  const images: Record<number, ImageData> = {};
  for (const size of SIZES) {
    const context = new OffscreenCanvas(size, size).getContext('2d');
    if (context === null) continue;
    context.scale(size / 24, size / 24);
    context.fillStyle = mark === 'invalid' ? '#9c2f12' : '#3c434d';
    context.beginPath();
    context.roundRect(0, 0, 24, 24, 5);
    context.fill();
    context.strokeStyle = '#fff';
    context.lineWidth = 2.4;
    context.lineCap = 'round';
    for (const stroke of MARKS[mark]) {
      context.setLineDash([...(stroke.dash ?? [])]);
      context.stroke(new Path2D(stroke.d));
    }
    images[size] = context.getImageData(0, 0, size, size);
  }
  return images;
}
