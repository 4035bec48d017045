/**
 * The log itself, as a tlog-tiles client reads it: the checkpoint changes, everything else never does. Read from the
 * store each time, not from memory: whoever audits must see what is durable.
 */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { parseTilePath, TILE_WIDTH } from '#shared/log/tile.ts';
import type { AppEnv } from '../app-env.ts';
import { AppError } from '../errors.ts';
import { CHECKPOINT_KEY, tileKey } from '../storage/log-store.ts';
import { R2ObjectStore } from '../storage/object-store.ts';
import { answer, problems, TilePath } from './schemas.ts';

const IMMUTABLE = 'public, max-age=31536000, immutable';

export const logRoutes = new OpenAPIHono<AppEnv>();

const checkpointRoute = createRoute({
  method: 'get',
  path: '/log/checkpoint',
  summary: 'The newest published checkpoint',
  description: 'A C2SP signed note: tlog-checkpoint with the cosignatures it had when it was published.',
  responses: { 200: answer('The checkpoint', 'text/plain; charset=utf-8'), ...problems(404) },
});

logRoutes.openapi(checkpointRoute, async (c) => {
  const bytes = await new R2ObjectStore(c.env.LOG_BUCKET).get(CHECKPOINT_KEY);
  if (!bytes) throw new AppError('not-found', 'no checkpoint has been published yet');
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  return new Response(bytes.slice().buffer, { headers });
});

// Described apart from its handler: a tile's path has slashes of its own, which OpenAPI's parameters cannot have.
logRoutes.openAPIRegistry.registerPath({
  method: 'get',
  path: '/log/tile/{path}',
  summary: 'A tile or entry bundle of the log (C2SP tlog-tiles)',
  description: 'Immutable. A partial may be gone once the full tile exists; then ask for the full one.',
  request: { params: TilePath },
  responses: { 200: answer('The tile or bundle', 'application/octet-stream'), ...problems(404) },
});

// Malformed and absent paths look alike: neither names a tile.
logRoutes.get('/log/tile/*', async (c) => {
  const path = c.req.path.slice('/log/'.length);
  const name = parseTilePath(path);
  if (!name.ok) throw new AppError('not-found', 'not a tile path');
  const bytes = await new R2ObjectStore(c.env.LOG_BUCKET).get(tileKey(path));
  if (!bytes) {
    const partial = name.value.width < TILE_WIDTH;
    throw new AppError('not-found', partial ? 'no such partial; the full tile may exist' : undefined);
  }
  const headers = { 'content-type': 'application/octet-stream', 'cache-control': IMMUTABLE };
  return new Response(bytes.slice().buffer, { headers });
});
