/** GET /v1/texts/{id}: the attested text, where its issuer chose to publish it. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { parseClaim } from '#shared/claim/claim.ts';
import type { AppEnv } from '../app-env.ts';
import { readConfig } from '../env.ts';
import { AppError } from '../errors.ts';
import { onInvalid } from '../middleware/problem.ts';
import { findEntry } from '../shards/find-entry.ts';
import { readContent } from '../storage/content.ts';
import { R2ObjectStore } from '../storage/object-store.ts';
import { answer, IdParam, problems } from './schemas.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/texts/{id}',
  summary: 'The text of an attestation',
  description:
    'Where the issuer published it: text/plain or text/markdown, as the claim says. Whoever reads it checks its digest; it is served as it was given, and no more once the claim is withdrawn.',
  request: { params: IdParam },
  responses: { 200: answer('The text', 'text/plain; charset=utf-8'), ...problems(400, 404, 410, 503) },
});

export const texts = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

texts.openapi(route, async (c) => {
  const { entry } = await findEntry(c.env, readConfig(c.env), c.req.valid('param').id);
  const content = await readContent(new R2ObjectStore(c.env.LOG_BUCKET), entry.content, entry.digest);
  if (content === 'withdrawn') throw new AppError('claim-withdrawn');
  const claim = content && parseClaim(content.preimage);
  const text = content?.attachments.text;
  if (!claim?.ok || !text) throw new AppError('text-not-published');
  return new Response(text.slice().buffer, {
    headers: {
      'content-type': `${claim.value.output.type}; charset=utf-8`,
      'cache-control': 'public, max-age=300',
    },
  });
});
