/** Issuers: an origin registers by publishing its keys; the operator may revoke, quarantine and reinstate one. */
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { fromBase64Url, toBase64Url } from '#shared/bytes/base64.ts';
import type { KeyEvent } from '#shared/claim/key-event.ts';
import type { AppEnv } from '../app-env.ts';
import { type Config, type Env, readConfig, sequencerOf } from '../env.ts';
import { AppError } from '../errors.ts';
import { fetchKeySet } from '../issuers/fetch-key-set.ts';
import { keySetChanges, prepareKeyEvent } from '../issuers/key-events.ts';
import { readIssuerOrigin } from '../issuers/origin-policy.ts';
import { limitBody, limitRate, MAX_SMALL_BODY, operatorOnly } from '../middleware/guards.ts';
import { onInvalid } from '../middleware/problem.ts';
import { IssuerAnswer, IssuerBody, KeyActionBody, KeyParams, LoggedKeyEvent, problems } from './schemas.ts';

export const issuers = new OpenAPIHono<AppEnv>({ defaultHook: onInvalid });

const register = createRoute({
  method: 'post',
  path: '/v1/issuers',
  summary: 'Register an issuer, or bring its keys up to date',
  description:
    'Fetches the COSE Key Set at the origin and logs what changed: new keys are added, keys no longer listed are revoked as retired.',
  middleware: [limitRate, limitBody(MAX_SMALL_BODY)] as const,
  request: { body: { required: true, content: { 'application/json': { schema: IssuerBody } } } },
  responses: {
    200: { description: 'The issuer as logged', content: { 'application/json': { schema: IssuerAnswer } } },
    ...problems(400, 409, 413, 415, 422, 429, 502, 503),
  },
});

interface Logged {
  readonly action: KeyEvent['action'];
  readonly kid: string;
  readonly id: string;
  readonly index: number;
  readonly cause?: string;
}

/** Logs one key event; an event that changes nothing (somebody else was faster) gives nothing. */
async function logKeyEvent(
  env: Env,
  config: Config,
  event: KeyEvent,
  publicKey: Uint8Array,
): Promise<Logged | undefined> {
  const issuedAt = await sequencerOf(env, config).eventTime();
  const subject = toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
  const prepared = prepareKeyEvent(config, event, publicKey, { issuedAt, subject });
  const outcome = await sequencerOf(env, config).submit(prepared.submission);
  if (!outcome.ok && outcome.reason === 'key-unchanged') return undefined;
  if (!outcome.ok) throw new AppError(outcome.reason);
  const { action, kid, cause } = event;
  const logged = { action, kid: toBase64Url(kid), id: prepared.id, index: outcome.index };
  return cause === undefined ? logged : { ...logged, cause };
}

issuers.openapi(register, async (c) => {
  const config = readConfig(c.env);
  const origin = readIssuerOrigin(c.req.valid('json').origin, config.allowLoopbackIssuers);
  if (!origin.ok) throw new AppError(origin.reason, origin.detail);
  const published = await fetchKeySet(origin.value);
  if (!published.ok) throw new AppError(published.reason, published.detail);
  const sequencer = sequencerOf(c.env, config);
  for (const { kid } of published.value) {
    const [known] = await sequencer.keys({ kid });
    const holder = known?.issuer;
    if (holder !== undefined && holder !== origin.value)
      throw new AppError('key-registered-elsewhere', toBase64Url(kid));
  }
  const changes = keySetChanges(origin.value, published.value, await sequencer.keys({ issuer: origin.value }));
  const publicKeyOf = (event: KeyEvent): Uint8Array =>
    published.value.find(({ kid }) => toBase64Url(kid) === toBase64Url(event.kid))?.publicKey ?? new Uint8Array();
  const logged = await Promise.all(changes.map((event) => logKeyEvent(c.env, config, event, publicKeyOf(event))));
  const keys = (await sequencer.keys({ issuer: origin.value })).map(({ kid, state }) => ({
    kid: toBase64Url(kid),
    state,
  }));
  const answer = { origin: origin.value, keys, logged: logged.filter((event) => event !== undefined) };
  return c.json(answer, 200, { 'cache-control': 'no-store' });
});

const decide = createRoute({
  method: 'post',
  path: '/v1/issuers/keys/{kid}/{action}',
  summary: 'Revoke, quarantine or reinstate a key (operator)',
  description: 'Logged like everything else. What the key signed before stays valid when logged, and says so.',
  middleware: [operatorOnly, limitBody(MAX_SMALL_BODY)] as const,
  security: [{ operator: [] }],
  request: { params: KeyParams, body: { content: { 'application/json': { schema: KeyActionBody } } } },
  responses: {
    200: { description: 'The event as logged', content: { 'application/json': { schema: LoggedKeyEvent } } },
    ...problems(400, 401, 404, 409, 413, 415, 503),
  },
});

issuers.openapi(decide, async (c) => {
  const config = readConfig(c.env);
  const { kid: kidText, action } = c.req.valid('param');
  const { cause, effective } = c.req.valid('json') ?? {};
  const kid = fromBase64Url(kidText);
  const [key] = kid ? await sequencerOf(c.env, config).keys({ kid }) : [];
  if (!kid || !key) throw new AppError('key-unknown');
  if (effective !== undefined && action === 'reinstate')
    throw new AppError('request-malformed', 'effective: only revoke and quarantine reach back');
  const event: KeyEvent = {
    action,
    issuer: key.issuer,
    kid,
    ...(effective !== undefined && { effective }),
    ...(cause !== undefined && { cause }),
  };
  const logged = await logKeyEvent(c.env, config, event, key.publicKey);
  if (!logged) throw new AppError('key-unchanged');
  return c.json(logged, 200, { 'cache-control': 'no-store' });
});
