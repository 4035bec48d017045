/** Pages for people. The trail page holds no result: its script fetches the trail and checks it where it is read. */
import { Hono } from 'hono';
import type { AppEnv } from '../app-env.ts';
import { AppError } from '../errors.ts';
import { page } from '../pages/layout.ts';

export const pages = new Hono<AppEnv>();

pages.get('/t/:id{[A-Za-z0-9_-]{43}}', (c) => {
  const id = c.req.param('id');
  return page({
    title: 'Proof trail',
    script: '/assets/trail.js',
    body: `<h1>Proof trail</h1>
<div id="trail" data-id="${id}" aria-live="polite"><p>Checking in this page…</p></div>
<noscript><p>The check runs in your browser and needs JavaScript. The trail itself: <a href="/v1/trails/${id}">/v1/trails/${id}</a></p></noscript>`,
  });
});

pages.get('/', () =>
  page({
    title: 'Log',
    script: '/assets/reference.js',
    body: `<h1>Witnessmark log</h1>
<p>A log of signed claims about AI outputs. Trails are checked by whoever reads them.</p>
<ul><li><a href="/log/checkpoint">Checkpoint</a></li><li><a href="/reference">API reference</a></li>
<li><a href="/.well-known/witnessmark-trust">Trust document</a></li></ul>`,
  }),
);

pages.get('/assets/*', async (c) => {
  const path = c.req.path.slice('/assets'.length);
  const asset = await c.env.ASSETS?.fetch(new URL(path, c.req.url));
  if (!asset?.ok) throw new AppError('not-found');
  const response = new Response(asset.body, asset);
  response.headers.set('cache-control', 'public, max-age=300');
  return response;
});
