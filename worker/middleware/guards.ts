/** What stands before a route: body size, rate, operator token. */
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import type { AppEnv } from '../app-env.ts';
import { readConfig } from '../env.ts';
import { AppError } from '../errors.ts';

/** A trail is at most 1 MiB, so is what becomes one. */
export const MAX_ATTESTATION_BODY = 1024 * 1024;
/** Of a batch: what the sequencer puts into one pack. */
export const MAX_BATCH_BODY = 8 * 1024 * 1024;
/** Registrations and operator requests are a few fields. */
export const MAX_SMALL_BODY = 4096;

/** Refuses larger bodies while they stream in; nothing of them is kept. */
export const limitBody = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new AppError('body-too-large', `at most ${maxSize} bytes`);
    },
  });

const WINDOW_MS = 60_000;
const LOCAL_LIMIT = 6000;
const MAX_CLIENTS = 10_000;
const counts = new Map<string, number>();
let windowStart = 0;

/** Without the binding: a count per isolate, which is all a local run has. It protects nothing behind a real edge. */
function countedLocally(client: string, limit: number): boolean {
  const now = Date.now();
  if (now - windowStart > WINDOW_MS || counts.size > MAX_CLIENTS) {
    counts.clear();
    windowStart = now;
  }
  const count = (counts.get(client) ?? 0) + 1;
  counts.set(client, count);
  return count <= limit;
}

/**
 * Counts writes of a client address.
 * @throws AppError `rate-limited`
 */
export async function countWrites(c: Context<AppEnv>, count: number): Promise<void> {
  const client = c.req.header('cf-connecting-ip') ?? 'local';
  const { WRITE_LIMIT, LOCAL_WRITES_PER_MINUTE } = c.env;
  const one = async (): Promise<boolean> =>
    WRITE_LIMIT
      ? (await WRITE_LIMIT.limit({ key: client })).success
      : countedLocally(client, Number(LOCAL_WRITES_PER_MINUTE ?? LOCAL_LIMIT));
  const allowed = await Promise.all(Array.from({ length: count }, one));
  if (allowed.includes(false)) throw new AppError('rate-limited');
}

/** Limits writes per client address. */
export const limitRate = createMiddleware<AppEnv>(async (c, next) => {
  await countWrites(c, 1);
  await next();
});

/** Lets only the operator through. Compared by digest, so that timing says nothing about the token. */
export const operatorOnly = createMiddleware<AppEnv>(async (c, next) => {
  const given = /^Bearer (.{1,512})$/.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
  const digest = async (text: string) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  const [a, b] = await Promise.all([digest(given), digest(readConfig(c.env).adminToken)]);
  if (!crypto.subtle.timingSafeEqual(a, b)) {
    throw new AppError('unauthorized', undefined, { 'www-authenticate': 'Bearer' });
  }
  await next();
});
