/** The description of the API is OpenAPI 3.1, leaves no route out, and is what the log really answers. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalLog } from '../../worker/local/start-local-log.ts';
import { attestationOf, type IssuerOrigin, postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly security?: readonly Record<string, unknown>[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, { readonly schema: object }> }
  >;
}

interface Description {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object>; readonly securitySchemes: Record<string, object> };
}

let log: LocalLog;
let issuer: IssuerOrigin;
let description: Description;
let ajv: Ajv2020;

beforeAll(async () => {
  [log, issuer] = await Promise.all([
    startTestLog({ witnesses: 0, filterSeconds: 1, oprfKey: 'BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=' }),
    startIssuer(),
  ]);
  description = (await (await fetch(`${log.logUrl}/openapi.json`)).json()) as Description;
  ajv = new Ajv2020({ strict: true, strictTuples: false, formats: { byte: true } });
  ajv.addKeyword('example');
  ajv.addSchema(description, 'openapi');
  ajv.addVocabulary(['openapi', 'info', 'servers', 'components', 'paths', 'webhooks']);
});
afterAll(async () => {
  await Promise.all([log.stop(), issuer.stop()]);
});

/** A schema of the description, with its references read where they point. */
const compiled = (schema: object) =>
  ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/')));

const operations = (): [string, string, Operation][] =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [method, path, operation]),
  );

/** Every object in the description, with where it stands. */
function* objects(value: unknown, at = '#'): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Record<string, unknown>];
  for (const [name, part] of Object.entries(value)) yield* objects(part, `${at}/${name}`);
}

test('it is OpenAPI 3.1 for the address it is served from', () => {
  expect(description).toMatchObject({
    openapi: expect.stringMatching(/^3\.1\.[0-9]+$/),
    info: { title: expect.stringMatching(/./), version: expect.stringMatching(/./) },
    servers: [{ url: log.logUrl }],
  });
});

test('every route of the app is described, and nothing else is', async () => {
  // By address: the app's types need the worker's platform, which is not this project's.
  const { app } = (await import(new URL('../../worker/app.ts', import.meta.url).href)) as {
    app: { routes: readonly { method: string; path: string }[] };
  };
  const mounted = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}').replace('*', '{path}')}`);
  const described = operations().map(([method, path]) => `${method.toUpperCase()} ${path}`);
  expect(described.toSorted()).toEqual([...new Set(mounted)].toSorted());
});

test('every operation says what it is for, declares its parameters and describes each answer', () => {
  for (const [method, path, operation] of operations()) {
    const name = `${method} ${path}`;
    expect(operation.summary, name).toMatch(/./);
    const placed = [...path.matchAll(/{(\w+)}/g)].map(([, parameter]) => parameter);
    const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    expect(declared.map((parameter) => parameter.name).toSorted(), name).toEqual(placed.toSorted());
    for (const { required } of declared) expect(required, name).toBe(true);
    expect(Object.keys(operation.responses).length, name).toBeGreaterThan(0);
    for (const [status, answer] of Object.entries(operation.responses)) {
      expect(status, name).toMatch(/^[2-5][0-9]{2}$/);
      expect(answer.description, name).toMatch(/./);
      if (Number(status) >= 400 && `${path} ${status}` !== '/health/ready 503') {
        const form = path.startsWith('/entries') ? 'concise-problem-details+cbor' : 'problem+json';
        expect(Object.keys(answer.content ?? {}), name).toEqual([`application/${form}`]);
      }
    }
    for (const scheme of (operation.security ?? []).flatMap(Object.keys)) {
      expect(description.components.securitySchemes, name).toHaveProperty(scheme);
    }
  }
});

