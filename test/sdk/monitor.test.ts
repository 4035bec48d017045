import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { signOutput } from '../../sdk/issuer/build-output.ts';
import { createIssuerKey } from '../../sdk/issuer/key.ts';
import { EMPTY_ROOT, leafHash } from '../../shared/log/merkle.ts';
import { attestationOf, postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';
import { LOG_ADDRESS, MemoryLog } from './support/memory-log.ts';
import { type Running, start } from './support/process.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

const schema = JSON.parse(readFileSync(new URL('../../sdk/cli/monitor.schema.json', import.meta.url), 'utf8'));
const matchesSchema = new Ajv2020({ strict: false }).compile(schema);

const ISSUER = 'https://example.com';
const OTHER = 'https://other.example';
const key = createIssuerKey(new Uint8Array(32).fill(9));
const otherKey = createIssuerKey(new Uint8Array(32).fill(10));

let folder: string;
let log: MemoryLog;
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = temporaryFolder();
  log = new MemoryLog();
  log.keyEvent(ISSUER, key, 'add');
  writeFileSync(at('trust'), log.trust());
});

const signed = (text: string, issuer = ISSUER, by = key) =>
  signOutput(
    { text, model: { provider: 'openai.com', name: 'gpt-5' }, run: { operator: 'example.com' } },
    { issuer, key: by, log: LOG_ADDRESS },
  );
const issue = (text: string, issuer = ISSUER, by = key): number => log.append(signed(text, issuer, by).statement);

interface Line extends Record<string, unknown> {
  readonly event: string;
}

/** Every line is read and compared with the schema. */
function linesOf(out: string): Line[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const value = JSON.parse(line);
      expect(matchesSchema(value), `${line} ${JSON.stringify(matchesSchema.errors)}`).toBe(true);
      return value;
    });
}

async function once(more: readonly string[] = [], fetch: typeof globalThis.fetch = log.fetch) {
  const options = ['--policy', at('trust'), '--state', at('state'), '--once', ...more];
  const { code, out, err, requests } = await witnessmark(['monitor', LOG_ADDRESS, ...options], { fetch });
  return { code, lines: linesOf(out), err, requests };
}

/** The log with some of its files replaced; `undefined` says 404. */
const served =
  (replaced: Record<string, Uint8Array | string | undefined>): typeof fetch =>
  async (input, init) => {
    const { pathname } = new URL(String(input));
    const path = Object.keys(replaced).find((each) => pathname.includes(each));
    if (path === undefined) return log.fetch(input, init);
    const body = replaced[path];
    return new Response((body ?? '') as BodyInit, { status: body === undefined ? 404 : 200 });
  };

