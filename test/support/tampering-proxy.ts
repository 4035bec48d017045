/** A server between a reader and a log that changes what the log answers. Loopback only. */
import { createServer } from 'node:http';

/** What is done to an answer's body; `undefined` hangs up. */
export type Tamper = (path: string, body: Uint8Array) => Promise<Uint8Array | undefined> | Uint8Array | undefined;

export interface TamperingProxy {
  readonly url: string;
  tamper: Tamper;
  readonly stop: () => Promise<void>;
}

const KEPT = ['content-type', 'content-security-policy', 'cache-control'];

/** Answers each GET as `target` does, but for what `tamper` changes; at first nothing. */
export async function startTamperingProxy(target: string): Promise<TamperingProxy> {
  const server = createServer(async ({ url = '/' }, response) => {
    const answer = await fetch(`${target}${url}`);
    const body = await proxy.tamper(url, new Uint8Array(await answer.arrayBuffer()));
    if (body === undefined) return response.destroy();
    const headers = KEPT.flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    return response.writeHead(answer.status, Object.fromEntries(headers)).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const proxy: TamperingProxy = {
    url: `http://127.0.0.1:${port}`,
    tamper: (_, body) => body,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}
