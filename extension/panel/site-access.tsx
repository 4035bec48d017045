/** "Always check on this site": asked in context, one origin at a time, and taken back as easily. */
import { useEffect, useState } from 'preact/hooks';
import { browser } from '../platform.ts';
import { say } from '../verification/words.ts';

export function SiteAccess({ host }: { host: string }) {
  const origins = [`https://${host}/*`];
  const [allowed, setAllowed] = useState<boolean | undefined>();
  const askable = /^[a-z0-9.-]+$/i.test(host) && host.includes('.') && !/^[\d.]+$/.test(host);
  useEffect(() => {
    if (askable) void browser.permissions.contains({ origins }).then(setAllowed);
  }, [host]);
  if (!askable || allowed === undefined) return null;
  const change = async (): Promise<void> => {
    const next = allowed
      ? !(await browser.permissions.remove({ origins }))
      : await browser.permissions.request({ origins });
    setAllowed(next);
  };
  return (
    <p class="row small">
      {allowed && <span class="soft">{say('panel_allowed_site')}</span>}
      <button type="button" class="plain" onClick={change}>
        {allowed ? say('panel_disallow') : say('panel_allow_site', host)}
      </button>
    </p>
  );
}
