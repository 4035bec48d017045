/** Wires the browser's events to handlers; no logic of its own. */
import { defineBackground } from 'wxt/utils/define-background';
import { contentHandlers } from '../background/content-handlers.ts';
import { forgetLeftPage, lookAtPage, syncAllowedSites } from '../background/inject.ts';
import { pageHandlers, verifySelection } from '../background/page-handlers.ts';
import { receiveInBackground } from '../messaging/messages.ts';
import { browser, openPanel } from '../platform.ts';
import { leavePage } from '../verification/page-store.ts';

const MENU = 'verify-selection';

export default defineBackground(() => {
  receiveInBackground(contentHandlers, pageHandlers);

  browser.action.onClicked.addListener((tab) => {
    if (tab.id === undefined) return;
    void openPanel(tab.id);
    void lookAtPage(tab.id);
  });

  browser.contextMenus.onClicked.addListener((info, tab) => {
    if (info.menuItemId !== MENU || tab?.id === undefined) return;
    void openPanel(tab.id);
    void verifySelection(tab.id);
  });

  browser.commands.onCommand.addListener((command, tab) => {
    if (command !== MENU || tab?.id === undefined) return;
    void openPanel(tab.id);
    void verifySelection(tab.id);
  });

  browser.runtime.onInstalled.addListener(() => {
    void browser.contextMenus.removeAll().then(() =>
      browser.contextMenus.create({
        id: MENU,
        title: browser.i18n.getMessage('menu_selection'),
        contexts: ['selection'],
      }),
    );
    void syncAllowedSites();
  });

  browser.permissions.onAdded.addListener(() => void syncAllowedSites());
  browser.permissions.onRemoved.addListener(() => void syncAllowedSites());
  browser.tabs.onUpdated.addListener((tabId, { status }) => {
    if (status !== undefined) void forgetLeftPage(tabId);
  });
  browser.tabs.onRemoved.addListener((tabId) => void leavePage(tabId, () => true));
});
