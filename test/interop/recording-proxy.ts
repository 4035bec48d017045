/** Stands between a client and a witness on loopback, passes everything on unchanged, and keeps what was said. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { freePort } from '../../worker/local/free-port.ts';

/** One request for a cosignature and its answer. */
export interface Exchange {
  readonly request: string;
  readonly status: number;
  /** Absent where the witness sent none. */
  readonly contentType?: string;
  readonly body: string;
}

/** A proxy before one witness. */
export interface RecordingProxy {
  readonly url: string;
  /** In the order the answers came. */
  readonly exchanges: Exchange[];
  readonly stop: () => Promise<void>;
}

async function text(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Starts a proxy to `target`, which need not be up: its absence looks like a broken connection. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const exchanges: Exchange[] = [];
  const pass = async (message: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const request = await text(message);
    const upstream = await fetch(`${target}${message.url}`, {
      method: message.method ?? 'GET',
      ...(message.method === 'POST' && { body: request }),
      signal: AbortSignal.timeout(10_000),
    });
    const body = await upstream.text();
    const contentType = upstream.headers.get('content-type');
    exchanges.push({ request, status: upstream.status, ...(contentType !== null && { contentType }), body });
    answer.writeHead(upstream.status, contentType === null ? {} : { 'content-type': contentType });
    answer.end(body);
  };
  const server = createServer((message, answer) => {
    pass(message, answer).catch(() => message.socket.destroy());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${port}`, exchanges, stop };
}
