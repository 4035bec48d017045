/** The side panel: the authoritative view of a tab, where no page can draw. */
import { useState } from 'preact/hooks';
import { pageMark } from '../badge/toolbar.ts';
import { sendFromPage } from '../messaging/messages.ts';
import { browser } from '../platform.ts';
import type { PageItem } from '../verification/page-store.ts';
import { labelOfItem, say } from '../verification/words.ts';
import { DiscoveryAccess, NothingFound } from './discovery.tsx';
import { ItemDetail, titleOf } from './item-detail.tsx';
import { Mark } from './mark.tsx';
import { ClosedPictures } from './picture-access.tsx';
import { SavedProof } from './saved-proof.tsx';
import { SiteAccess } from './site-access.tsx';
import { usePage } from './use-page.ts';

export function Panel({ tab: fixed }: { tab?: number }) {
  const { tabId, page } = usePage(fixed);
  const [chosen, setChosen] = useState<string | undefined>();
  const [notice, setNotice] = useState('');
  const ask = async (type: 'page/check' | 'selection/check'): Promise<void> => {
    if (tabId === undefined) return;
    const answer = await sendFromPage(type, { tabId }).catch(() => null);
    setNotice(answer === null || answer.ok ? '' : say(`panel_${answer.reason}`));
    if (type === 'selection/check' && answer?.ok) setChosen('selection');
  };
  const items = page?.items ?? [];
  const current = items.find(({ id }) => id === chosen) ?? newestSelection(items) ?? items[0];
  return (
    <>
      <header class="bar">
        <Mark state="idle" />
        <span class="host">
          {page === undefined || page.host === '' ? say('name') : say('panel_on_page', page.host)}
        </span>
        <button type="button" class="plain" onClick={() => void browser.runtime.openOptionsPage()}>
          {say('panel_settings')}
        </button>
      </header>
      <main>
        <p class="visually-hidden" role="status">
          {page === undefined ? '' : summaryOf(items)}
        </p>
        {notice !== '' && <p class="note">{notice}</p>}
        {items.length > 1 && <ItemList items={items} current={current} choose={setChosen} />}
        {current === undefined || page === undefined || tabId === undefined ? (
          <Nothing checked={page !== undefined} />
        ) : (
          <ItemDetail key={current.id} item={current} page={page} tabId={tabId} />
        )}
        <section class="stack">
          <div class="row">
            <button type="button" class={page === undefined ? 'primary' : ''} onClick={() => ask('page/check')}>
              {say(page === undefined ? 'panel_check_page' : 'panel_check_again')}
            </button>
            <button type="button" onClick={() => ask('selection/check')}>
              {say('panel_check_selection')}
            </button>
          </div>
          {page !== undefined && <NothingFound page={page} />}
          {page?.discovered !== undefined && tabId !== undefined && (
            <ClosedPictures closed={page.discovered.closed} tabId={tabId} />
          )}
          {page !== undefined && tabId !== undefined && <DiscoveryAccess tabId={tabId} page={page} />}
          {page !== undefined && <SiteAccess host={page.host} />}
        </section>
        <SavedProof />
      </main>
    </>
  );
}

function ItemList(props: { items: readonly PageItem[]; current: PageItem | undefined; choose: (id: string) => void }) {
  return (
    <nav class="items" aria-label={say('panel_items')}>
      <h2>{summaryOf(props.items)}</h2>
      <ul>
        {props.items.map((item) => (
          <li key={item.id}>
            <button
              type="button"
              aria-current={item === props.current ? 'true' : 'false'}
              onClick={() => props.choose(item.id)}
            >
              <Mark state={item.report?.icon ?? (item.declared === undefined ? 'unproven' : 'declared')} />
              <span class="words">
                <span class={`title${item.report?.tone === 'alert' ? ' alert' : ''}`}>{shortTitle(item)}</span>
                <span class="sub">{item.excerpt}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Nothing({ checked }: { checked: boolean }) {
  const key = checked ? 'panel_nothing' : 'panel_start';
  return (
    <div class="verdict">
      <Mark state={checked ? 'unproven' : 'idle'} large />
      <div>
        <h1>{say(`${key}_title`)}</h1>
        <p class="soft">{say(`${key}_text`)}</p>
      </div>
    </div>
  );
}

function shortTitle(item: PageItem): string {
  if (item.kind === 'selection') return say(item.picked === undefined ? 'panel_selection' : 'panel_picture');
  const { report } = item;
  if (report !== undefined) return labelOfItem({ ...item, report });
  return titleOf(item);
}

function newestSelection(items: readonly PageItem[]): PageItem | undefined {
  return items.find(({ kind }) => kind === 'selection');
}

function summaryOf(items: readonly PageItem[]): string {
  if (items.length === 0) return say('panel_nothing_title');
  const [only] = items;
  if (items.length === 1 && only !== undefined) return titleOf(only);
  const count = (...icons: string[]): number =>
    items.filter(({ report }) => report !== undefined && icons.includes(report.icon)).length;
  if (pageMark(items) === 'declared') return say('toolbar_declared');
  const counts = say(
    'panel_summary_many',
    items.length,
    count('verified', 'partial'),
    count('unproven', 'unsupported'),
    count('invalid'),
  );
  return count('found') === 0 ? counts : `${counts} ${say('panel_summary_found', count('found'))}`;
}
