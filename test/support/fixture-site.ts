/**
 * A loopback site for the extension's browser tests: pages, the trails they name, and the log's tiles and lookup
 * buckets, from a {@link World}. Pages are served at `localhost`, the log at `127.0.0.1`: two origins. Every request is
 * kept, so that a test can say what left the browser.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { concatBytes } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { parseTilePath } from '#shared/log/tile.ts';
import { evaluateBlinded, type OprfKey, parseElements } from '#shared/oprf/oprf.ts';
import { ROOT } from '../checks/source.ts';
import type { World } from './build-trail.ts';

export interface SeenRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FixtureSite {
  /** Where pages are. */
  readonly pages: string;
  /** Where trails, tiles and buckets are. */
  readonly log: string;
  readonly requests: SeenRequest[];
  /** HTML by path, as in `/marked`. */
  readonly html: Map<string, string>;
  /** Other files by path. */
  readonly files: Map<string, Uint8Array>;
  /** Trail documents by name. */
  readonly trails: Map<string, string>;
  /** Names fingerprints obliviously, where it has a key for it. */
  oprf: OprfKey | undefined;
  /** Whose tiles are served. */
  tiles: World | undefined;
  /** Bucket rows by algorithm and prefix, as in `wm-match-1/0a1b`. */
  readonly buckets: Map<string, readonly { suffix: string; id: string }[]>;
  /** Published texts by the id of their attestation. */
  readonly texts: Map<string, string>;
  /** Paths whose content was taken back. */
  readonly gone: Set<string>;
  /** Headers of pages, by path. */
  readonly headers: Map<string, Record<string, string>>;
  /** Paths that answer only once this has come about. */
  readonly held: Map<string, Promise<unknown>>;
  /** Paths whose answer never ends. */
  readonly endless: Set<string>;
  /** The log's host hangs up on everybody. */
  down: boolean;
  stop(): Promise<void>;
}

const ASKED_BY_POST = '/v1/lookup/oprf';
/** What lets an extension ask across origins by POST. */
const READABLE = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'content-type',
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Text as a page shows it: one paragraph a line. */
export const paragraphs = (text: string): string =>
  text
    .split('\n')
    .map((line) => `<p>${escaped(line)}</p>`)
    .join('\n');

/** A page of `test/pages` with its trails and texts filled in. */
export function fillPage(
  name: string,
  site: Pick<FixtureSite, 'log' | 'trails'>,
  texts: Readonly<Record<string, string>>,
): string {
  const source = readFileSync(join(ROOT, 'test/pages', `${name}.html`), 'utf8');
  return source.replace(/\{\{(trail|inline|text|changed|closed):?(\w*)\}\}/g, (_, what: string, key: string) => {
    if (what === 'trail') return `${site.log}/v1/trails/${key}`;
    if (what === 'inline') return site.trails.get(key) ?? '';
    if (what === 'closed') return 'http://127.0.0.1:9';
    const text = texts[key] ?? '';
    return paragraphs(what === 'changed' ? text.replace('earlier', 'older') : text);
  });
}

/** Starts the site on a free port. */
export async function startFixtureSite(): Promise<FixtureSite> {
  const server = createServer(async (request, response) => {
    // A relay is given the log's host as the first part of the path.
    const pathname = new URL(request.url ?? '/', 'http://localhost').pathname.replace(/^\/relay\/[^/]+/, '');
    const host = request.headers.host ?? '';
    const { method = '', url: path = '', headers } = request;
    const body = await text(request);
    site.requests.push({ method, host, path, headers, body });
    if (site.down && host.startsWith('127.')) return void request.socket.destroy();
    await site.held.get(pathname);
    if (site.endless.has(pathname)) {
      response.writeHead(200, { 'content-type': 'text/html' });
      return void response.write(site.html.get(pathname) ?? '');
    }
    const found = method === 'OPTIONS' ? '' : (evaluated(pathname, body) ?? answer(pathname));
    response.writeHead(site.gone.has(pathname) ? 410 : found === undefined ? 404 : 200, {
      'content-type': site.html.has(pathname) ? 'text/html; charset=utf-8' : 'application/octet-stream',
      ...(pathname === ASKED_BY_POST && READABLE),
      ...site.headers.get(pathname),
    });
    response.end(method === 'HEAD' ? undefined : (found ?? ''));
  });

  function evaluated(path: string, body: string): string | undefined {
    if (path !== ASKED_BY_POST || site.oprf === undefined) return undefined;
    const elements = parseElements((JSON.parse(body) as { blinded: unknown[] }).blinded) ?? [];
    const answered = evaluateBlinded(elements, site.oprf, (count = 32) =>
      crypto.getRandomValues(new Uint8Array(count)),
    );
    if (!answered.ok) return undefined;
    const { elements: named, proof } = answered.value;
    return JSON.stringify({ evaluated: named.map(toHex), proof: toHex(proof) });
  }

  function answer(path: string): string | Uint8Array | undefined {
    const [, trail] = /^\/v1\/trails\/(.+)$/.exec(path) ?? [];
    if (trail !== undefined) return site.trails.get(trail);
    const [, published] = /^\/v1\/texts\/(.+)$/.exec(path) ?? [];
    if (published !== undefined) return site.texts.get(published);
    const [, alg = '', prefix = ''] = /^\/v1\/lookup\/([a-z0-9-]+)\/([0-9a-f]{4})$/.exec(path) ?? [];
    if (prefix !== '') {
      return JSON.stringify({ alg, prefix, entries: site.buckets.get(`${alg}/${prefix}`) ?? [] });
    }
    const tile = parseTilePath(path.replace(/^\/log\//, ''));
    if (!tile.ok || tile.value.level !== 0 || site.tiles === undefined)
      return site.html.get(path) ?? site.files.get(path);
    return concatBytes(...site.tiles.leaves().slice(0, tile.value.width));
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const site: FixtureSite = {
    pages: `http://localhost:${port}`,
    log: `http://127.0.0.1:${port}`,
    requests: [],
    html: new Map(),
    files: new Map(),
    trails: new Map(),
    oprf: undefined,
    tiles: undefined,
    buckets: new Map(),
    texts: new Map(),
    gone: new Set(),
    headers: new Map(),
    held: new Map(),
    endless: new Set(),
    down: false,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return site;
}
