/** An issuer's origin that answers as it likes, on loopback, and counts who asked. */
import { createServer, type ServerResponse } from 'node:http';

export interface HostileOrigin {
  readonly origin: string;
  /** Requests seen, as method and path. */
  readonly seen: string[];
  readonly stop: () => Promise<void>;
}

/** Serves every request with `answer`. */
export async function startHostileOrigin(answer: (response: ServerResponse) => void): Promise<HostileOrigin> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const stop = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { origin: `http://127.0.0.1:${port}`, seen, stop };
}
