/**
 * The one door to the browser's extension API, typed without generated files.
 * In scope: the two places where Firefox's API differs (sidebar). Not here: any logic.
 */
import { type Browser, browser } from '@wxt-dev/browser';

export type { Browser };
export { browser };

interface FirefoxSidebar {
  sidebarAction?: { open(): Promise<void> };
}

/**
 * Opens the side panel (Chrome) or sidebar (Firefox). Both demand a user's gesture and refuse
 * without one; callers treat `false` as "tell the reader where the toolbar button is".
 */
export async function openPanel(tabId: number): Promise<boolean> {
  try {
    if (browser.sidePanel !== undefined) await browser.sidePanel.open({ tabId });
    else await (browser as unknown as FirefoxSidebar).sidebarAction?.open();
    return true;
  } catch {
    return false;
  }
}
