/** Builds the harness extension and serves models and one page for it. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'wxt';
import { toBase64 } from '#shared/bytes/base64.ts';
import type { ReplayOutcome } from '#shared/evidence/replay/replay.ts';
import { ROOT } from '../../checks/source.ts';
import { readKnownModel } from '../../shared/evidence/known-recipe.ts';

/** What the harness writes into the page for each recipe. */
export interface Answer {
  readonly outcome: ReplayOutcome;
  readonly steps: readonly string[];
  readonly milliseconds: number;
}

/** @returns the folder to load as an extension */
export async function buildHarness(browser: 'chrome' | 'firefox'): Promise<string> {
  const firefox = browser === 'firefox';
  const gecko = { id: 'replay-harness@witnessmark.example' };
  await build({
    configFile: false,
    root: ROOT,
    srcDir: 'test/e2e/replay-harness',
    outDir: 'dist/replay-harness',
    browser,
    manifestVersion: 3,
    imports: false,
    // Models are served on loopback here, as in the demo.
    vite: () => ({ define: { __DEV_TRUST__: JSON.stringify('harness') } }),
    logger: {
      debug() {},
      log() {},
      info() {},
      warn() {},
      error: console.error,
      fatal: console.error,
      success() {},
      level: 0,
    },
    manifest: {
      name: 'replay harness',
      version: '1',
      permissions: firefox ? ['storage'] : ['storage', 'offscreen'],
      host_permissions: ['http://127.0.0.1/*'],
      content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'" },
      ...(firefox ? { browser_specific_settings: { gecko } } : {}),
    },
  });
  return join(ROOT, 'dist/replay-harness', `${browser}-mv3`);
}

/** A site with models under `/models/` (one changed by a byte) and a page that carries recipes. */
export async function serveModels(recipes: (base: string) => readonly Uint8Array[]) {
  const requested: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requested.push(path);
    if (path.startsWith('/models/') || path.startsWith('/changed/')) {
      const model = readKnownModel(path.split('/').pop() ?? '');
      if (path.startsWith('/changed/')) model[1000] = (model[1000] ?? 0) ^ 1;
      response.end(model);
      return;
    }
    if (path !== '/') response.statusCode = 404;
    const carried = JSON.stringify(recipes(base).map(toBase64)).replaceAll('"', '&quot;');
    response.setHeader('content-type', 'text/html');
    response.end(path === '/' ? `<!doctype html><title>ask</title><body data-recipes="${carried}">` : '');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const at = server.address();
  const base = `http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}/`;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { base, requested, close };
}
