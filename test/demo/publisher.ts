/** The magazine's web server, on another origin than issuer and log. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../checks/source.ts';
import type { Article } from './article.ts';
import { type Served, serve } from './serve.ts';
import { articlePage, frontPage } from './site/layout.ts';

const STYLE = join(ROOT, 'test/demo/site/style.css');
const HTML = { 'content-type': 'text/html; charset=utf-8' };
/** As strict as a careful publisher's: the badge has to live with it. */
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'";

export interface Publisher {
  readonly origin: string;
  readonly server: Served;
}

/** Publishes the stories. */
export async function startPublisher(port: number, stories: readonly Article[]): Promise<Publisher> {
  const real = stories.some(({ section }) => section === 'models')
    ? 'Outputs of known models from public data sets, attested by the demo as imported or relayed.'
    : '';
  const server = await serve(port, (path) => {
    if (path === '/style.css')
      return { headers: { 'content-type': 'text/css; charset=utf-8' }, body: readFileSync(STYLE) };
    const file = stories.flatMap(({ files }) => files?.[path] ?? [])[0];
    if (file !== undefined) return { headers: { 'content-type': file.type }, body: file.body };
    const headers = { ...HTML, 'content-security-policy': POLICY };
    if (path === '/') return { headers, body: frontPage(stories, real) };
    const index = stories.findIndex(({ slug }) => path === `/${slug}`);
    const story = stories[index];
    if (story === undefined) return undefined;
    const [previous, next] = [stories[index - 1], stories[index + 1]];
    return {
      headers: { ...headers, ...story.headers },
      body: articlePage(story, { ...(previous && { previous }), ...(next && { next }) }),
    };
  });
  return { origin: `http://localhost:${server.port}`, server };
}
