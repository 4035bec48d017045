/**
 * The demo's issuer: an origin of its own that publishes its keys and the model it ran, and attests the works.
 *
 * It has two keys. One is in use; the other signs one work, is then left out of the published set, and the log records
 * that it was retired.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeRecipe, RECIPE_TYPE } from '#shared/evidence/replay/recipe.ts';
import { recordRun } from '#shared/evidence/replay/record.ts';
import {
  createIssuerClient,
  createIssuerKey,
  encodeIssuerKey,
  type IssuerKey,
  KEY_SET_PATH,
  KEY_SET_TYPE,
  keySetDocument,
  type OutputDescription,
  parseIssuerKey,
} from '../../sdk/index.ts';
import { certifyNode, createNodeEngine } from '../../sdk/replay/node-engine.ts';
import { ROOT } from '../checks/source.ts';
import type { Issued } from './article.ts';
import type { DemoPicture } from './picture.ts';
import { type Served, serve } from './serve.ts';
import { escapeHtml } from './site/layout.ts';
import type { SourceText } from './texts.ts';
import type { Work } from './works.ts';

const MODEL_FILE = 'cnn-fp32.onnx';
const MODEL = join(ROOT, 'shared/evidence/replay/known-answer', MODEL_FILE);

export interface Issuer {
  readonly origin: string;
  readonly server: Served;
  /** Attests one work. */
  attest(work: Work): Promise<Issued>;
  /** Runs the demo's model once, writes the run down and attests its output. */
  attestRun(): Promise<{ text: string; issued: Issued; model: string; size: number }>;
  /** Attests the demo's picture. */
  attestPicture(picture: DemoPicture): Promise<Issued>;
  /** Publishes both keys, or only the one in use, and has the log read them. */
  publishKeys(which: 'both' | 'current'): Promise<void>;
}

function keyFrom(file: string): IssuerKey {
  if (existsSync(file)) {
    const key = parseIssuerKey(readFileSync(file, 'utf8'));
    if (key.ok) return key.value;
  }
  const key = createIssuerKey();
  writeFileSync(file, encodeIssuerKey(key), { mode: 0o600 });
  return key;
}

const page = (origin: string, keys: readonly IssuerKey[]): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Demo issuer</title><style>:root{color-scheme:light dark}body{font:1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1.5rem}code{overflow-wrap:anywhere}</style>
<h1>Demo issuer</h1>
<p>This origin, <code>${escapeHtml(origin)}</code>, signs the demo’s attestations. It publishes the keys it stands behind today at <a href="${KEY_SET_PATH}"><code>${KEY_SET_PATH}</code></a>; the log reads them from there.</p>
<ul>${keys.map((key) => `<li><code>${Buffer.from(key.kid).toString('hex')}</code></li>`).join('')}</ul>
<p>It also serves the model of the one run that readers can repeat: <a href="/models/${MODEL_FILE}">${MODEL_FILE}</a>.</p></html>`;

/** Starts the issuer's origin. */
export async function startIssuer(options: { port: number; log: string; state: string }): Promise<Issuer> {
  const current = keyFrom(join(options.state, 'issuer-key.jwk'));
  // A retired key would come back when it is listed again, so the one that is going to be retired is made anew each time.
  const retired = createIssuerKey();
  let published: readonly IssuerKey[] = [current, retired];
  let origin = '';
  const server = await serve(options.port, (path) => {
    if (path === '/') return { headers: { 'content-type': 'text/html; charset=utf-8' }, body: page(origin, published) };
    if (path === KEY_SET_PATH) {
      return {
        headers: { 'content-type': KEY_SET_TYPE, 'cache-control': 'no-store' },
        body: keySetDocument(published),
      };
    }
    if (path !== `/models/${MODEL_FILE}`) return undefined;
    return {
      headers: { 'content-type': 'application/octet-stream', 'access-control-allow-origin': '*' },
      body: readFileSync(MODEL),
    };
  });
  origin = `http://127.0.0.1:${server.port}`;
  const clientOf = (key: IssuerKey) => createIssuerClient({ log: options.log, issuer: origin, key });

  async function attest(text: SourceText, key: IssuerKey, description: OutputDescription): Promise<Issued> {
    const answer = await clientOf(key).attest(description);
    if (!answer.ok)
      throw new Error(`attesting “${text.title}”: ${answer.reason}${answer.detail ? ` (${answer.detail})` : ''}`);
    return { text, ...answer.value };
  }

  return {
    origin,
    server,
    attest: ({ text, by, level, key }) =>
      attest(text, key === 'retired' ? retired : current, {
        text: text.text,
        type: 'text/markdown',
        model: text.model,
        run: { operator: new URL(origin).host, by },
        accountability: { level },
      }),
    async attestRun() {
      const engine = createNodeEngine();
      const runtime = await certifyNode(engine);
      if (!runtime.ok) throw new Error(`the replay runtime did not pass its self-test here: ${runtime.reason}`);
      const model = readFileSync(MODEL);
      const url = `${origin}/models/${MODEL_FILE}`;
      const source = { kind: 'generated', recipe: 'sum3', seed: 2026 } as const;
      const { recipe, output } = await recordRun(
        {
          model,
          url,
          inputs: [{ name: 'x', dtype: 'float32', dims: [2, 3, 96, 96], source }],
          outputs: ['out'],
          decode: 'decimals-1',
        },
        engine,
        runtime.value,
      );
      const value = encodeRecipe(recipe);
      const digest = new Uint8Array(createHash('sha256').update(value).digest());
      const text = new TextDecoder().decode(output.bytes);
      const provider = { provider: 'witnessmark.example', name: MODEL_FILE };
      const about = { id: 'numbers', title: 'a model run', text, origin: MODEL_FILE, model: provider, language: 'en' };
      const issued = await attest(about, current, {
        text,
        type: 'text/plain',
        model: { ...provider, weights: recipe.model.digest },
        run: { operator: new URL(origin).host, by: 'self' },
        accountability: { level: 'replayable' },
        evidence: [{ kind: 'replay', type: RECIPE_TYPE, value, digest, binds: 'output' }],
      });
      return { text, issued, model: url, size: model.length };
    },
    attestPicture({ png, pixels }) {
      const provider = { provider: 'witnessmark.example', name: 'none (picture computed for the demo)' };
      const about = { id: 'hills', title: 'a picture', text: '', origin: 'the demo', model: provider, language: 'en' };
      return attest(about, current, {
        image: { bytes: png, type: 'image/png', pixels },
        model: provider,
        run: { operator: new URL(origin).host, by: 'self' },
        accountability: { level: 'witnessed' },
      });
    },
    async publishKeys(which) {
      published = which === 'both' ? [current, retired] : [current];
      const answer = await clientOf(current).register();
      if (!answer.ok) throw new Error(`registering the issuer: ${answer.reason} ${answer.detail ?? ''}`);
    },
  };
}
