/** Many submissions at once, each timed from its first byte to the last byte of its answer. Loopback only, bounded. */

/** What a load left. Times in milliseconds. */
export interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>;
  readonly answers: readonly string[];
}

/** Posts every body, `parallel` at a time. */
export async function load(
  url: string,
  bodies: readonly (string | Uint8Array)[],
  parallel: number,
  headers: Readonly<Record<string, string>>,
): Promise<Load> {
  const times: number[] = [];
  const answers: string[] = [];
  const statuses: Record<number, number> = {};
  let next = 0;
  const started = performance.now();
  const client = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const start = performance.now();
      const sent = typeof body === 'string' ? body : body.slice().buffer;
      const answer = await fetch(url, { method: 'POST', body: sent, headers });
      answers.push(await answer.text());
      times.push(performance.now() - start);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: parallel }, client));
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: bodies.length / seconds, p50: at(0.5), p95: at(0.95), p99: at(0.99), statuses, answers };
}
