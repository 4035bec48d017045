/**
 * What a reader can see. A page must not be able to put words where only this walker finds them, nor to hide attested
 * ones from it; every rule errs to "the reader's view decides".
 */
import { boxOf, tagOf } from './form-safe.ts';

/** Computed style, as far as it matters here. */
export type Style = CSSStyleDeclaration;

/** Further out than any layout puts what it wants seen. */
const FAR_AWAY = -999;

/** Not drawn, nor anything in it. An element outside the flat tree has no style at all. */
export const hasNoBox = (style: Style): boolean => style.display === 'none' || style.display === '';

const isOutOfFlow = (style: Style): boolean => style.position === 'absolute' || style.position === 'fixed';

/** `clip: rect(0, 0, 0, 0)` or `clip-path: inset(50%)`: the usual ways to write for screen readers only. */
function isClippedAway(style: Style): boolean {
  if (isOutOfFlow(style) && style.clip.startsWith('rect')) {
    const [top = 0, right = 0, bottom = 0, left = 0] = (style.clip.match(/[-\d.]+|auto/g) ?? []).map(Number);
    if (right - left <= 1 || bottom - top <= 1) return true;
  }
  const inset = /^inset\(([\d.]+)%/.exec(style.clipPath);
  return (inset !== null && Number(inset[1]) >= 50) || /^circle\(0/.test(style.clipPath);
}

/** Drawn, but so that nobody sees it or anything in it. */
export function isUnseen(element: Element, style: Style): boolean {
  if (Number(style.opacity) === 0 || style.contentVisibility === 'hidden' || isClippedAway(style)) return true;
  if (isOutOfFlow(style) && (Number.parseFloat(style.left) <= FAR_AWAY || Number.parseFloat(style.top) <= FAR_AWAY)) {
    return true;
  }
  // The overflow of these two is the window's.
  if (tagOf(element) === 'html' || tagOf(element) === 'body') return false;
  if (style.overflowX === 'visible' || style.display === 'inline' || style.display === 'contents') return false;
  const { width, height } = boxOf(element);
  return width <= 1 || height <= 1;
}

const isTransparent = (color: string): boolean =>
  color === 'transparent' || /^(rgba|hsla)\(.*,\s*0(\.0+)?%?\)$|\/\s*0(\.0+)?%?\)$/.test(color);

/** Whether the text of a node is drawn in letters somebody can see. `style` is its parent's. */
export function showsText(node: Text, style: Style): boolean {
  if (style.visibility !== 'visible' || Number.parseFloat(style.fontSize) < 1) return false;
  if (Number.parseFloat(style.textIndent) <= FAR_AWAY) return false;
  const fill = style.getPropertyValue('-webkit-text-fill-color');
  // Letters may be cut out of a picture behind them.
  const clip = style.getPropertyValue('-webkit-background-clip') || style.backgroundClip;
  if (isTransparent(fill === '' ? style.color : fill) && !clip.includes('text')) return false;
  const range = node.ownerDocument.createRange();
  range.selectNodeContents(node);
  const { width, height } = range.getBoundingClientRect();
  // A mark alone takes no width.
  return height > 0 && (width > 0 || !/[\p{L}\p{N}]/u.test(node.data));
}

/** Whether a newline in the text is one on the page. */
export const preservesNewlines = (style: Style): boolean =>
  /^(pre(?!serve-spaces)|break-spaces)/.test(style.whiteSpace) ||
  /^(preserve(-breaks)?|break-spaces)$/.test(style.getPropertyValue('white-space-collapse'));

/** Whether the style makes an element of any name a block. Floats and positioned pieces of a line do not end it. */
export const breaksLine = (style: Style): boolean =>
  /^(block|flow-root|list-item|flex|grid|table(?!-cell|-column))(?! math)/.test(style.display) &&
  style.cssFloat === 'none' &&
  !isOutOfFlow(style);
