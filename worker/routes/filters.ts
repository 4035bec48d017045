/** GET /v1/filters: what is in the index, as filters that a reader keeps, so that most pages ask nothing. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { AppError } from '../errors.ts';
import { onInvalid } from '../middleware/problem.ts';
import { filterKeyOf, MANIFEST_KEY } from '../storage/log-store.ts';
import { R2ObjectStore } from '../storage/object-store.ts';
import { FilterParam } from './lookup-schemas.ts';
import { answer, problems } from './schemas.ts';

const IMMUTABLE = 'public, max-age=31536000, immutable';

export const filters = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

const manifest = createRoute({
  method: 'get',
  path: '/v1/filters',
  summary: 'The signed list of filters',
  description:
    'A C2SP signed note by the registrar (docs/spec/filter.md): the log size it is as of, and each filter with its digest. A returning reader fetches only the filters whose digests it does not have.',
  responses: { 200: answer('The list', 'text/plain; charset=utf-8'), ...problems(404) },
});

filters.openapi(manifest, async (c) => {
  const bytes = await new R2ObjectStore(c.env.LOG_BUCKET).get(MANIFEST_KEY);
  if (!bytes) throw new AppError('not-found', 'no filters have been built yet');
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'public, max-age=300' };
  return new Response(bytes.slice().buffer, { headers });
});

const file = createRoute({
  method: 'get',
  path: '/v1/filters/{digest}',
  summary: 'One filter',
  description: 'A binary fuse filter, named by its SHA-256. Immutable; gone a day after no list names it.',
  request: { params: FilterParam },
  responses: { 200: answer('The filter', 'application/octet-stream'), ...problems(400, 404) },
});

filters.openapi(file, async (c) => {
  const bytes = await new R2ObjectStore(c.env.LOG_BUCKET).get(filterKeyOf(c.req.valid('param').digest));
  if (!bytes) throw new AppError('not-found', 'no such filter; the list may have changed');
  const headers = { 'content-type': 'application/octet-stream', 'cache-control': IMMUTABLE };
  return new Response(bytes.slice().buffer, { headers });
});
