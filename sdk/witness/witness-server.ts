/**
 * A tlog-witness in Node: add-checkpoint, and what it cosigned last for monitors. Requests about one log wait for each
 * other, and none is answered before what it signs is on disk.
 *
 * @see https://c2sp.org/tlog-witness
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { authenticate, type Decision, decide, type WitnessKey } from '#shared/log/add-checkpoint.ts';
import { encodeVkey, type NoteKey } from '#shared/log/note.ts';
import { MAX_WITNESS_REQUEST_LENGTH, parseWitnessRequest } from '#shared/log/witness-request.ts';
import { originHash, type WitnessStore } from './witness-store.ts';

/** A line of the witness's own journal. */
export type WitnessEvent =
  | { readonly event: 'cosigned'; readonly origin: string; readonly size: number }
  | { readonly event: 'refused'; readonly origin?: string; readonly status: number; readonly detail: string }
  | { readonly event: 'fork' | 'unproven'; readonly origin: string; readonly file: string }
  | { readonly event: 'failed'; readonly detail: string };

export interface WitnessOptions {
  /** Under one name; each cosigns with a line of its own. */
  readonly keys: readonly WitnessKey[];
  /** The logs it cosigns; a key's name is the origin. */
  readonly logs: readonly NoteKey[];
  readonly store: WitnessStore;
  /** Unix seconds. */
  readonly now: () => number;
  readonly journal: (event: WitnessEvent) => void;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

const MAX_AGE_SECONDS = 3600;
/** A slow client is cut off; looked for every second. */
const LIMITS = { requestTimeout: 10_000, headersTimeout: 10_000, connectionsCheckingInterval: 1000 };
const MAX_CONNECTIONS = 256;
const REFUSED_LENGTH = 200;

/** Not listening yet. */
export function createWitnessServer(options: WitnessOptions): Server {
  const queue = new Map<string, Promise<unknown>>();
  const inTurn = <T>(origin: string, step: () => Promise<T>): Promise<T> => {
    const next = (queue.get(origin) ?? Promise.resolve()).then(step, step);
    queue.set(origin, next);
    return next;
  };
  const server = createServer(LIMITS, (request, response) => {
    void answer(request, options, inTurn)
      .catch((cause: unknown): Answer => {
        options.journal({ event: 'failed', detail: String(cause) });
        return { status: 500, body: 'the witness is not working' };
      })
      .then((answered) => reply(request, response, answered));
  });
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

function reply(request: IncomingMessage, response: ServerResponse, { status, body, type }: Answer): void {
  response.writeHead(status, {
    'content-type': type ?? 'text/plain; charset=utf-8',
    'access-control-allow-origin': '*',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // What is left of a body nobody reads must not be taken for the next request.
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(body);
  request.resume();
}

type InTurn = <T>(origin: string, step: () => Promise<T>) => Promise<T>;

async function answer(request: IncomingMessage, options: WitnessOptions, inTurn: InTurn): Promise<Answer> {
  const path = request.url ?? '';
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (path === '/add-checkpoint') {
    return request.method === 'POST' ? addCheckpoint(request, options, inTurn) : { status: 405, body: 'POST only' };
  }
  const hash = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path)?.[1];
  if (hash !== undefined && reads) return monitored(hash, options);
  if (path === '/' && reads)
    return { status: 200, body: options.keys.map(({ key }) => `${encodeVkey(key)}\n`).join('') };
  return { status: 404, body: 'nothing here' };
}

async function monitored(hash: string, { logs, store, now }: WitnessOptions): Promise<Answer> {
  const log = logs.find(({ name }) => originHash(name) === hash);
  const last = log && (await store.load(log.name));
  const fresh = last !== undefined && now() - last.at <= MAX_AGE_SECONDS;
  return fresh ? { status: 200, body: last.note } : { status: 404, body: 'nothing cosigned within the last hour' };
}

async function addCheckpoint(request: IncomingMessage, options: WitnessOptions, inTurn: InTurn): Promise<Answer> {
  const { logs, journal } = options;
  const refused = (status: number, detail: string): Answer => {
    journal({ event: 'refused', status, detail: detail.slice(0, REFUSED_LENGTH) });
    return { status, body: detail };
  };
  const body = await boundedText(request);
  if (body === undefined) return refused(400, 'request cut short, too large or not UTF-8');
  const parsed = parseWitnessRequest(body);
  if (!parsed.ok) return refused(400, parsed.reason);
  const authentic = authenticate(parsed.value.checkpoint, logs);
  if ('status' in authentic) return refused(authentic.status, authentic.body);
  const { origin } = authentic.checkpoint;
  const { status, body: said } = await inTurn(origin, async (): Promise<Decision> => {
    const { store, keys, now } = options;
    const stored = await store.load(origin);
    // The clock never runs backwards in what is signed.
    const time = Math.max(now(), stored?.at ?? 1);
    const decision = decide(parsed.value, authentic, stored, keys, time);
    if (decision.next) {
      await store.save(origin, decision.next);
      journal({ event: 'cosigned', origin, size: decision.next.size });
    } else journal({ event: 'refused', origin, status: decision.status, detail: decision.body.trimEnd() });
    if (decision.alarm) {
      journal({ event: decision.alarm.state, origin, file: await store.saveAlarm(origin, decision.alarm) });
    }
    return decision;
  });
  return { status, body: said, ...(status === 409 ? { type: 'text/x.tlog.size' } : {}) };
}

async function boundedText(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_WITNESS_REQUEST_LENGTH) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    // The connection must outlive the loop, to carry the refusal.
    const body: AsyncIterable<Uint8Array> = request.iterator({ destroyOnReturn: false });
    for await (const chunk of body) {
      length += chunk.length;
      if (length > MAX_WITNESS_REQUEST_LENGTH) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return fromUtf8(Buffer.concat(chunks));
}
