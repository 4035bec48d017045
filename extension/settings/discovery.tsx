/** How records of unmarked text are found: through whom, and whether obliviously too. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { sendFromPage } from '../messaging/messages.ts';
import type { DiscoverySettings } from '../messaging/protocol.ts';
import { say } from '../verification/words.ts';

export function Discovery() {
  const relay = useRef<HTMLInputElement>(null);
  const oblivious = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<DiscoverySettings | undefined>();
  const [outcome, setOutcome] = useState('');
  useEffect(() => void sendFromPage('discovery/settings', null).then(setChosen), []);
  if (chosen === undefined) return null;
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const choice = { relay: relay.current?.value ?? '', oblivious: oblivious.current?.checked ?? false };
    const answer = await sendFromPage('discovery/choose', choice);
    setOutcome(say(answer.ok ? 'settings_discovery_saved' : answer.reason));
  };
  return (
    <section class="stack" aria-labelledby="discovery-title">
      <h2 id="discovery-title">{say('settings_discovery')}</h2>
      <p>{say('settings_discovery_text')}</p>
      <form class="stack" onSubmit={save}>
        <label>
          {say('settings_relay')}
          <input
            ref={relay}
            type="text"
            inputMode="url"
            defaultValue={chosen.relay ?? ''}
            aria-describedby="relay-text"
          />
        </label>
        <p id="relay-text" class="soft small">
          {say('settings_relay_text')}
        </p>
        <label class="row">
          <input ref={oblivious} type="checkbox" defaultChecked={chosen.oblivious} aria-describedby="oblivious-text" />
          {say('settings_oblivious')}
        </label>
        <p id="oblivious-text" class="soft small">
          {say('settings_oblivious_text')}
        </p>
        <div class="row">
          <button type="submit">{say('settings_discovery_save')}</button>
          <span role="status">{outcome}</span>
        </div>
      </form>
      <p>
        <a href="privacy.html">{say('settings_privacy')}</a>
      </p>
    </section>
  );
}
