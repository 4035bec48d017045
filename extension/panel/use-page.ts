/** The state of the tab the panel stands beside, kept current while the panel is open. */
import { useEffect, useState } from 'preact/hooks';
import { browser } from '../platform.ts';
import { loadPage, type PageState, pageKey } from '../verification/page-store.ts';

/** The tab and its page; `fixed` pins the panel to one tab when it is opened as a page. */
export function usePage(fixed?: number): { tabId?: number; page?: PageState } {
  const [tabId, setTabId] = useState<number | undefined>(fixed);
  const [page, setPage] = useState<PageState | undefined>();

  useEffect(() => {
    if (fixed !== undefined) return;
    const follow = async (): Promise<void> => {
      const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
      setTabId(tab?.id);
    };
    const onActivated = (): void => void follow();
    browser.tabs.onActivated.addListener(onActivated);
    void follow();
    return () => browser.tabs.onActivated.removeListener(onActivated);
  }, [fixed]);

  useEffect(() => {
    if (tabId === undefined) return;
    let current = true;
    const refresh = async (): Promise<void> => {
      const loaded = await loadPage(tabId);
      if (current) setPage(loaded);
    };
    const onChanged = (changes: Record<string, unknown>, area: string): void => {
      if (area === 'session' && pageKey(tabId) in changes) void refresh();
    };
    browser.storage.onChanged.addListener(onChanged);
    void refresh();
    return () => {
      current = false;
      browser.storage.onChanged.removeListener(onChanged);
    };
  }, [tabId]);

  return { ...(tabId === undefined ? {} : { tabId }), ...(page === undefined ? {} : { page }) };
}
