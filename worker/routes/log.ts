/** The log itself, as a tlog-tiles client reads it: the checkpoint changes, everything else never does. */
import { Hono } from 'hono';
import { parseTilePath, TILE_WIDTH } from '#shared/log/tile.ts';
import type { AppEnv } from '../app-env.ts';
import { AppError } from '../errors.ts';
import { CHECKPOINT_KEY, tileKey } from '../storage/log-store.ts';
import { R2ObjectStore } from '../storage/object-store.ts';

const IMMUTABLE = 'public, max-age=31536000, immutable';

export const logRoutes = new Hono<AppEnv>();

logRoutes.get('/log/checkpoint', async (c) => {
  const bytes = await new R2ObjectStore(c.env.LOG_BUCKET).get(CHECKPOINT_KEY);
  if (!bytes) throw new AppError('not-found', 'no checkpoint has been published yet');
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  return new Response(bytes.slice().buffer, { headers });
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
