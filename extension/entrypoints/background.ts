/** Wires the browser's events to handlers; no logic of its own. */
import { defineBackground } from 'wxt/utils/define-background';
import { contentHandlers } from '../background/content-handlers.ts';
import { forgetLeftPage, lookAtPage, syncAllowedSites } from '../background/inject.ts';
import { pageHandlers, verifyPicture, verifySelection } from '../background/page-handlers.ts';
import { receiveInBackground } from '../messaging/messages.ts';
import { browser, openPanel } from '../platform.ts';
import { leavePage } from '../verification/page-store.ts';

const MENU = 'verify-selection';
const PICTURE_MENU = 'check-picture';

export default defineBackground(() => {
  receiveInBackground(contentHandlers, pageHandlers);

  browser.action.onClicked.addListener((tab) => {
    if (tab.id === undefined) return;
    void openPanel(tab.id);
    void lookAtPage(tab.id);
  });

  browser.contextMenus.onClicked.addListener((info, tab) => {
    if (tab?.id === undefined) return;
    if (info.menuItemId === PICTURE_MENU && info.srcUrl === undefined) return;
    void openPanel(tab.id);
    if (info.menuItemId === MENU) void verifySelection(tab.id);
    else void verifyPicture(tab.id, { address: info.srcUrl ?? '', page: info.pageUrl ?? '' });
  });

  browser.commands.onCommand.addListener((command, tab) => {
    if (command !== MENU || tab?.id === undefined) return;
    void openPanel(tab.id);
    void verifySelection(tab.id);
  });

  browser.runtime.onInstalled.addListener(() => {
    void browser.contextMenus.removeAll().then(() => {
      const title = (key: string): string => browser.i18n.getMessage(key);
      browser.contextMenus.create({ id: MENU, title: title('menu_selection'), contexts: ['selection'] });
      browser.contextMenus.create({ id: PICTURE_MENU, title: title('menu_picture'), contexts: ['image'] });
    });
    void syncAllowedSites();
  });

  browser.permissions.onAdded.addListener(() => void syncAllowedSites());
  browser.permissions.onRemoved.addListener(() => void syncAllowedSites());
  browser.tabs.onUpdated.addListener((tabId, { status }) => {
    if (status !== undefined) void forgetLeftPage(tabId);
  });
  browser.tabs.onRemoved.addListener((tabId) => void leavePage(tabId, () => true));
});
