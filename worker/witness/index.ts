/** A tlog-witness: its own worker, its own key. Cosigns what it has checked to be consistent, and shows what it signed. */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { authenticate } from '#shared/log/add-checkpoint.ts';
import { encodeVkey } from '#shared/log/note.ts';
import { parseWitnessRequest } from '#shared/log/witness-request.ts';
import { readWitnessConfig, type WitnessEnv } from './env.ts';

export { WitnessDO } from './witness-do.ts';

const MAX_REQUEST = 128 * 1024;
const TEXT = {
  'content-type': 'text/plain; charset=utf-8',
  'access-control-allow-origin': '*',
  'cache-control': 'no-store',
};

const text = (status: number, body: string, type = TEXT['content-type']): Response =>
  new Response(body, { status, headers: { ...TEXT, 'content-type': type } });

async function boundedBody(request: Request): Promise<string | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_REQUEST) return undefined;
  const chunks: string[] = [];
  let length = 0;
  const decoder = new TextDecoder();
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > MAX_REQUEST) return undefined;
    chunks.push(decoder.decode(chunk, { stream: true }));
  }
  return chunks.join('');
}

async function addCheckpoint(request: Request, env: WitnessEnv): Promise<Response> {
  const body = await boundedBody(request);
  if (body === undefined) return text(400, 'request too large');
  const parsed = parseWitnessRequest(body);
  if (!parsed.ok) return text(400, parsed.reason);
  const authentic = authenticate(parsed.value.checkpoint, readWitnessConfig(env).logs);
  if ('status' in authentic) return text(authentic.status, authentic.body);
  const answer = await env.WITNESS.getByName(authentic.checkpoint.origin).addCheckpoint(body);
  return text(answer.status, answer.body, answer.status === 409 ? 'text/x.tlog.size' : undefined);
}

async function monitor(hash: string, env: WitnessEnv): Promise<Response> {
  const log = readWitnessConfig(env).logs.find(({ name }) => toHex(sha256(utf8(name))) === hash);
  const note = log && (await env.WITNESS.getByName(log.name).checkpoint());
  return note === undefined ? text(404, 'nothing cosigned within the last hour') : text(200, note);
}

export default {
  async fetch(request: Request, env: WitnessEnv): Promise<Response> {
    const { pathname } = new URL(request.url);
    try {
      if (pathname === '/add-checkpoint') {
        return request.method === 'POST' ? await addCheckpoint(request, env) : text(405, 'POST only');
      }
      const monitored = /^\/([0-9a-f]{64})\/checkpoint$/.exec(pathname)?.[1];
      if (monitored && request.method === 'GET') return await monitor(monitored, env);
      if (pathname === '/') {
        const { keys } = readWitnessConfig(env);
        return text(200, keys.map(({ key }) => `${encodeVkey(key)}\n`).join(''));
      }
      return text(404, 'nothing here');
    } catch (thrown) {
      console.error(JSON.stringify({ level: 'error', event: 'witness-failed', error: String(thrown) }));
      return text(500, 'the witness is not working');
    }
  },
};
