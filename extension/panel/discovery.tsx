/** Discovery on a site: asked in context, taken back as easily, and what it has looked up so far. */
import { useEffect, useState } from 'preact/hooks';
import { originsOf } from '../discovery/sites.ts';
import { sendFromPage } from '../messaging/messages.ts';
import { browser } from '../platform.ts';
import type { PageState } from '../verification/page-store.ts';
import { say } from '../verification/words.ts';

/** The button that allows it. The browser itself asks for the site's permission where the extension has none yet. */
export function DiscoveryAccess({ tabId, page }: { tabId: number; page: PageState }) {
  const { host } = page;
  const name = URL.parse(`https://${host}`)?.hostname ?? '';
  const [permitted, setPermitted] = useState<boolean | undefined>();
  useEffect(() => {
    if (name !== '') void isPermitted(name).then(setPermitted);
  }, [name]);
  if (name === '' || permitted === undefined) return null;
  const on = page.discovered !== undefined;
  const frames = page.discovered?.foreignFrames ?? 0;
  const change = async (): Promise<void> => {
    // The browser asks only in answer to a press, so nothing may be waited for before.
    if (!on && !permitted && !(await browser.permissions.request({ origins: originsOf(name) }))) return;
    await sendFromPage('discovery/set', { tabId, host, on: !on });
  };
  return (
    <div class="stack small" data-part="discovery">
      {on ? <p class="soft">{say('discovery_on')}</p> : <p class="soft">{say('discovery_ask_text')}</p>}
      {frames > 0 && <p class="soft">{frames === 1 ? say('discovery_frame') : say('discovery_frames', frames)}</p>}
      <button type="button" class="plain" onClick={change}>
        {on ? say('discovery_stop') : say('discovery_ask', host)}
      </button>
    </div>
  );
}

async function isPermitted(host: string): Promise<boolean> {
  const allowed = [originsOf(host), [`http://${host}/*`]].map((origins) => browser.permissions.contains({ origins }));
  return (await Promise.all(allowed)).includes(true);
}

/** What was looked up and not found, and in which state of which log. */
export function NothingFound({ page: { discovered, items } }: { page: PageState }) {
  if (discovered === undefined || items.some(({ found }) => found !== undefined)) return null;
  const { texts, pictures, unanswered, logs } = discovered;
  if (texts + pictures === 0) return <p class="soft small">{say('discovery_none_yet')}</p>;
  return (
    <div class="stack soft small" data-part="nothing-found">
      {texts > 0 && <p>{texts === 1 ? say('discovery_none_one') : say('discovery_none', texts)}</p>}
      {pictures > 0 && (
        <p>{pictures === 1 ? say('discovery_none_picture') : say('discovery_none_pictures', pictures)}</p>
      )}
      {unanswered > 0 && <p>{say('discovery_unanswered', unanswered)}</p>}
      {unanswered < texts + pictures &&
        logs
          .filter(({ size }) => size > 0)
          .map(({ origin, size }) => <p key={origin}>{say('discovery_as_of', origin, size)}</p>)}
    </div>
  );
}
