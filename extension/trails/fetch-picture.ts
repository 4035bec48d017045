/**
 * A picture from its own address, where the page may not read it and the reader allowed its host. What comes may be another
 * picture than the one drawn: whoever asks for it says so.
 */
import { MAX_SCANS, readImageHeader } from '#shared/image/image-header.ts';
import { MAX_PIXELS } from '#shared/image/pdq.ts';
import { browser } from '../platform.ts';
import { fetchBounded, mayFetch } from './fetch-bounded.ts';
import { mayName } from './private-host.ts';

const MAX_BYTES = 12 << 20;
const ACCEPT = 'image/webp,image/png,image/jpeg';

/** Whether allowing a host would let its pictures be fetched. */
export const isAskable = (address: string): boolean => URL.parse(address)?.protocol === 'https:';

/** A picture's bytes; `closed` where the extension may not ask its host. */
export async function fetchPicture(address: string, page: string): Promise<Blob | 'closed' | undefined> {
  const url = URL.parse(address);
  if (url === null || !mayName(url, URL.parse(page))) return undefined;
  const origins = [`${url.protocol}//${url.hostname}/*`];
  if (!mayFetch(url) || !(await browser.permissions.contains({ origins }))) return 'closed';
  const fetched = await fetchBounded(url.href, MAX_BYTES, ACCEPT, 'force-cache');
  // A file of a few kilobytes may unfold to gigabytes: nothing is decoded that does not say how large it is.
  const header = fetched.ok ? readImageHeader(fetched.bytes) : undefined;
  if (!fetched.ok || header === undefined) return undefined;
  if (header.width * header.height > MAX_PIXELS || (header.scans ?? 0) > MAX_SCANS) return undefined;
  return new Blob([fetched.bytes as Uint8Array<ArrayBuffer>], { type: header.type });
}
