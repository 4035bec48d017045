/** Faults of accessibility that axe finds in a page. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What axe finds wrong. In the dark only colours are others than in the light, so that only they are looked at. */
export async function axeFaults(page: Page, colorScheme: 'light' | 'dark' = 'light'): Promise<unknown[]> {
  const axe = new AxeBuilder({ page });
  const { violations, passes } = await (colorScheme === 'dark' ? axe.withRules('color-contrast') : axe).analyze();
  expect(passes.length).toBeGreaterThan(colorScheme === 'dark' ? 0 : 10);
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]);
}
