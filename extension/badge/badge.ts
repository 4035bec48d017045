/**
 * The in-page badge: a pointer to the side panel, drawn over the page in a closed shadow root.
 *
 * It takes no space (no layout shift), sets text only, believes only trusted clicks, and holds no
 * logic: the background sends finished words. A page can imitate it; the panel it cannot.
 */
import type { BadgeView, BadgeWords } from '../messaging/protocol.ts';
import { boxOf, documentOf, tagOf, topElementOf, viewOf } from '../page-text/form-safe.ts';
import { world } from '../world.ts';
import { BADGE_CSS } from './badge.css.ts';
import { MARKS, type MarkState } from './mark.ts';

const SVG = 'http://www.w3.org/2000/svg';
/** Between a badge and the edge of what it is about, beside a text or on a picture. */
const GAP = 8;
/** How far a badge that has no room beside its text rises above it, so that it covers no letters. */
const INSIDE_RISE = 20;

/** A badge on the page. */
export interface Badge {
  /** The element in the page, closed to it. */
  readonly host: HTMLElement;
  /** Shows a verdict, or that the text is being checked. */
  show(view: BadgeView | 'checking'): void;
  /** Moves to the element's corner; called after anything may have moved. */
  place(): void;
  remove(): void;
}

/** Whether a node is one of our badges; a page can make an element of the same name. */
export const isBadge = (node: Node): boolean => world.badges.has(node);

/** Makes a badge for an element. `activate` opens the panel and says whether it could. */
export function createBadge(target: Element, words: BadgeWords, activate: () => Promise<boolean>): Badge {
  const document = documentOf(target) ?? globalThis.document;
  const host = document.createElement('witnessmark-badge');
  world.badges.add(host);
  const root = host.attachShadow({ mode: 'closed' });
  const style = document.createElement('style');
  style.textContent = BADGE_CSS;
  const wrap = make(document, 'div', 'wrap');
  const button = document.createElement('button');
  button.type = 'button';
  const label = make(document, 'span', 'label');
  const card = make(document, 'div', 'card');
  card.id = 'card';
  card.hidden = true;
  button.setAttribute('aria-describedby', 'card');
  wrap.append(button, card);
  root.append(style, wrap);

  const reveal = (open: boolean): void => {
    card.hidden = !open || card.childElementCount === 0;
    button.setAttribute('aria-expanded', String(!card.hidden));
  };
  wrap.addEventListener('pointerenter', () => reveal(true));
  wrap.addEventListener('pointerleave', () => reveal(false));
  button.addEventListener('focus', () => reveal(true));
  button.addEventListener('blur', () => reveal(false));
  for (const type of ['keydown', 'keyup', 'keypress', 'mousedown', 'mouseup', 'pointerdown', 'click']) {
    wrap.addEventListener(type, (event) => {
      event.stopPropagation();
      // In a frame, events are made of that frame's own classes.
      if ((event as KeyboardEvent).key === 'Escape') reveal(false);
    });
  }
  button.addEventListener('click', (event) => {
    if (!event.isTrusted) return;
    void activate().then((opened) => {
      if (opened) return;
      const hint = card.querySelector('.hint');
      if (hint !== null) hint.textContent = words.where;
      reveal(true);
    });
  });

  return {
    host,
    show(view) {
      const checking = view === 'checking';
      wrap.className = `wrap${checking ? ' checking' : view.tone === 'alert' ? ' alert' : ''}`;
      label.textContent = checking ? words.checking : view.label;
      button.replaceChildren(drawMark(document, checking ? 'unproven' : view.icon), label);
      button.setAttribute('aria-label', `${words.name}: ${checking ? words.checking : view.headline}`);
      card.replaceChildren();
      if (checking) return reveal(false);
      card.append(make(document, 'div', 'headline', view.headline));
      for (const line of view.lines) card.append(make(document, 'div', 'line', line));
      card.append(make(document, 'div', 'hint', words.open));
    },
    place() {
      const box = boxOf(target);
      const view = viewOf(target);
      host.hidden = view === null || box.width < 24 || box.height < 12;
      if (view === null || host.hidden) return;
      const width = button.getBoundingClientRect().width;
      const room = topElementOf(document).clientWidth - box.right;
      const onPicture = tagOf(target) === 'img' && box.width > width + 2 * GAP;
      const outside = !onPicture && room >= width + 2 * GAP;
      const right = onPicture ? box.right - GAP : outside ? box.right + GAP + width : box.right;
      const rise = onPicture ? -GAP : outside ? 0 : INSIDE_RISE;
      host.style.setProperty('left', `${right + view.scrollX}px`, 'important');
      host.style.setProperty('top', `${Math.max(2, box.top + view.scrollY - rise)}px`, 'important');
    },
    remove: () => host.remove(),
  };
}

function make(document: Document, tag: string, className: string, text = ''): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** The mark as an SVG element, hidden from assistive technology: its meaning is in the name beside it. */
export function drawMark(document: Document, state: MarkState): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  for (const stroke of MARKS[state]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', stroke.d);
    if (stroke.dash !== undefined) path.setAttribute('stroke-dasharray', stroke.dash.join(' '));
    svg.append(path);
  }
  return svg;
}
