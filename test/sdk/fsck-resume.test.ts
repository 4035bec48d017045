import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { ManyEntries } from './support/many-entries.ts';
import { LOG_ADDRESS, type MemoryLog } from './support/memory-log.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

const LAUNCHER = fileURLToPath(new URL('../../sdk/cli/witnessmark.mjs', import.meta.url));
const SIZE = 1300;

interface Setting {
  readonly log: MemoryLog;
  readonly policy: string;
  readonly state: string;
}

function setting(size = SIZE): Setting {
  const folder = temporaryFolder();
  const log = new ManyEntries(size).toMemoryLog();
  const policy = join(folder, 'trust.json');
  writeFileSync(policy, log.trust());
  return { log, policy, state: join(folder, 'fsck.state') };
}

const fsck = ({ policy, state }: Setting, fetch: typeof globalThis.fetch) =>
  witnessmark(['fsck', `${LOG_ADDRESS}/log`, '--policy', policy, '--state', state, '--quiet', '--json'], { fetch });

/** The log as it is now; gone once a file is asked for whose path holds `gone`. */
function served(log: MemoryLog, gone = 'nothing'): typeof fetch {
  const files = log.files();
  return async (input) => {
    if (String(input).includes(gone)) throw new TypeError('fetch failed');
    const body = files.get(new URL(String(input)).pathname.replace(/^\/log\//, ''));
    return new Response(body as BodyInit, { status: body === undefined ? 404 : 200 });
  };
}

/** Breaks off after three of six bundles. */
async function interrupted(): Promise<Setting> {
  const given = setting();
  const broken = await fsck(given, served(given.log, 'entries/003'));
  expect([broken.code, existsSync(given.state)]).toEqual([11, true]);
  return given;
}

describe('an interrupted fsck', () => {
  test('goes on where it was, reads nothing twice but what it relies on, and leaves no state when done', async () => {
    const given = await interrupted();
    const again = await fsck(given, served(given.log));
    expect(JSON.parse(again.out)).toMatchObject({
      verdict: 'verified',
      size: SIZE,
      resumedAt: 768,
      entries: { epoch: 1, policy: 1, output: SIZE - 2 },
      problems: [],
    });
    expect(again.requests.filter((url) => /entries\/00[012]$|tile\/0\/00[012]$/.test(url))).toEqual([]);
    expect(again.requests.join(' ')).toContain('tile/1/000.p/5');
    expect([again.code, existsSync(given.state)]).toEqual([0, false]);
  });

  test('still names what the run before had found', async () => {
    const given = setting();
    given.log.entries[7] = Uint8Array.of(1, 2, 3);
    expect((await fsck(given, served(given.log, 'entries/003'))).code).toBe(11);
    const again = JSON.parse((await fsck(given, served(given.log))).out);
    expect(again).toMatchObject({ resumedAt: 768, problems: [{ where: 'entry 7' }] });
  });

  test.each([
    ['is not JSON', () => 'x'],
    ['says another size', (text: string) => text.replace('"size":768', '"size":512')],
    ['was made with other registrars', (text: string) => text.replace(/"registrars":\["../, '"registrars":["00')],
    ['holds a hash that the log does not serve', (text: string) => text.replace(/"edge":\["","../, '"edge":["","AA')],
    ['is another format', (text: string) => text.replace('"fsck":1', '"fsck":2')],
  ])('starts over where the state %s', async (_, change) => {
    const given = await interrupted();
    const text = readFileSync(given.state, 'utf8');
    writeFileSync(given.state, change(text));
    expect(readFileSync(given.state, 'utf8')).not.toBe(text);
    const again = JSON.parse((await fsck(given, served(given.log))).out);
    expect(again).toMatchObject({ verdict: 'verified', resumedAt: 0 });
  });

  test('goes on with a log that has grown meanwhile', async () => {
    const given = await interrupted();
    given.log.append(given.log.entries[3] ?? new Uint8Array());
    const again = JSON.parse((await fsck(given, served(given.log))).out);
    expect(again).toMatchObject({ verdict: 'verified', size: SIZE + 1, resumedAt: 768 });
  });

  test.each([
    ['before', 5],
    ['after', 1000],
  ])('finds that the log meanwhile has another history %s the break', async (_, at) => {
    const given = await interrupted();
    given.log.entries[at] = given.log.entries[1] ?? new Uint8Array();
    given.log.append(given.log.entries[3] ?? new Uint8Array());
    const again = await fsck(given, served(given.log));
    expect(again.code).toBe(10);
    const found = JSON.parse(again.out).problems.map(({ what }: { what: string }) => what);
    expect(found).toContain('does not continue the checkpoint that the interrupted run saw');
  });
});

describe('a large log', () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  test('of 100,000 entries is checked within a small heap', async () => {
    const folder = temporaryFolder();
    const log = new ManyEntries(100_000);
    writeFileSync(join(folder, 'trust.json'), log.trust());
    server = createServer((request, response) => {
      const file = log.file((request.url ?? '').replace(/^\/log\//, ''));
      response.writeHead(file === undefined ? 404 : 200).end(file);
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/log`;
    const args = [LAUNCHER, 'fsck', url, '--policy', join(folder, 'trust.json'), '--json', '--quiet'];
    const child = spawn(process.execPath, ['--max-old-space-size=24', '--max-semi-space-size=4', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ verdict: 'verified', size: 100_000 })]);
  });
});

describe('progress', () => {
  const run = async (size: number, errIsTty: boolean): Promise<string> => {
    const { log, policy } = setting(size);
    const { err } = await witnessmark(['fsck', `${LOG_ADDRESS}/log`, '--policy', policy], {
      fetch: log.fetch,
      errIsTty,
    });
    return err;
  };

  test('is a bar that redraws itself on a terminal, and ends its line', async () => {
    const err = await run(600, true);
    expect(err).toMatch(/^\r/);
    expect(err).toMatch(/\r█{24} 100 % {2}600 of 600 entries\n$/);
    expect(err.match(/\n/g)?.length).toBe(1);
  });

  test('is a line now and then elsewhere', async () => {
    expect(await run(3000, false)).toBe('read 2560 of 3000 entries\nread 3000 of 3000 entries\n');
  });
});
