/** A proxy through which a browser sends everything: what is not for the given servers is noted and goes nowhere. */
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordingProxy {
  readonly url: string;
  /** Every request in order, as in `GET http://127.0.0.1:1/path`, or `CONNECT host:443`. */
  readonly seen: string[];
  readonly stop: () => Promise<void>;
}

/** Passes on what is for one of these ports of this machine. */
export async function startRecordingProxy(ports: readonly string[]): Promise<RecordingProxy> {
  const seen: string[] = [];
  const server = createServer((asked, response) => {
    seen.push(`${asked.method} ${asked.url}`);
    const url = URL.parse(asked.url ?? '');
    if (url === null || !ports.includes(url.port) || !['127.0.0.1', 'localhost'].includes(url.hostname)) {
      return void response.writeHead(502).end();
    }
    const { pathname, search, port } = url;
    const options = { host: '127.0.0.1', port, path: pathname + search, method: asked.method, headers: asked.headers };
    const passed = forward(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    asked.pipe(passed);
  });
  server.on('connect', ({ url }, socket) => {
    seen.push(`CONNECT ${url}`);
    socket.destroy();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
