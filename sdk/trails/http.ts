/** Requests to a log that a slow, endless or lying server cannot turn into more than a named failure. */
import { err, ok, type Result } from '#shared/result.ts';

export interface HttpOptions {
  /** Replaces the platform's fetch, for tests and for proxies. */
  readonly fetch?: typeof fetch;
  /** Limit of one whole exchange. */
  readonly timeoutMs?: number;
  /** Ends every exchange early. */
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export type HttpReason = 'unreachable' | 'answer-too-large' | 'address-malformed';

/** Loopback hosts, the only ones that may be spoken to without TLS. */
export const isLoopback = (host: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(host);

/**
 * A log's base address in its one spelling: https (http for loopback), no credentials, query, fragment or final slash.
 *
 * @example
 * import { parseLogAddress } from 'witnessmark';
 * parseLogAddress('https://log.witnessmark.example/'); // => { ok: true, value: 'https://log.witnessmark.example' }
 */
export function parseLogAddress(text: string): Result<string, 'address-malformed'> {
  if (!URL.canParse(text)) return err('address-malformed', 'not an absolute URL');
  const url = new URL(text);
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  if (!secure) return err('address-malformed', 'must be https (http only for this machine)');
  if (url.username !== '' || url.password !== '') return err('address-malformed', 'must not hold credentials');
  if (url.search !== '' || url.hash !== '') return err('address-malformed', 'must not hold a query or fragment');
  return ok(`${url.origin}${url.pathname.replace(/\/+$/, '')}`);
}

async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

/** One bounded exchange, without cookies, referrer or redirects to elsewhere. */
export async function exchange(
  url: string,
  init: RequestInit,
  maxBytes: number,
  options: HttpOptions = {},
): Promise<Result<HttpAnswer, HttpReason>> {
  const request = options.fetch ?? fetch;
  const limit = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  try {
    const response = await request(url, {
      redirect: 'error',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      ...init,
      signal: options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]),
    });
    const body = await readBounded(response, maxBytes);
    if (body === undefined) return err('answer-too-large', `more than ${maxBytes} bytes from ${url}`);
    return ok({ status: response.status, headers: response.headers, body });
  } catch (cause) {
    return err('unreachable', explain(cause));
  }
}

function explain(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error && cause.cause.message !== '' ? cause.cause.message : cause.message;
}

/** What an RFC 9457 problem says, for people; its text is the server's and must be escaped before display. */
export function problemDetail(answer: HttpAnswer): { reason?: string; text: string } {
  const fallback = { text: `status ${answer.status}` };
  try {
    const problem: unknown = JSON.parse(new TextDecoder().decode(answer.body));
    if (typeof problem !== 'object' || problem === null) return fallback;
    const field = (name: string): string | undefined => {
      const value: unknown = Object.getOwnPropertyDescriptor(problem, name)?.value;
      return typeof value === 'string' ? value : undefined;
    };
    const reason = field('reason');
    const text = [field('title'), field('detail')].filter((part) => part !== undefined).join(': ');
    return { ...(reason === undefined ? {} : { reason }), text: text === '' ? fallback.text : text };
  } catch {
    return fallback;
  }
}
