/**
 * The only place where the extension touches the network, besides `replay/load-file.ts` for models, and
 * `pictures/file-of.ts`, which reads a page's picture again as the page may.
 *
 * Every request: https (loopback too in demo builds), GET, HEAD or a POST of JSON, no credentials, no referrer, nothing that names this
 * installation, no redirects, a size cap enforced while reading, a deadline. Answers are hostile data.
 */
import { fetchNameless } from '../nameless/fetch-nameless.ts';

/** Why nothing came. */
export type FetchFailure = 'refused' | 'unreachable' | 'not-found' | 'gone' | 'too-large';

/** Bytes, or why not. */
export type Fetched =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: FetchFailure };

const TIMEOUT_MS = 8000;

/** Whether the extension will ever ask this address: https, or loopback in a demo build. */
export function mayFetch(url: URL, loopback: boolean = __DEV_TRUST__ !== null): boolean {
  if (url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  return loopback && url.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
}

/** `no-cache` asks the server even where the browser kept an answer; `force-cache` takes any answer it kept. */
type CacheUse = 'default' | 'no-cache' | 'force-cache';

/** Fetches at most `maxBytes` from an address. */
export async function fetchBounded(
  address: string,
  maxBytes: number,
  accept = '*/*',
  cache: CacheUse = 'default',
): Promise<Fetched> {
  const response = await request(address, 'GET', accept, cache);
  if (response === undefined) return { ok: false, reason: 'unreachable' };
  if (response === 'refused') return { ok: false, reason: 'refused' };
  if (response.status === 404) return { ok: false, reason: 'not-found' };
  if (response.status === 410) return { ok: false, reason: 'gone' };
  if (!response.ok || response.body === null) return { ok: false, reason: 'unreachable' };
  return readBounded(response.body, maxBytes);
}

/** Posts JSON and reads at most `maxBytes` of the answer. */
export async function postBounded(address: string, body: unknown, maxBytes: number): Promise<Fetched> {
  const response = await request(address, 'POST', 'application/json', 'default', JSON.stringify(body));
  if (response === 'refused') return { ok: false, reason: 'refused' };
  if (!response?.ok || response.body === null) return { ok: false, reason: 'unreachable' };
  return readBounded(response.body, maxBytes);
}

/** The `Link` header of a document, asked for again without credentials; empty when there is none. */
export async function fetchLinkHeader(address: string): Promise<string> {
  const response = await request(address, 'HEAD', 'text/html', 'default');
  return response === undefined || response === 'refused' ? '' : (response.headers.get('link') ?? '');
}

async function request(
  address: string,
  method: 'GET' | 'HEAD' | 'POST',
  accept: string,
  cache: CacheUse,
  body?: string,
): Promise<Response | 'refused' | undefined> {
  const url = URL.parse(address);
  if (url === null || !mayFetch(url)) return 'refused';
  try {
    const plain = { credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error' } as const;
    const sent = body === undefined ? {} : { body };
    const headers = body === undefined ? { accept } : { accept, 'content-type': 'application/json' };
    const init = { ...plain, method, cache, headers, ...sent };
    return await fetchNameless(url, init, AbortSignal.timeout(TIMEOUT_MS));
  } catch {
    return undefined;
  }
}

async function readBounded(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Fetched> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > maxBytes) {
        await reader.cancel();
        return { ok: false, reason: 'too-large' };
      }
      chunks.push(value);
    }
  } catch {
    return { ok: false, reason: 'unreachable' };
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return { ok: true, bytes };
}
