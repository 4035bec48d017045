/** Brings the content script into a tab, on the reader's action or on sites the reader allowed. */
import { sendToTab } from '../messaging/messages.ts';
import { browser } from '../platform.ts';
import { leavePage } from '../verification/page-store.ts';

const SCRIPT = 'detector.js';
const PICTURES = 'pictures.js';
const REGISTRATION = 'allowed-sites';

/** Looks at a tab's page: injects the detector, or asks the one already there to look again. */
export async function lookAtPage(tabId: number): Promise<boolean> {
  const answered = await sendToTab(tabId, 'page/rescan', null).then(
    () => true,
    () => false,
  );
  if (answered) return true;
  return ensureDetector(tabId);
}

/** Makes sure the detector runs in a tab; false where extensions may not look (browser pages, stores). */
export const ensureDetector = (tabId: number): Promise<boolean> => inject(tabId, SCRIPT);

/** Makes sure the script for pictures runs in a tab. */
export const ensurePictures = (tabId: number): Promise<boolean> => inject(tabId, PICTURES);

/** Has the pictures of a tab looked up, or no longer. */
export async function discoverPictures(tabId: number, on: boolean): Promise<void> {
  if (on) await ensurePictures(tabId);
  await sendToTab(tabId, 'picture/discover', { on }).catch(() => null);
}

async function inject(tabId: number, script: string): Promise<boolean> {
  try {
    await browser.scripting.executeScript({ target: { tabId }, files: [`/${script}`] });
    return true;
  } catch {
    return false;
  }
}

/**
 * Forgets what is known of a tab unless the page it shows now is the one that is known: where the detector does not run,
 * nobody else would say that the reader has moved on.
 */
export async function forgetLeftPage(tabId: number): Promise<void> {
  const visit = await sendToTab(tabId, 'page/visit', null).catch(() => undefined);
  await leavePage(tabId, (page) => page.visit !== visit);
}

/** Registers the detector for exactly the sites whose permission the reader granted. */
export async function syncAllowedSites(): Promise<void> {
  const { origins = [] } = await browser.permissions.getAll();
  const matches = origins.filter((origin) => origin.startsWith('https://'));
  const registered = await browser.scripting.getRegisteredContentScripts({ ids: [REGISTRATION] });
  if (registered.length > 0) await browser.scripting.unregisterContentScripts({ ids: [REGISTRATION] });
  if (matches.length === 0) return;
  await browser.scripting.registerContentScripts([
    { id: REGISTRATION, js: [SCRIPT], matches, runAt: 'document_idle', persistAcrossSessions: true },
  ]);
}
