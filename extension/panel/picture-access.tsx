/** Pictures that could not be read, because they lie on other hosts: said, and the means to allow one of those. */
import { sendFromPage } from '../messaging/messages.ts';
import { browser } from '../platform.ts';
import type { ClosedHost } from '../verification/page-store.ts';
import { say } from '../verification/words.ts';

/** The button that lets the extension fetch pictures from a host; the browser itself asks for the permission. */
export function AllowPictures({ host, tabId }: { host: string; tabId: number }) {
  const name = URL.parse(`https://${host}`)?.hostname ?? '';
  if (name === '') return null;
  const allow = async (): Promise<void> => {
    // The browser asks only in answer to a press, so nothing may be waited for before.
    const allowed = await browser.permissions.request({ origins: [`https://${name}/*`] });
    if (allowed) await sendFromPage('picture/again', { tabId });
  };
  return (
    <button type="button" class="plain" onClick={allow}>
      {say('picture_allow', host)}
    </button>
  );
}

/** What could not be read on a page, host by host. */
export function ClosedPictures({ closed, tabId }: { closed: readonly ClosedHost[]; tabId: number }) {
  if (closed.length === 0) return null;
  return (
    <div class="stack small" data-part="closed-pictures">
      {closed.map(({ host, pictures, askable }) => (
        <div key={host} class="stack">
          <p class="soft">
            {pictures === 1 ? say('picture_closed_one', host) : say('picture_closed_some', pictures, host)}
          </p>
          {askable && <AllowPictures host={host} tabId={tabId} />}
        </div>
      ))}
      {closed.some(({ askable }) => askable) && <p class="soft">{say('picture_allow_text')}</p>}
    </div>
  );
}
