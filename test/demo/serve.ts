/** A small HTTP server on this machine: one handler, the next free port, and a stop that does not wait for browsers. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export type Handler = (path: string, request: IncomingMessage) => Answer | undefined | Promise<Answer | undefined>;

export interface Served {
  readonly port: number;
  /** Said when another program holds the port that was asked for. */
  readonly movedFrom?: number;
  stop(): Promise<void>;
}

const NOT_FOUND: Answer = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'Not found\n',
};
const TRIES = 20;

function listen(server: Server, port: number): Promise<'listening' | 'taken'> {
  return new Promise((done, failed) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') done('taken');
      else failed(error);
    };
    server.once('error', onError);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', onError);
      done('listening');
    });
  });
}

/** The first port from `wanted` on that nobody holds, for a server that somebody else starts. */
export async function freePort(wanted: number): Promise<number> {
  const served = await serve(wanted, () => undefined);
  await served.stop();
  return served.port;
}

/** Serves on the wanted port of 127.0.0.1, or on the next free one. */
export async function serve(wanted: number, handler: Handler): Promise<Served> {
  const server = createServer(async (request, response) => {
    try {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const answer = (await handler(path, request)) ?? NOT_FOUND;
      response.writeHead(answer.status ?? 200, answer.headers ?? {});
      response.end(request.method === 'HEAD' ? undefined : answer.body);
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`${String(error)}\n`);
    }
  });
  for (let port = wanted; port < wanted + TRIES; port++) {
    if ((await listen(server, port)) === 'taken') continue;
    const { port: got } = server.address() as AddressInfo;
    return {
      port: got,
      ...(got === wanted ? {} : { movedFrom: wanted }),
      stop: () =>
        new Promise((done) => {
          server.close(() => done());
          server.closeAllConnections();
        }),
    };
  }
  throw new Error(`the ports ${wanted} to ${wanted + TRIES - 1} are all taken`);
}
