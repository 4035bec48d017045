/**
 * The log itself, as a tlog-tiles client reads it: the checkpoint changes, everything else never does. Read from the
 * store each time, not from memory: whoever audits must see what is durable.
 */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { parseTilePath, TILE_WIDTH } from '#shared/log/tile.ts';
import type { AppEnv } from '../app-env.ts';
import { type Env, readConfig } from '../env.ts';
import { AppError } from '../errors.ts';
import { CHECKPOINT_KEY, tileKey } from '../storage/log-store.ts';
import { type ObjectStore, R2ObjectStore } from '../storage/object-store.ts';
import { ShardStore } from '../storage/shard-store.ts';
import { answer, problems, ShardParam, TilePath } from './schemas.ts';

const IMMUTABLE = 'public, max-age=31536000, immutable';
const MEDIA = { checkpoint: 'text/plain; charset=utf-8', tile: 'application/octet-stream' } as const;

export const logRoutes = new OpenAPIHono<AppEnv>();

/** The first shard by its place of before there were others, and every shard by its name. */
const PLACES = [
  { base: '/log', of: '', params: undefined },
  { base: '/log/{shard}', of: ' of one shard', params: ShardParam },
] as const;

for (const { base, of, params } of PLACES) {
  const checkpointRoute = createRoute({
    method: 'get',
    path: `${base}/checkpoint`,
    summary: `The newest published checkpoint${of}`,
    description: 'A C2SP signed note: tlog-checkpoint with the cosignatures it had when it was published.',
    ...(params && { request: { params } }),
    responses: { 200: answer('The checkpoint', MEDIA.checkpoint), ...problems(404) },
  });

  logRoutes.openapi(checkpointRoute, async (c) => {
    const bytes = await storeOf(c.env, c.req.param('shard')).get(CHECKPOINT_KEY);
    if (!bytes) throw new AppError('not-found', 'no checkpoint has been published yet');
    const headers = { 'content-type': MEDIA.checkpoint, 'cache-control': 'no-store' };
    return new Response(bytes.slice().buffer, { headers });
  });

  // Described apart from its handler: a tile's path has slashes of its own, which OpenAPI's parameters cannot have.
  logRoutes.openAPIRegistry.registerPath({
    method: 'get',
    path: `${base}/tile/{path}`,
    summary: `A tile or entry bundle${of} (C2SP tlog-tiles)`,
    description: 'Immutable. A partial may be gone once the full tile exists; then ask for the full one.',
    request: { params: params ? TilePath.extend(params.shape) : TilePath },
    responses: { 200: answer('The tile or bundle', MEDIA.tile), ...problems(404) },
  });

  // Malformed and absent paths look alike: neither names a tile.
  logRoutes.get(`${base.replace('{shard}', ':shard')}/tile/*`, async (c) => {
    const shard = c.req.param('shard');
    const path = c.req.path.slice(`/log/${shard === undefined ? '' : `${shard}/`}`.length);
    const name = parseTilePath(path);
    if (!name.ok) throw new AppError('not-found', 'not a tile path');
    const bytes = await storeOf(c.env, shard).get(tileKey(path));
    if (!bytes) {
      const partial = name.value.width < TILE_WIDTH;
      throw new AppError('not-found', partial ? 'no such partial; the full tile may exist' : undefined);
    }
    const headers = { 'content-type': MEDIA.tile, 'cache-control': IMMUTABLE };
    return new Response(bytes.slice().buffer, { headers });
  });
}

/** The objects of a shard by its name, of the first one without. */
function storeOf(env: Env, name: string | undefined): ObjectStore {
  const { shards } = readConfig(env);
  const shard = name === undefined ? shards[0] : shards.find((each) => each.name === name);
  if (!shard) throw new AppError('not-found', 'no such shard');
  return new ShardStore(new R2ObjectStore(env.LOG_BUCKET), () => shard.prefix);
}
