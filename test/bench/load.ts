/**
 * Many submissions at once, each timed from its first byte to the last byte of its answer. Loopback only, bounded. Over
 * Node's own HTTP client with connections kept open, which costs a load test less than `fetch`.
 */
import { Agent, request } from 'node:http';

/** What a load left. Times in milliseconds. */
export interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>;
}

/** How to put a load on an address. */
export interface LoadOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Submissions under way at any time. */
  readonly parallel: number;
  /** The next body; `undefined` ends the load. */
  readonly next: () => string | Uint8Array | undefined;
  /** Told every answer. */
  readonly answered?: (status: number, text: string) => void;
}

/** Posts bodies as long as there are any. */
export async function load({ url, headers, parallel, next, answered }: LoadOptions): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: parallel });
  const times: number[] = [];
  const statuses: Record<number, number> = {};
  const post = (body: string | Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      const start = performance.now();
      const length = { 'content-length': `${Buffer.byteLength(body)}` };
      const sent = request(url, { method: 'POST', agent, headers: { ...headers, ...length } }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          times.push(performance.now() - start);
          const status = answer.statusCode ?? 0;
          statuses[status] = (statuses[status] ?? 0) + 1;
          answered?.(status, Buffer.concat(parts).toString());
          resolve();
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  const client = async (): Promise<void> => {
    for (let body = next(); body !== undefined; body = next()) await post(body);
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: parallel }, client)).finally(() => agent.destroy());
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: times.length / seconds, p50: at(0.5), p95: at(0.95), p99: at(0.99), statuses };
}