describe('one look', () => {
  test('reads the whole log, the next one only what is new', async () => {
    issue('One.');
    const first = await once();
    expect([first.code, first.lines, first.err]).toEqual([
      0,
      [expect.objectContaining({ event: 'checkpoint', size: 4, entries: 4, quorum: 'passed' })],
      '',
    ]);
    for (let i = 0; i < 300; i++) log.append(log.entries[3] ?? new Uint8Array());
    expect((await once()).lines).toMatchObject([{ event: 'checkpoint', size: 304, entries: 300 }]);
    log.append(log.entries[3] ?? new Uint8Array());
    const third = await once();
    expect(third.lines).toMatchObject([{ size: 305, entries: 1 }]);
    expect(third.requests.filter((url) => url.includes('entries')).length).toBe(1);
    expect((await once()).lines).toMatchObject([{ size: 305, entries: 0 }]);
  });

  test('tells what an issuer logs, and what is logged about its keys', async () => {
    await once();
    issue('One.');
    log.keyEvent(OTHER, otherKey, 'add');
    issue('Two.', OTHER, otherKey);
    log.keyEvent(ISSUER, key, 'revoke', 'retired');
    const { code, lines } = await once(['--issuer', `${ISSUER}/`, '--issuer', 'https://third.example']);
    expect(code).toBe(0);
    expect(lines.slice(1)).toMatchObject([
      { event: 'alert', alert: 'issuer', index: 3, issuer: ISSUER, type: 'output' },
      { event: 'alert', alert: 'issuer', index: 6, issuer: ISSUER, type: 'key', action: 'revoke' },
    ]);
  });

  test('tells attestations of a text, whoever signs them, by the claim that is served', async () => {
    const claims = ['Mine.', 'Mine.', 'Hers.'].map((text, i) => {
      const output = signed(text, i === 1 ? OTHER : ISSUER, i === 1 ? otherKey : key);
      if (i === 1) log.keyEvent(OTHER, otherKey, 'add');
      log.append(output.statement);
      return output.claim;
    });
    for (const claim of claims) log.claims.set(createHash('sha256').update(claim).digest('base64url'), claim);
    writeFileSync(at('mine'), 'Mine.');
    const { code, lines } = await once(['--text', at('mine')]);
    expect(code).toBe(0);
    expect(lines.slice(1)).toMatchObject([
      { alert: 'text', index: 3, issuer: ISSUER, text: at('mine') },
      { alert: 'text', index: 5, issuer: OTHER },
    ]);
    expect((await once(['--text', at('mine')])).lines).toHaveLength(1);
  });

  test.each<[string, string, () => void]>([
    ['no statement', 'statement-malformed', () => void log.append(Uint8Array.of(1))],
    ['signed by a key nobody registered', 'issuer-key-unknown', () => void issue('x', ISSUER, otherKey)],
    ['in the name of another issuer', 'issuer-key-unknown', () => void issue('x', OTHER, key)],
    [
      'signed by a retired key',
      'issuer-key-inactive',
      () => {
        log.keyEvent(ISSUER, key, 'revoke', 'retired');
        issue('x');
      },
    ],
    [
      'signed by a quarantined key',
      'issuer-key-inactive',
      () => {
        log.keyEvent(ISSUER, key, 'quarantine');
        issue('x');
      },
    ],
    [
      'with a broken signature',
      'issuer-signature-invalid',
      () => {
        const bytes = signed('x').statement.slice();
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        log.append(bytes);
      },
    ],
    ['a key added twice', 'key-event-out-of-place', () => log.keyEvent(ISSUER, key, 'add')],
    ['a key of another issuer', 'key-event-out-of-place', () => log.keyEvent(OTHER, key, 'revoke')],
    ['a revocation of nothing', 'key-event-out-of-place', () => log.keyEvent(OTHER, otherKey, 'revoke')],
    [
      'a key added again after it was compromised',
      'key-event-out-of-place',
      () => {
        log.keyEvent(ISSUER, key, 'revoke', 'compromised');
        log.keyEvent(ISSUER, key, 'add');
      },
    ],
    ['a reinstatement of what is active', 'key-event-out-of-place', () => log.keyEvent(ISSUER, key, 'reinstate')],
    [
      'a key event that is not served',
      'key-event-unavailable',
      () => {
        log.keyEvent(OTHER, otherKey, 'add');
        log.claims.delete([...log.claims.keys()].at(-1) ?? '');
      },
    ],
    [
      'a key event served as another',
      'key-event-unavailable',
      () => {
        log.keyEvent(OTHER, otherKey, 'add');
        log.claims.set([...log.claims.keys()].at(-1) ?? '', Uint8Array.of(0xa0));
      },
    ],
    [
      'a key event of somebody else',
      'not-by-registrar',
      () => {
        const forger = new MemoryLog();
        Object.assign(forger, { registrar: otherKey });
        forger.keyEvent(OTHER, otherKey, 'add');
        log.append(forger.entries.at(-1) ?? new Uint8Array());
      },
    ],
  ])('finds an entry that is %s', async (_, reason, append) => {
    await once();
    append();
    const { code, lines } = await once();
    expect([code, lines.map(({ event }) => event)]).toEqual([10, ['checkpoint', 'problem']]);
    expect(lines[1]).toMatchObject({ reason, index: log.entries.length - 1 });
    expect((await once()).code).toBe(0);
  });

  test('a reinstated key signs again; a key added again after its retirement too', async () => {
    for (const action of ['quarantine', 'reinstate', 'revoke', 'add'] as const) log.keyEvent(ISSUER, key, action);
    issue('x');
    expect((await once()).code).toBe(0);
  });

  test('tells at most a thousand findings at once, and how many more there are', async () => {
    for (let i = 0; i < 1100; i++) log.append(Uint8Array.of(1));
    const { code, lines } = await once();
    expect([code, lines.length]).toEqual([10, 1001]);
    expect(lines[0]).toMatchObject({ event: 'checkpoint', omitted: 100 });
  });

  test('says when the witnesses do not suffice, and follows all the same', async () => {
    log.witnessesUp = 1;
    const { code, lines } = await once();
    expect([code, lines]).toEqual([11, [expect.objectContaining({ quorum: 'failed', witnesses: ['w1.example'] })]]);
    log.witnessesUp = 2;
    expect((await once()).lines).toMatchObject([{ quorum: 'passed', entries: 0 }]);
  });
});

