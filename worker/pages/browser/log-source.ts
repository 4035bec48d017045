/** The log beside this page, file by file: bounded, never from a cache, and asked again when it stumbles. */

import type { LogSource } from '#shared/log/log-files.ts';
import { err, ok, type Result } from '#shared/result.ts';

const TRIES = 3;
const PAUSE_MS = 500;
const PATIENCE_MS = 30_000;

type Answer = Result<Uint8Array | undefined, 'log-unreachable'>;

/** The body, or `undefined` where it is longer than `maxBytes`; what is beyond is not read. */
async function boundedBody(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const reader = body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    parts.push(value);
    if (length <= maxBytes) continue;
    await reader.cancel();
    return undefined;
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function once(address: string, maxBytes: number): Promise<Answer> {
  try {
    const answer = await fetch(address, {
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status === 404 || answer.status === 410) return ok(undefined);
    if (!answer.ok) return err('log-unreachable', `status ${answer.status} for ${address}`);
    const bytes = answer.body === null ? new Uint8Array(0) : await boundedBody(answer.body, maxBytes);
    return bytes === undefined ? err('log-unreachable', `${address} is too large`) : ok(bytes);
  } catch {
    return err('log-unreachable', `no answer for ${address}`);
  }
}

/** The log at a prefix of this origin. */
export const pageLogSource = (prefix: string): LogSource => ({
  name: prefix,
  async read(path, maxBytes) {
    for (let tries = 1; ; tries++) {
      const answer = await once(`${prefix}/${path}`, maxBytes);
      if (answer.ok || tries === TRIES) return answer;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
    }
  },
});
