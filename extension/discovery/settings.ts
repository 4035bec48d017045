/** What the reader chose about finding trails, as it is kept. */
import type { DiscoveryChoice, DiscoverySettings } from '../messaging/protocol.ts';
import { mayFetch } from '../trails/fetch-bounded.ts';
import { loadStored, saveStored } from '../trails/stored.ts';

const KEY = 'discovery';

/** The choices in force. */
export async function loadSettings(): Promise<DiscoverySettings> {
  return (await loadStored<DiscoverySettings>('local', KEY)) ?? { oblivious: false };
}

/** Keeps choices; false for a relay that could not be asked. */
export async function saveSettings({ relay, oblivious }: DiscoveryChoice): Promise<boolean> {
  const address = relay.trim().replace(/\/+$/, '');
  const url = URL.parse(address);
  if (address !== '' && (url === null || !mayFetch(url) || url.search !== '' || url.hash !== '')) return false;
  return saveStored('local', KEY, { oblivious, ...(address !== '' && { relay: address }) } satisfies DiscoverySettings);
}