describe('what does not continue the kept checkpoint', () => {
  const kept = () => readFileSync(at('state'), 'utf8');
  const FORK = () => at('state.fork-proof.json');
  const verifyFork = async (file: string) => (await witnessmark(['verify-fork', file, '--policy', at('trust')])).code;

  beforeEach(async () => {
    for (const text of ['One.', 'Two.', 'Three.', 'Four.']) issue(text);
    await once();
  });

  test.each([
    ['of the same size', 0],
    ['larger', 3],
    ['smaller', -2],
    ['larger by tiles', 400],
  ])('a fork %s is proven, kept and refused until it is told otherwise', async (_, growth) => {
    const before = kept();
    log.entries[3] = signed('Another history.').statement;
    for (let i = 0; i < growth; i++) log.append(log.entries[4] ?? new Uint8Array());
    log.entries.length = Math.min(log.entries.length, 7 + growth);
    const found = await once();
    expect([found.code, found.lines]).toEqual([
      10,
      [expect.objectContaining({ event: 'fork', keptSize: 7, size: 7 + growth, file: FORK() })],
    ]);
    expect(await verifyFork(FORK())).toBe(0);
    expect(kept()).toBe(before);

    const proof = readFileSync(FORK());
    const again = await once();
    expect([again.code, again.lines, again.requests]).toEqual([
      10,
      [expect.objectContaining({ event: 'refused', file: FORK() })],
      [expect.stringContaining('checkpoint')],
    ]);
    expect(readFileSync(FORK())).toEqual(proof);

    renameSync(FORK(), at('evidence.json'));
    expect((await once()).lines).toMatchObject([{ event: 'fork' }]);
    renameSync(FORK(), at('evidence-2.json'));
    rmSync(at('state'));
    expect((await once()).lines).toMatchObject([{ event: 'checkpoint' }]);
  });

  test.each<[string, string, () => Record<string, Uint8Array | undefined>]>([
    ['tiles are withheld', 'tile-missing', () => ({ 'tile/0': undefined })],
    ['tiles are cut short', 'tile-malformed', () => ({ 'tile/0': new Uint8Array(31) })],
    ['tiles are rubbish', 'tiles-differ', () => ({ 'tile/0': new Uint8Array(32 * 9) })],
  ])('growth is unproven, not a fork, where %s and entries do not fit', async (_, reason, replaced) => {
    const before = kept();
    issue('Five.');
    issue('Six.');
    const entries = log.files().get('tile/entries/000.p/9')?.slice() ?? new Uint8Array();
    entries[entries.length - 1] = (entries.at(-1) ?? 0) ^ 1;
    const found = await once([], served({ 'tile/entries': entries, ...replaced() }));
    expect([found.code, found.lines]).toEqual([
      11,
      [expect.objectContaining({ event: 'unproven', reason, keptSize: 7, size: 9 })],
    ]);
    expect([await verifyFork(at('state.unproven.json')), existsSync(FORK()), kept()]).toEqual([11, false, before]);
    expect((await once()).lines).toMatchObject([{ event: 'checkpoint', size: 9, entries: 2 }]);
  });

  test('entries that are not those of the tree are told from a fork, and nothing is said about them', async () => {
    issue('Five.');
    const other = new MemoryLog();
    Object.assign(other, { entries: [...log.entries] });
    other.entries[7] = Uint8Array.of(1, 2, 3);
    const bundle = other.files().get('tile/entries/000.p/8');
    const found = await once([], served({ 'tile/entries': bundle }));
    expect([found.code, found.lines]).toEqual([
      11,
      [expect.objectContaining({ event: 'unproven', reason: 'entries-differ' })],
    ]);
  });

  test.each([0, 600])('an older checkpoint is a rollback, and the newer one stays, %i entries on', async (more) => {
    for (let i = 0; i < more; i++) log.append(log.entries[4] ?? new Uint8Array());
    await once();
    const before = kept();
    const { length } = log.entries;
    const last = log.entries.pop();
    expect((await once()).lines).toMatchObject([{ event: 'rollback', size: length - 1, keptSize: length }]);
    expect(kept()).toBe(before);
    log.append(last ?? new Uint8Array());
    expect((await once()).code).toBe(0);
  });

  test.each([
    ['is proven by the right edge that the monitor keeps', 606, 10, 'fork'],
    ['cannot be proven where it ends inside a tile that the log has replaced', 100, 11, 'unproven'],
  ])('a smaller history %s', async (_, size, code, event) => {
    for (let i = 0; i < 600; i++) log.append(log.entries[4] ?? new Uint8Array());
    await once();
    log.entries[3] = signed('Another history.').statement;
    log.entries.length = size;
    const found = await once();
    expect([found.code, found.lines]).toEqual([code, [expect.objectContaining({ event, size, keptSize: 607 })]]);
    const file = String(found.lines[0]?.file);
    expect(await verifyFork(file)).toBe(event === 'fork' ? 0 : 11);
  });

  test('an empty tree with a root of its own is a fork by the notes alone', async () => {
    const note = log.checkpointOf(0, leafHash(EMPTY_ROOT));
    expect((await once([], served({ checkpoint: note }))).lines).toMatchObject([{ event: 'fork', size: 0 }]);
    expect(await verifyFork(FORK())).toBe(0);
  });

  test.each<[string, (text: string) => string]>([
    ['is empty', () => ''],
    ['is not JSON', (text) => text.slice(1)],
    ['holds another root', (text) => text.replace(/"edge":\["./, (start) => `${start.slice(0, -1)}_`)],
    ['holds another checkpoint', (text) => text.replace('\\n7\\n', '\\n8\\n')],
    ['holds keys that make no sense', (text) => text.replace('"keys":[', '"keys":[[1,"oA=="],')],
  ])('a state that %s is refused, never begun anew', async (_, change) => {
    const text = change(kept());
    expect(text).not.toBe(kept());
    writeFileSync(at('state'), text);
    const { code, err } = await once();
    expect([code, err, kept()]).toEqual([30, expect.stringContaining('Nothing was accepted'), text]);
  });
});

describe('a log that cannot be read', () => {
  test.each<[string, Record<string, Uint8Array | string | undefined>]>([
    ['checkpoint-missing', { checkpoint: undefined }],
    ['checkpoint-malformed', { checkpoint: 'hello\n' }],
    ['checkpoint-malformed', { checkpoint: new Uint8Array([0xff]) }],
    ['entries-missing', { 'tile/entries': undefined }],
    ['entries-missing', { 'tile/entries': new Uint8Array(7) }],
    ['log-unreachable', { 'tile/entries': 'x'.repeat(17_000_000) }],
    ['log-unreachable', { checkpoint: 'x'.repeat(200_000) }],
  ])('is %s, and leaves no state', async (reason, replaced) => {
    const { code, lines } = await once([], served(replaced));
    expect([code, lines, existsSync(at('state'))]).toEqual([
      11,
      [expect.objectContaining({ event: 'unreadable', reason })],
      false,
    ]);
  });

  test('under a policy that does not know it, or its registrar, or after another log', async () => {
    const trust = JSON.parse(log.trust());
    const policy = (change: object) => writeFileSync(at('trust'), JSON.stringify({ ...trust, ...change }));
    policy({ policy: 'quorum none\n' });
    expect((await once()).lines).toMatchObject([{ reason: 'log-unknown' }]);
    policy({ registrars: [] });
    expect((await once()).lines).toMatchObject([{ reason: 'registrar-unknown' }]);
    policy({});
    const forged = log.checkpoint().replace('\n3\n', '\n4\n');
    expect((await once([], served({ checkpoint: forged }))).lines).toMatchObject([{ reason: 'signature-invalid' }]);
  });
});

describe('options of the monitor', () => {
  test.each([
    [['--interval', '0'], /--interval/],
    [['--interval', '1e9'], /--interval/],
    [['--interval', '100000'], /--interval/],
    [['--issuer', 'example.com'], /not an origin/],
    [['--text', '/does/not/exist'], /does not exist/],
  ])('%j exits 30', async (more, message) => {
    const { code, err, requests } = await once(more);
    expect([code, err, requests]).toEqual([30, expect.stringMatching(message), []]);
  });

  test('a folder cannot be followed', async () => {
    mkdirSync(at('mirror'));
    const { code, err } = await witnessmark(['monitor', at('mirror'), '--policy', at('trust'), '--state', at('state')]);
    expect([code, err]).toEqual([30, expect.stringContaining('cannot be followed')]);
  });
});

describe('as a process', () => {
  const running: Running[] = [];
  let server: Server | undefined;
  afterEach(async () => {
    for (const each of running) each.kill('SIGKILL');
    await Promise.all(running.map(({ exit }) => exit));
    server?.closeAllConnections();
    server?.close();
  });

  const follow = (url: string, ...more: string[]): Running => {
    const monitor = start('monitor', url, '--policy', at('trust'), '--state', at('state'), ...more);
    running.push(monitor);
    return monitor;
  };
  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/log`;
  }

  test('follows the real log, tells of its issuer, survives a kill, and ends when asked', async () => {
    const real = await startTestLog();
    const issuer = await startIssuer();
    try {
      writeFileSync(at('trust'), real.trust);
      writeFileSync(at('text'), 'The moon pulls the nearer water more.');
      const watch = ['--interval', '1', '--issuer', issuer.origin, '--text', at('text')];
      const monitor = follow(real.logUrl, ...watch);
      await monitor.line('checkpoint');
      await postJson(`${real.logUrl}/v1/issuers`, { origin: issuer.origin });
      const [issuerKey] = issuer.keys;
      if (issuerKey === undefined) throw new Error('an issuer has a key');
      const attestation = attestationOf('The moon pulls the nearer water more.', issuer.origin, issuerKey);
      expect((await postJson(`${real.logUrl}/v1/attestations`, attestation)).status).toBe(201);
      const seen = () => monitor.lines.filter(({ event }) => event === 'alert').length;
      while (seen() < 3) await new Promise((resolve) => setTimeout(resolve, 50));
      monitor.kill('SIGKILL');
      await monitor.exit;
      expect(monitor.lines.filter(({ event }) => event === 'alert')).toMatchObject([
        { alert: 'issuer', type: 'key', action: 'add' },
        { alert: 'issuer', type: 'output' },
        { alert: 'text', type: 'output' },
      ]);
      expect(monitor.lines.every((line) => matchesSchema(line))).toBe(true);
      expect(monitor.lines.some(({ event }) => event === 'problem')).toBe(false);

      const again = follow(real.logUrl, ...watch);
      expect(await again.line('checkpoint')).toMatchObject({ quorum: 'passed' });
      again.kill('SIGTERM');
      expect(await again.exit).toEqual({ code: 0, signal: null });
      expect(again.err()).toBe('');
    } finally {
      await issuer.stop();
      await real.stop();
    }
  });

  test('ends by itself on a fork, with the proof beside its state', async () => {
    const url = await serve(async (request, response) => {
      const answer = await log.fetch(`${LOG_ADDRESS}${request.url}`);
      response.writeHead(answer.status).end(new Uint8Array(await answer.arrayBuffer()));
    });
    const monitor = follow(url, '--interval', '1');
    await monitor.line('checkpoint');
    log.entries[2] = signed('Another history.').statement;
    expect(await monitor.exit).toEqual({ code: 10, signal: null });
    expect(monitor.lines.at(-1)).toMatchObject({ event: 'fork', file: at('state.fork-proof.json') });
    expect((await witnessmark(['verify-fork', at('state.fork-proof.json'), '--policy', at('trust')])).code).toBe(0);
  });

  test.each<[string, RequestListener]>([
    [
      'sends without end',
      (_, response) => {
        const more = () => response.writable && response.write('x'.repeat(65_536), more);
        more();
      },
    ],
    ['redirects', (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/checkpoint' }).end()],
    ['hangs up', (_, response) => void response.destroy()],
    ['fails', (_, response) => void response.writeHead(500).end('x')],
  ])('learns nothing from a server that %s', async (_, listener) => {
    const monitor = follow(await serve(listener), '--once');
    expect(await monitor.exit).toEqual({ code: 11, signal: null });
    expect(monitor.lines).toMatchObject([
      { event: 'unreadable', reason: expect.stringMatching(/log-unreachable|checkpoint-missing/) },
    ]);
  });

  test('is not held up by a server that never ends its answer', async () => {
    let asked = () => {};
    const waiting = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const url = await serve((_, response) => {
      response.writeHead(200).write('log');
      asked();
    });
    const monitor = follow(url);
    await waiting;
    monitor.kill('SIGTERM');
    expect(await monitor.exit).toEqual({ code: 0, signal: null });
    expect(monitor.lines).toEqual([]);
  });
});
