/** The API described by its own validators, and a page to read and try it, served from here alone. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { readConfig } from '../env.ts';
import { PROBLEMS } from '../errors.ts';
import { page } from '../pages/layout.ts';
import { answer } from './schemas.ts';

const CACHE = { 'cache-control': 'public, max-age=300' };

/** OpenAPI 3.1 of everything mounted on `app`. */
const document = (app: OpenAPIHono<AppEnv>, publicUrl: string) =>
  app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Witnessmark log',
      version: '1',
      description: 'Signed claims about AI outputs go in; proof trails that anybody can check offline come out.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: publicUrl }],
  });

const description = createRoute({
  method: 'get',
  path: '/openapi.json',
  summary: 'This description (OpenAPI 3.1)',
  responses: { 200: answer('The description', 'application/json') },
});

const referencePage = createRoute({
  method: 'get',
  path: '/reference',
  summary: 'This description as a page, with every problem reason',
  responses: { 200: answer('The page', 'text/html; charset=utf-8') },
});

/** The two routes; `app` is read when asked, so that everything mounted appears. */
export function reference(app: OpenAPIHono<AppEnv>): OpenAPIHono<AppEnv> {
  app.openAPIRegistry.registerComponent('securitySchemes', 'operator', { type: 'http', scheme: 'bearer' });
  const routes = new OpenAPIHono<AppEnv>();
  routes.openapi(description, (c) => {
    const text = JSON.stringify(document(app, readConfig(c.env).publicUrl));
    return c.body(text, 200, { 'content-type': 'application/json', ...CACHE });
  });
  routes.openapi(referencePage, () => {
    const rows = Object.entries(PROBLEMS).map(
      ([reason, [status, title]]) =>
        `<tr id="${reason}"><th scope="row"><code>${reason}</code></th><td>${status}</td><td>${title}</td></tr>`,
    );
    const problems = `<h2 id="problems">Problems</h2><table><thead><tr><th scope="col">reason</th><th scope="col">status</th><th scope="col">meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
    return page({
      title: 'API reference',
      script: '/assets/reference.js',
      body: `<h1>API reference</h1><p>Generated from the validators: <a href="/openapi.json">openapi.json</a>.</p><div id="operations" aria-live="polite">Loading…</div>${problems}`,
    });
  });
  return routes;
}
