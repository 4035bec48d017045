import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BADGE_CSS } from '../../extension/badge/badge.css.ts';

const sheet = (name: string): string =>
  readFileSync(new URL(`../../extension/panel/${name}.css`, import.meta.url), 'utf8');

/** What stands in a style sheet's blocks for a media query. */
const within = (css: string, query: string): string =>
  [...css.matchAll(new RegExp(`@media \\(${query}\\) \\{((?:[^{}]|\\{[^{}]*\\})*)\\}`, 'g'))]
    .map(([, inner]) => inner)
    .join();

describe('the styles', () => {
  it.each([
    ['badge', BADGE_CSS],
    ['pages', sheet('page')],
    ['panel', sheet('panel')],
  ])('of the %s hold in forced colours and set no colour of their own there', (_, css) => {
    const rules = within(css, 'forced-colors: active');
    expect(rules).toMatch(/CanvasText|Highlight/);
    expect(rules).not.toMatch(/#[0-9a-f]{3}|rgb/i);
  });

  it.each([
    ['badge', BADGE_CSS],
    ['pages', sheet('page')],
    ['panel', sheet('panel')],
  ])('of the %s move nothing for a reader who wants no motion', (_, css) => {
    const moving = [...css.matchAll(/([^{};\n]+)\{[^{}]*\banimation:(?! none)/g)].map(([, selector = '']) =>
      selector.trim(),
    );
    const stilled = within(css, 'prefers-reduced-motion: reduce');
    for (const selector of moving) expect(stilled).toContain(`${selector} { animation: none; }`);
    expect(css).not.toMatch(/\btransition:/);
  });

  it('of the badge use no unit that a page sets', () => {
    expect(BADGE_CSS).not.toMatch(/\d(rem|em|vw|vh)\b/);
  });
});
