/**
 * Which origins may name themselves issuers. The key set is fetched from there by this worker, so anything that is not
 * a plain public https host is refused before a request leaves: addresses, private and special names, user info, ports.
 * Redirects are refused by the fetch, so a public host cannot point inwards. Pure.
 */
import { err, ok, type Result } from '#shared/result.ts';

const PRIVATE_SUFFIXES = [
  'localhost',
  'local',
  'internal',
  'intranet',
  'lan',
  'home',
  'corp',
  'private',
  'test',
  'invalid',
  'onion',
  'arpa',
  'workers-internal',
];
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const MAX_ORIGIN = 260;

/**
 * The issuer's origin in its one spelling.
 * @returns the origin, or `origin-not-allowed` with what is wrong
 */
export function readIssuerOrigin(text: string, allowLoopback: boolean): Result<string, 'origin-not-allowed'> {
  const refuse = (detail: string) => err('origin-not-allowed', detail);
  if (text.length > MAX_ORIGIN || !URL.canParse(text)) return refuse('not a URL');
  const url = new URL(text);
  if (url.origin !== text) return refuse('give only scheme, host and port, in lower case, without a final slash');
  if (allowLoopback && isLoopback(url)) return ok(url.origin);
  if (url.protocol !== 'https:') return refuse('only https');
  if (url.port !== '') return refuse('only the standard port');
  const labels = url.hostname.split('.');
  const top = labels.at(-1) ?? '';
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label))) return refuse('not a public host name');
  // A numeric last label would make it an address in some resolver's eyes.
  if (!/[a-z]/.test(top)) return refuse('an address, not a host name');
  if (PRIVATE_SUFFIXES.includes(top)) return refuse('a private or special name');
  return ok(url.origin);
}

const isLoopback = (url: URL): boolean =>
  url.protocol === 'http:' && (url.hostname === '127.0.0.1' || url.hostname === 'localhost');
