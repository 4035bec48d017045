/** Live: the worker answers. Ready: the log is loaded and what is committed is published. */
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { readConfig, sequencerOf } from '../env.ts';
import { log, messageOf } from '../observability/logger.ts';
import { ConfigError } from '../settings.ts';
import { problems } from './schemas.ts';

const Health = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    size: z.int().optional(),
    publishedSize: z.int().optional(),
    checkpointAgeSeconds: z.int().optional(),
    behindSeconds: z.int().optional(),
  })
  .openapi('Health');
const answer = (description: string) => ({ description, content: { 'application/json': { schema: Health } } });

/** How long committed entries may wait for publication before the log is not ready. */
const MAX_BEHIND_SECONDS = 30;

export const health = new OpenAPIHono<AppEnv>();

health.openapi(
  createRoute({
    method: 'get',
    path: '/health/live',
    summary: 'The worker answers',
    responses: { 200: answer('Alive') },
  }),
  (c) => c.json({ status: 'ok' as const }, 200, { 'cache-control': 'no-store' }),
);

health.openapi(
  createRoute({
    method: 'get',
    path: '/health/ready',
    summary: 'The log takes and publishes entries',
    description: '`checkpointAgeSeconds` is the age of the visible checkpoint; an idle log grows old without harm.',
    responses: { 200: answer('Ready'), 503: answer('Not ready'), ...problems(500) },
  }),
  async (c) => {
    const headers = { 'cache-control': 'no-store' };
    try {
      const config = readConfig(c.env);
      const state = await sequencerOf(c.env, config).ready();
      const ready = state.publishedSize > 0 && state.behindSeconds <= MAX_BEHIND_SECONDS;
      return c.json(
        { status: ready ? ('ok' as const) : ('unavailable' as const), ...state },
        ready ? 200 : 503,
        headers,
      );
    } catch (thrown) {
      // What to set is said to whoever has just deployed; it names the setting, never a value.
      if (thrown instanceof ConfigError) throw thrown;
      log('error', 'not-ready', { error: messageOf(thrown) });
      return c.json({ status: 'unavailable' as const }, 503, headers);
    }
  },
);
