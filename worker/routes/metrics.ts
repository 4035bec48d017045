/** GET /metrics: what the sequencer has done and how far it is, for the operator's monitoring. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { readConfig, sequencerOf } from '../env.ts';
import { operatorOnly } from '../middleware/guards.ts';
import { answer, problems } from './schemas.ts';

const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

const route = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Metrics in the Prometheus text format (operator)',
  description:
    'Counters begin again when the sequencer is loaded again. Nothing in them says who submits or who reads.',
  middleware: [operatorOnly] as const,
  security: [{ operator: [] }],
  responses: { 200: answer('The metrics', PROMETHEUS), ...problems(401, 503) },
});

export const metrics = new OpenAPIHono<AppEnv>();

metrics.openapi(route, async (c) => {
  const text = await sequencerOf(c.env, readConfig(c.env)).metrics();
  return c.body(text, 200, { 'content-type': PROMETHEUS, 'cache-control': 'no-store' });
});
