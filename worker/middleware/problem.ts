/** Everything that goes wrong ends here: as a documented problem with the request's id, and a log line. */
import type { Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import type { AppEnv } from '../app-env.ts';
import { AppError, problemResponse } from '../errors.ts';
import { log, messageOf } from '../observability/logger.ts';
import { ConfigError } from '../settings.ts';

/** The answer for anything thrown. Unexpected errors say nothing about themselves outside the log. */
export function onError(thrown: Error, c: Context<AppEnv>): Response {
  const id = c.get('requestId') ?? crypto.randomUUID();
  // SCRAPI's clients read CBOR.
  const request = { id, form: /^\/entries(\/|$)/.test(c.req.path) ? ('cbor' as const) : ('json' as const) };
  if (thrown instanceof AppError) return problemResponse(thrown.reason, request, thrown.detail, thrown.headers);
  if (thrown instanceof HTTPException) {
    const reason = thrown.status === 415 ? 'media-type-unsupported' : 'request-malformed';
    return problemResponse(reason, request, thrown.message);
  }
  if (thrown instanceof ConfigError) {
    log('error', 'misconfigured', { error: thrown.message });
    return problemResponse('misconfigured', request, thrown.message);
  }
  log('error', 'unexpected', { request: id, route: routePath(c, -1), error: messageOf(thrown), stack: thrown.stack });
  return problemResponse('internal-error', request);
}

const METHODS = ['GET', 'POST', 'DELETE'] as const;

/** The answer where no route answers: another method would have, or nothing is here. */
export const noRoute =
  (app: Hono<AppEnv>) =>
  (c: Context<AppEnv>): Response => {
    const taken = METHODS.filter((method) =>
      app.router.match(method, c.req.path)[0].some(([[, route]]) => route.method === method),
    );
    if (taken.length === 0) return onError(new AppError('not-found'), c);
    const allow = taken.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)).join(', ');
    return onError(new AppError('method-not-allowed', undefined, { allow }), c);
  };

/** A failed schema: the first field that is wrong, without echoing its value. */
export function onInvalid(result: {
  success: boolean;
  error?: { issues: readonly { path: PropertyKey[]; message: string }[] };
}): void {
  if (result.success) return;
  const [issue] = result.error?.issues ?? [];
  const where = issue?.path.map(String).join('.');
  throw new AppError('request-malformed', issue && (where ? `${where}: ${issue.message}` : issue.message));
}
