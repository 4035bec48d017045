/** The settings: whom the reader trusts, where the extension may look by itself, what it keeps. */
import { useEffect, useState } from 'preact/hooks';
import { sendFromPage } from '../messaging/messages.ts';
import type { Fork, TrustEntry } from '../messaging/protocol.ts';
import { saveForkProof } from '../panel/save-file.ts';
import { browser } from '../platform.ts';
import { say, sayTime } from '../verification/words.ts';
import { AddLog } from './add-log.tsx';
import { Discovery } from './discovery.tsx';
import { TrustCard } from './trust-card.tsx';

export function SettingsPage() {
  const [trust, setTrust] = useState<readonly TrustEntry[] | undefined>();
  const reload = (): void => void sendFromPage('trust/list', null).then(setTrust);
  useEffect(reload, []);
  const remove = async (id: string): Promise<void> => {
    await sendFromPage('trust/remove', { id });
    reload();
  };
  return (
    <main>
      <h1 style="padding-block-end: 16px">{say('settings_title')}</h1>
      <section class="stack" aria-labelledby="trust-title">
        <h2 id="trust-title">{say('settings_trust')}</h2>
        <p>{say('settings_trust_text')}</p>
        {trust?.length === 0 && <p class="note">{say('settings_trust_none')}</p>}
        <div>
          {trust?.map((entry) => (
            <TrustCard key={entry.id} entry={entry}>
              {entry.origin === 'added' && (
                <button type="button" class="plain" onClick={() => remove(entry.id)}>
                  {say('settings_remove')}
                </button>
              )}
            </TrustCard>
          ))}
        </div>
      </section>
      <AddLog added={reload} />
      <Forks />
      <Discovery />
      <Sites />
      <Saved />
    </main>
  );
}

function Forks() {
  const [forks, setForks] = useState<readonly Fork[]>([]);
  const reload = (): void => void sendFromPage('forks/list', null).then(setForks);
  useEffect(reload, []);
  if (forks.length === 0) return null;
  const clear = async ({ origin }: Fork): Promise<void> => {
    await sendFromPage('forks/clear', { origin });
    reload();
  };
  return (
    <section class="stack" aria-labelledby="forks-title">
      <h2 id="forks-title">{say('settings_forks')}</h2>
      <p>{say('settings_forks_text')}</p>
      {forks.map((fork) => (
        <div class="card stack" key={fork.origin} data-fork={fork.origin}>
          <h3 class="alert">{fork.origin}</h3>
          <p class="soft small">{sayTime(fork.at)}</p>
          <div class="row">
            <button type="button" onClick={() => saveForkProof(fork)}>
              {say('fork_download')}
            </button>
            <button type="button" class="plain" onClick={() => clear(fork)}>
              {say('settings_forks_clear')}
            </button>
          </div>
        </div>
      ))}
    </section>
  );
}

function Sites() {
  const [origins, setOrigins] = useState<readonly string[]>([]);
  const reload = (): void =>
    void browser.permissions
      .getAll()
      .then(({ origins: all = [] }) => setOrigins(all.filter((origin) => origin.startsWith('https:'))));
  useEffect(reload, []);
  const remove = async (origin: string): Promise<void> => {
    await browser.permissions.remove({ origins: [origin] });
    reload();
  };
  return (
    <section class="stack" aria-labelledby="sites-title">
      <h2 id="sites-title">{say('settings_sites')}</h2>
      <p>{say('settings_sites_text')}</p>
      {origins.length === 0 && <p class="soft">{say('settings_sites_none')}</p>}
      <ul>
        {origins.map((origin) => (
          <li class="row" key={origin}>
            <span>{origin.replace(/^https:\/\/|\/\*$/g, '')}</span>
            <button type="button" class="plain" onClick={() => remove(origin)}>
              {say('settings_remove')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Saved() {
  const [done, setDone] = useState(false);
  const clear = async (): Promise<void> => {
    await sendFromPage('cache/clear', null);
    setDone(true);
  };
  return (
    <section class="stack" aria-labelledby="saved-title">
      <h2 id="saved-title">{say('settings_saved')}</h2>
      <p>{say('settings_saved_text')}</p>
      <div class="row">
        <button type="button" onClick={clear}>
          {say('settings_saved_clear')}
        </button>
        <span role="status">{done ? say('settings_saved_cleared') : ''}</span>
      </div>
    </section>
  );
}