test('every reference leads somewhere, every schema is one, and every example fits its schema', () => {
  const examples: string[] = [];
  for (const [at, object] of objects(description)) {
    const reference = object['$ref'];
    if (typeof reference === 'string') {
      expect(reference, at).toMatch(/^#\/components\/schemas\/\w+$/);
      expect(description.components.schemas, at).toHaveProperty(reference.split('/').at(-1) ?? '');
    }
    if (object['schema']) compiled(object['schema']);
    if (object['type'] !== undefined && object['example'] !== undefined) {
      examples.push(at);
      expect(compiled(object)(object['example']), at).toBe(true);
    }
  }
  for (const schema of Object.values(description.components.schemas)) compiled(schema);
  expect(examples.length).toBeGreaterThan(3);
});

/** Expects an answer to be one the description names, with a body that fits its schema. */
async function expectDescribed(answer: Response, method: string, path: string, status: number): Promise<void> {
  const name = `${method} ${path} ${status}`;
  expect(answer.status, name).toBe(status);
  const described = description.paths[path]?.[method]?.responses[status];
  expect(described, name).toBeDefined();
  const text = await answer.text();
  if (!described?.content) {
    expect(text, name).toBe('');
    return;
  }
  const type = answer.headers.get('content-type') ?? '';
  const schema = (described.content[type] ?? described.content['*/*'])?.schema;
  expect(schema, `${name}: ${type}`).toBeDefined();
  // A schema of type string says: not JSON, or documented elsewhere.
  if (!schema || ('type' in schema && schema.type === 'string')) return;
  const validate = compiled(schema);
  expect(validate(JSON.parse(text)), `${name}: ${ajv.errorsText(validate.errors)}`).toBe(true);
}

test('requests that fit are answered as described', async () => {
  const [key] = issuer.keys;
  if (!key) throw new Error('no key');
  const get = (path: string): Promise<Response> => fetch(`${log.logUrl}${path}`);
  const post = (path: string, body: unknown): Promise<Response> =>
    postJson(`${log.logUrl}${path}`, body, { authorization: `Bearer ${log.adminToken}` });
  const fits = (path: string, body: unknown): void => {
    const schema = description.paths[path]?.['post']?.requestBody?.content['application/json']?.schema;
    expect(schema && compiled(schema)(body), path).toBe(true);
  };
  const nobody = 'A'.repeat(43);

  const registration = { origin: issuer.origin };
  fits('/v1/issuers', registration);
  const registered = await post('/v1/issuers', registration);
  const { keys } = (await registered.clone().json()) as { keys: { kid: string }[] };
  await expectDescribed(registered, 'post', '/v1/issuers', 200);
  await expectDescribed(await post('/v1/issuers', { origin: 'https://10.0.0.1' }), 'post', '/v1/issuers', 422);

  const body = attestationOf('A passage.', issuer.origin, key);
  fits('/v1/attestations', body);
  const logged = await post('/v1/attestations', body);
  const id = logged.headers.get('location')?.split('/').at(-1) ?? '';
  await expectDescribed(logged, 'post', '/v1/attestations', 201);
  await expectDescribed(await post('/v1/attestations', body), 'post', '/v1/attestations', 200);
  await expectDescribed(await post('/v1/attestations', {}), 'post', '/v1/attestations', 400);
  const batch = { attestations: [body, { ...body, statement: '' }] };
  fits('/v1/attestations/batch', batch);
  await expectDescribed(await post('/v1/attestations/batch', batch), 'post', '/v1/attestations/batch', 200);

  await expectDescribed(await get(`/v1/trails/${id}`), 'get', '/v1/trails/{id}', 200);
  await expectDescribed(await get(`/v1/trails/${nobody}`), 'get', '/v1/trails/{id}', 404);
  await expectDescribed(await get(`/v1/claims/${nobody}`), 'get', '/v1/claims/{id}', 404);
  await expectDescribed(await get('/v1/lookup/sha-256/abcd'), 'get', '/v1/lookup/{alg}/{prefix}', 200);
  await expectDescribed(await get('/v1/lookup/sha-256/abc'), 'get', '/v1/lookup/{alg}/{prefix}', 400);

  const filters = async (): Promise<string> => (await get('/v1/filters')).text();
  await expect.poll(filters, { timeout: 20_000, interval: 300 }).toContain('filter wm-match-1/');
  const digest = /^filter .* ([\w-]{43})$/m.exec(await filters())?.[1];
  await expectDescribed(await get(`/v1/filters/${digest}`), 'get', '/v1/filters/{digest}', 200);
  await expectDescribed(await get(`/v1/filters/${nobody}`), 'get', '/v1/filters/{digest}', 404);
  await expectDescribed(await get('/v1/filters/short'), 'get', '/v1/filters/{digest}', 400);
  const blinded = { blinded: ['e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76'] };
  fits('/v1/lookup/oprf', blinded);
  await expectDescribed(await post('/v1/lookup/oprf', blinded), 'post', '/v1/lookup/oprf', 200);
  await expectDescribed(await post('/v1/lookup/oprf', {}), 'post', '/v1/lookup/oprf', 400);

  const decision = `/v1/issuers/keys/${keys[0]?.kid}/quarantine`;
  const template = '/v1/issuers/keys/{kid}/{action}';
  fits(template, { cause: 'under-review' });
  await expectDescribed(await post(decision, { cause: 'under-review' }), 'post', template, 200);
  await expectDescribed(await post(decision, {}), 'post', template, 409);
  await expectDescribed(await postJson(`${log.logUrl}${decision}`, {}), 'post', template, 401);

  const plain = Object.keys(description.paths).filter(
    (path) => !path.includes('{') && description.paths[path]?.['get'],
  );
  expect(plain.length).toBeGreaterThan(6);
  for (const path of plain) {
    const headers = { authorization: `Bearer ${log.adminToken}` };
    const isOperators = description.paths[path]?.['get']?.security !== undefined;
    const answer = await fetch(`${log.logUrl}${path}`, isOperators ? { headers } : {});
    // This log has one shard, and so no list of them.
    await expectDescribed(answer, 'get', path, path.endsWith('/witnessmark-shards') ? 404 : 200);
  }
  await expectDescribed(await get('/log/2026/checkpoint'), 'get', '/log/{shard}/checkpoint', 200);
  await expectDescribed(await get('/log/2026/tile/0/000.p/2'), 'get', '/log/{shard}/tile/{path}', 200);
  await expectDescribed(await get('/log/1999/checkpoint'), 'get', '/log/{shard}/checkpoint', 404);
  await expectDescribed(await get(`/t/${id}`), 'get', '/t/{id}', 200);
  await expectDescribed(await get('/log/tile/0/000.p/2'), 'get', '/log/tile/{path}', 200);
  await expectDescribed(await get('/assets/pages.css'), 'get', '/assets/{file}', 200);
});
