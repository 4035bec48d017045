/** Pages of a test's own in the extension's browser, and what was recognised on them. */
import type { Page } from 'playwright-core';
import type { PageItem, PageState } from '../../extension/verification/page-store.ts';
import type { ExtensionBrowser } from './extension-tab.ts';
import type { FixtureSite } from './fixture-site.ts';

/** A page and the tab that shows it. */
export interface OpenedPage {
  readonly page: Page;
  readonly tabId: number;
}

let pages = 0;

/** Opens a page of this body under an address of its own. */
export async function openBody(extension: ExtensionBrowser, site: FixtureSite, body: string): Promise<OpenedPage> {
  const path = `/body-${++pages}`;
  site.html.set(path, `<!doctype html><title>Page</title><body>${body}`);
  const page = await extension.context.newPage();
  await page.goto(site.pages + path);
  return { page, tabId: await extension.tabOf(page) };
}

/** The items of a page that were recognised. */
export const found = (state: PageState | undefined): PageItem[] =>
  (state?.items ?? []).filter(({ kind }) => kind === 'found');

/** Opens a page and waits for what is recognised on it. */
export async function recognisedOn(
  extension: ExtensionBrowser,
  site: FixtureSite,
  body: string,
): Promise<OpenedPage & { readonly item: PageItem }> {
  const opened = await openBody(extension, site, body);
  const state = await extension.until(opened.tabId, (now) => found(now).length > 0);
  return { ...opened, item: found(state)[0] as PageItem };
}
