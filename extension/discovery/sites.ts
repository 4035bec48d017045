/** The sites on which the reader allowed discovery: a choice of its own beside the permission to look at a site. */
import { browser } from '../platform.ts';
import { inOrder, loadStored, saveStored } from '../trails/stored.ts';

const KEY = 'discovery-sites';
const MAX_SITES = 500;

/** The permission a site needs. */
export const originsOf = (host: string): string[] => [`https://${host}/*`];

/** Whether discovery is allowed on the site of an address, and the extension may still look there. */
export async function isDiscovered(address: string): Promise<boolean> {
  const url = URL.parse(address);
  if (url === null || !(await discoveredSites()).includes(url.host)) return false;
  return browser.permissions.contains({ origins: [`${url.protocol}//${url.hostname}/*`] });
}

/** Hosts on which it is allowed. */
export async function discoveredSites(): Promise<readonly string[]> {
  return (await loadStored<string[]>('local', KEY)) ?? [];
}

/** Allows it on a host, or takes that back. */
export function setDiscovered(host: string, on: boolean): Promise<void> {
  return inOrder(async () => {
    const others = (await discoveredSites()).filter((each) => each !== host);
    await saveStored('local', KEY, on ? [...others, host].slice(-MAX_SITES) : others);
  });
}
