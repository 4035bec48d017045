/** Everything that goes wrong ends here: as a documented problem with the request's id, and a log line. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { AppEnv } from '../app-env.ts';
import { ConfigError } from '../env.ts';
import { AppError, problemResponse } from '../errors.ts';
import { log, messageOf } from '../observability/logger.ts';

/** The answer for anything thrown. Unexpected errors say nothing about themselves outside the log. */
export function onError(thrown: Error, c: Context<AppEnv>): Response {
  const id = c.get('requestId') ?? crypto.randomUUID();
  if (thrown instanceof AppError) return problemResponse(thrown.reason, id, thrown.detail, thrown.headers);
  if (thrown instanceof HTTPException) {
    return problemResponse(thrown.status === 413 ? 'body-too-large' : 'request-malformed', id, thrown.message);
  }
  if (thrown instanceof ConfigError) {
    log('error', 'misconfigured', { error: thrown.message });
    return problemResponse('misconfigured', id, thrown.message);
  }
  log('error', 'unexpected', { request: id, path: c.req.path, error: messageOf(thrown), stack: thrown.stack });
  return problemResponse('internal-error', id);
}

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
