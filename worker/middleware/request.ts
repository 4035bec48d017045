/** What every request gets: an id, security headers, one log line, and CORS where it only reads. */
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { AppEnv } from '../app-env.ts';
import { log } from '../observability/logger.ts';

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000',
  'cross-origin-resource-policy': 'cross-origin',
};
const NOTHING_ELSE = "default-src 'none'; frame-ancestors 'none'";

/** Request id, headers, log line. */
export const observed = createMiddleware<AppEnv>(async (c, next) => {
  const started = Date.now();
  c.set('requestId', crypto.randomUUID());
  await next();
  const { headers } = c.res;
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', NOTHING_ELSE);
  headers.set('x-request-id', c.get('requestId'));
  if (c.env.REQUEST_LOG === 'off') return;
  const fields = { request: c.get('requestId'), method: c.req.method, status: c.res.status, ms: Date.now() - started };
  // A lookup's prefix and a trail's id say what somebody reads: the route is logged, not the path.
  log('info', 'request', { ...fields, route: routePath(c, -1) });
});

const READS = new Set(['GET', 'HEAD']);
/** Asks by POST and changes nothing. */
const ASKED_BY_POST = '/v1/lookup/oprf';

/**
 * Anybody may read from anywhere, without credentials. Submitting is for servers: a page cannot make its visitors
 * register or submit for it.
 */
export const openToReaders = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.method === 'OPTIONS') {
    const asks = c.req.path === ASKED_BY_POST;
    return new Response(null, {
      status: 204,
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': [...READS, ...(asks ? ['POST'] : [])].join(', '),
        ...(asks && { 'access-control-allow-headers': 'content-type' }),
        'access-control-max-age': '86400',
      },
    });
  }
  await next();
  if (!READS.has(c.req.method) && c.req.path !== ASKED_BY_POST) return undefined;
  c.res.headers.set('access-control-allow-origin', '*');
  c.res.headers.set('access-control-expose-headers', 'retry-after, x-request-id');
  return undefined;
});
