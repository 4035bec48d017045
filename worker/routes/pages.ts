/** Pages for people. The trail page holds no result: its script fetches the trail and checks it where it is read. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { AppError } from '../errors.ts';
import { onInvalid } from '../middleware/problem.ts';
import { AUDIT_WORKER, AUDIT_WORKER_CSP, page } from '../pages/layout.ts';
import { AssetFile, answer, IdParam, problems } from './schemas.ts';

const HTML = 'text/html; charset=utf-8';

export const pages = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

const trailPage = createRoute({
  method: 'get',
  path: '/t/{id}',
  summary: 'A page that checks a trail in the browser',
  request: { params: IdParam },
  responses: { 200: answer('The page', HTML), ...problems(400) },
});

pages.openapi(trailPage, (c) => {
  const { id } = c.req.valid('param');
  return page({
    title: 'Proof trail',
    script: '/assets/trail.js',
    body: `<h1>Proof trail</h1>
<div id="trail" data-id="${id}" aria-live="polite"><p>Checking in this page…</p></div>
<div id="audit"></div>
<noscript><p>The check runs in your browser and needs JavaScript. The trail itself: <a href="/v1/trails/${id}">/v1/trails/${id}</a></p></noscript>`,
  });
});

const front = createRoute({
  method: 'get',
  path: '/',
  summary: 'Where to begin',
  responses: { 200: answer('The page', HTML) },
});

pages.openapi(front, () =>
  page({
    title: 'Log',
    script: '/assets/reference.js',
    body: `<h1>Witnessmark log</h1>
<p>A log of signed claims about AI outputs. Trails are checked by whoever reads them.</p>
<ul><li><a href="/log/checkpoint">Checkpoint</a></li><li><a href="/reference">API reference</a></li>
<li><a href="/.well-known/witnessmark-trust">Trust document</a></li></ul>`,
  }),
);

pages.openAPIRegistry.registerPath({
  method: 'get',
  path: '/assets/{file}',
  summary: 'Scripts and style of the pages',
  request: { params: AssetFile },
  responses: { 200: answer('The file', '*/*'), ...problems(404) },
});

pages.get('/assets/:file', async (c) => {
  const path = c.req.path.slice('/assets'.length);
  const asset = await c.env.ASSETS?.fetch(new URL(path, c.req.url));
  if (!asset?.ok) throw new AppError('not-found');
  const response = new Response(asset.body, asset);
  response.headers.set('cache-control', 'public, max-age=300');
  if (path === AUDIT_WORKER) response.headers.set('content-security-policy', AUDIT_WORKER_CSP);
  return response;
});
