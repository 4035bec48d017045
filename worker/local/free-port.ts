/** A loopback port for something that must be told its port before it starts. Node only. */
import { createServer } from 'node:net';

/** Below those that systems hand out themselves: what restarts on its port finds no outgoing connection there. */
const FIRST = 10_240;
const COUNT = 20_000;
const ATTEMPTS = 100;

/** A port nobody uses now. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`of ${ATTEMPTS} loopback ports from ${FIRST} on none is free`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
