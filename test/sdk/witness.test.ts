import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { originHash } from '../../sdk/witness/witness-store.ts';
import { openCheckpoint } from '../../shared/log/checkpoint.ts';
import { verifyCosignatures } from '../../shared/log/cosignature.ts';
import { encodeNote, parseNote, parseSignatureLines, parseVkey } from '../../shared/log/note.ts';
import { NOTE_ALGORITHMS } from '../../shared/log/note-algorithms.ts';
import { parsePolicy } from '../../shared/log/policy.ts';
import { tilePath } from '../../shared/log/tile.ts';
import { consistencyProofFromTiles } from '../../shared/log/tile-proofs.ts';
import { encodeWitnessRequest } from '../../shared/log/witness-request.ts';
import { collectCosignatures } from '../../worker/sequencer/collect-cosignatures.ts';
import { postJson, startIssuer, startTestLog } from '../support/worker-harness.ts';
import { checkpoint, LOG_KEY, leaves, ORIGIN, POLICY, request } from './support/histories.ts';
import { type Running, start } from './support/process.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

let folder: string;
let running: Running[] = [];
const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = temporaryFolder();
  writeFileSync(at('policy'), POLICY);
  await witnessmark(['keygen', '--out', at('key')]);
});

afterEach(async () => {
  for (const each of running) each.kill('SIGKILL');
  await Promise.all(running.map(({ exit }) => exit));
  running = [];
});

const options = (...more: string[]): string[] => [
  ...['witness', '--name', 'w.example', '--key', at('key'), '--policy', at('policy'), '--state', at('state')],
  ...['--listen', '127.0.0.1:0', ...more],
];

async function startWitness(...more: string[]): Promise<Running & { url: string; key: string; mlDsaKey: string }> {
  const witness = start(...options(...more));
  running.push(witness);
  const { url, keys } = await witness.line('listening');
  const [key = '', mlDsaKey = ''] = keys as string[];
  return { ...witness, url: String(url), key, mlDsaKey };
}

const post = async (url: string, body: string | Uint8Array) => {
  const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: body as BodyInit });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
};
const monitored = (url: string) => fetch(`${url}/${originHash(ORIGIN)}/checkpoint`);
const sizeNow = async (url: string): Promise<number> => {
  const note = openCheckpoint(await (await monitored(url)).text(), [LOG_KEY]);
  return note.ok ? note.value.checkpoint.size : -1;
};

describe('the witness', () => {
  test('cosigns what grows, refuses the rest by the book, and shows monitors what it signed', async () => {
    const { url, key } = await startWitness();
    const vkey = parseVkey(key);
    const last = (text: string) => text.slice(text.lastIndexOf('\n\n') + 2);
    expect((await monitored(url)).status).toBe(404);
    const first = await post(url, request(0, 5));
    expect([first.status, parseSignatureLines(first.body).ok]).toEqual([200, true]);
    const cases: [string | Uint8Array, number][] = [
      ['old 05\n\nx\n', 400],
      [request(0, 5).replace('old 0', 'old 6'), 400],
      [new Uint8Array([0xff, 0xfe]), 400],
      ['x'.repeat(200_000), 400],
      [request(5, 9).replaceAll(ORIGIN, 'nobody.example'), 404],
      [request(5, 9).replace(/— (\S+) (.{8})/, (_, name, start) => `— ${name} ${start.slice(0, -1)}A`), 403],
      [request(0, 9), 409],
      [request(5, 9).replace(last(request(5, 9)), last(request(5, 8))), 403],
      [encodeWitnessRequest({ oldSize: 5, proof: [], checkpoint: checkpoint(9) }), 422],
      [request(5, 9), 200],
      [request(9, 9), 200],
    ];
    for (const [body, status] of cases) expect((await post(url, body)).status, String(body).slice(0, 60)).toBe(status);
    expect(await post(url, request(0, 9))).toEqual({ status: 409, type: 'text/x.tlog.size', body: '9\n' });

    const shown = parseNote(await (await monitored(url)).text());
    expect(shown.ok && shown.value.signatures.map(({ name }) => name)).toEqual([ORIGIN, 'w.example']);
    const cosigned = shown.ok && vkey.ok && verifyCosignatures(shown.value, [vkey.value]);
    expect(cosigned).toMatchObject({ ok: true, value: [{ witness: { name: 'w.example' } }] });
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(`${url}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${url}/../etc/passwd`)).status).toBe(404);
    expect((await fetch(`${url}/${'0'.repeat(64)}/checkpoint`)).status).toBe(404);
  });

  test('never goes back, however often it is killed between requests or within one', async () => {
    let known = 0;
    for (let round = 0; round < 6; round++) {
      const witness = await startWitness();
      expect(await sizeNow(witness.url)).toBe(known === 0 ? -1 : known);
      expect((await post(witness.url, request(known, known + 7))).status).toBe(200);
      known += 7;
      expect((await post(witness.url, request(0, 3))).body).toBe(`${known}\n`);
      const racing = post(witness.url, request(known, known + 1)).catch(() => undefined);
      if (round % 2 === 0) await new Promise((resolve) => setTimeout(resolve, round));
      witness.kill('SIGKILL');
      await witness.exit;
      const answered = await racing;
      const next = await startWitness();
      const stored = await sizeNow(next.url);
      // An answer that got out is remembered; one that did not may or may not be.
      expect(answered?.status === 200 ? [known + 1] : [known, known + 1]).toContain(stored);
      known = stored;
      next.kill('SIGKILL');
      await next.exit;
    }
  });

  test('lets racing requests win once each size, and none roll another back', async () => {
    const { url } = await startWitness();
    await post(url, request(0, 5));
    const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => post(url, request(5, 6 + (i % 12)))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(23);
    const won = answers.findIndex(({ status }) => status === 200);
    expect(await sizeNow(url)).toBe(6 + (won % 12));
  });

  test('keeps the first proof of a fork, which convinces whoever has the key, and cosigns its own branch on', async () => {
    const witness = await startWitness();
    await post(witness.url, request(0, 5));
    expect((await post(witness.url, request(5, 5, 1))).status).toBe(422);
    const { file } = await witness.line('fork');
    const proof = readFileSync(String(file));
    const verified = await witnessmark(['verify-fork', String(file), '--policy', at('policy'), '--json']);
    expect([verified.code, JSON.parse(verified.out).reason]).toEqual([0, 'same-size']);
    expect((await post(witness.url, request(5, 9, 1))).status).toBe(422);
    expect(readFileSync(String(file))).toEqual(proof);
    expect((await post(witness.url, request(5, 9))).status).toBe(200);
  });

  test.each([
    ['a proof that leads to the other history', request(5, 9, 1), 'fork', 0],
    [
      'junk beside a genuine checkpoint',
      encodeWitnessRequest({ oldSize: 5, proof: leaves(2, 3), checkpoint: checkpoint(9) }),
      'unproven',
      11,
    ],
  ])('tells %s for what it is', async (_, body, event, code) => {
    const witness = await startWitness();
    await post(witness.url, request(0, 5));
    expect((await post(witness.url, body)).status).toBe(422);
    const { file } = await witness.line(event);
    expect((await witnessmark(['verify-fork', String(file), '--policy', at('policy')])).code).toBe(code);
    expect(readdirSync(join(at('state'), originHash(ORIGIN))).sort()).toEqual([
      'checkpoint',
      expect.stringMatching(/json$/),
    ]);
  });

  test('cuts off who sends too much or too slowly, and goes on serving others', async () => {
    const { url } = await startWitness();
    const endless = await new Promise<number | string>((resolve) => {
      const sending = httpRequest(`${url}/add-checkpoint`, { method: 'POST' }, (response) => {
        resolve(response.statusCode ?? 0);
        sending.destroy();
      });
      sending.on('error', (cause) => resolve(cause.message));
      for (let i = 0; i < 30; i++) sending.write('x'.repeat(16_384));
    });
    expect(endless).toBe(400);
    const { port } = new URL(url);
    const slow = connect(Number(port), '127.0.0.1');
    slow.write('POST /add-checkpoint HTTP/1.1\r\nhost: w\r\ncontent-length: 100\r\n\r\nold');
    expect((await post(url, request(0, 5))).status).toBe(200);
    const cut = await new Promise<string>((resolve) => slow.once('data', (data) => resolve(String(data))));
    expect(cut).toMatch(/^HTTP\/1\.1 40[08]/);
    slow.destroy();
  });

  test('ends cleanly when asked to, though a client hangs, and lets go of its state', async () => {
    const witness = await startWitness();
    const hanging = connect(Number(new URL(witness.url).port), '127.0.0.1');
    hanging.write('POST /add-checkpoint HTTP/1.1\r\nhost: w\r\ncontent-length: 100\r\n\r\nold');
    await post(witness.url, request(0, 5));
    witness.kill('SIGTERM');
    expect(await witness.exit).toEqual({ code: 0, signal: null });
    expect([await witness.line('stopped'), witness.err()]).toEqual([expect.anything(), '']);
    expect(existsSync(join(at('state'), 'lock'))).toBe(false);
    hanging.destroy();
  });
});

describe('the state of the witness', () => {
  const file = () => join(at('state'), originHash(ORIGIN), 'checkpoint');
  const refusedToStart = async (): Promise<string> => {
    const { code, err } = await witnessmark(options());
    expect(code).toBe(30);
    return err;
  };

  beforeEach(async () => {
    const witness = await startWitness();
    await post(witness.url, request(0, 5));
    witness.kill('SIGTERM');
    await witness.exit;
  });

  test('is private, and is the very file that monitors are given', async () => {
    expect(statSync(at('state')).mode & 0o777).toBe(0o700);
    expect(await (await monitored((await startWitness()).url)).text()).toBe(readFileSync(file(), 'utf8'));
  });

  test.each([
    ['empty', () => ''],
    ['cut short', (text: string) => text.slice(0, -1)],
    ['a checkpoint it has not cosigned', () => checkpoint(5)],
    ['another size', (text: string) => text.replace('\n5\n', '\n4\n')],
  ])('that is %s is refused, never taken for nothing', async (_, change) => {
    const text = readFileSync(file(), 'utf8');
    writeFileSync(file(), change(text));
    expect(await refusedToStart()).toMatch(/not a checkpoint of .* that this witness cosigned/);
  });

  test('of another witness, or of a log whose key has changed, is refused', async () => {
    await witnessmark(['keygen', '--out', at('key2')]);
    const other = await witnessmark(options().map((each) => (each === at('key') ? at('key2') : each)));
    expect([other.code, other.err]).toEqual([30, expect.stringContaining('that this witness cosigned')]);
  });

  test('serves one process at a time; a lock left by one that was killed does not count', async () => {
    const witness = await startWitness();
    expect(await refusedToStart()).toContain(`process ${witness.pid} is using`);
    witness.kill('SIGKILL');
    await witness.exit;
    expect(existsSync(join(at('state'), 'lock'))).toBe(true);
    expect(await sizeNow((await startWitness()).url)).toBe(5);
  });
});

describe('options of the witness', () => {
  test.each([
    [['--listen', 'nowhere'], /not HOST:PORT/],
    [['--listen', '127.0.0.1:99999'], /not HOST:PORT/],
    [['--name', 'a b'], /cannot name a witness/],
    [['--policy', 'EMPTY'], /names no log/],
  ])('%j', async (change, message) => {
    writeFileSync(at('empty'), 'quorum none\n');
    const [option = '', value = ''] = change;
    const argv = options();
    argv[argv.indexOf(option) + 1] = value === 'EMPTY' ? at('empty') : value;
    const { code, err } = await witnessmark(argv);
    expect([code, err]).toEqual([30, expect.stringMatching(message)]);
  });

  test('a port that is taken is said to be', async () => {
    const { url } = await startWitness();
    const argv = options().map((each) => (each === '127.0.0.1:0' ? new URL(url).host : each));
    const { code, err } = await witnessmark(argv.map((each) => (each === at('state') ? at('state2') : each)));
    expect([code, err]).toEqual([30, expect.stringContaining('cannot listen')]);
  });
});

test('the real log, asking as it asks its own witnesses, gets both our cosignatures as it grows', async () => {
  const log = await startTestLog();
  try {
    const lines: string[] = JSON.parse(log.trust).policy.match(/^log \S+/gm);
    writeFileSync(at('policy'), `${lines.join('\n')}\nquorum none\n`);
    expect((await witnessmark(['keygen', '--alg', 'ML-DSA-44', '--out', at('ml-dsa')])).code).toBe(0);
    const { url, key, mlDsaKey } = await startWitness('--ml-dsa-key', at('ml-dsa'));
    const both = `witness ed25519 ${key} ${url}\nwitness ml-dsa ${mlDsaKey} ${url}\n`;
    const policy = parsePolicy(`${lines.join('\n')}\n${both}group ours all ed25519 ml-dsa\nquorum ours\n`);
    if (!policy.ok) throw new Error('policy');
    const logKeys = policy.value.logs.map((each) => each.key);
    expect(logKeys.map(({ type }) => type)).toEqual([1, 6]);
    let known = 0;
    const cosign = async (): Promise<boolean> => {
      const opened = openCheckpoint(
        await (await fetch(`${log.logUrl}/log/checkpoint`)).text(),
        logKeys,
        NOTE_ALGORITHMS,
      );
      if (!opened.ok) throw new Error(opened.reason);
      const { note, checkpoint: head } = opened.value;
      const collected = await collectCosignatures({
        note: { text: note.text, signatures: note.signatures.filter(({ name }) => name === head.origin) },
        size: head.size,
        policy: policy.value,
        deadlineMs: 5000,
        fetch,
        consistency: async (oldSize) => {
          const proof = await consistencyProofFromTiles(
            async (level, n, width) => {
              const tile = await fetch(`${log.logUrl}/log/${tilePath(level, n, width)}`);
              return tile.ok ? new Uint8Array(await tile.arrayBuffer()) : undefined;
            },
            oldSize,
            head.size,
          );
          return proof.ok ? proof.value : [];
        },
        knownSize: () => known,
        learnSize: (_, size) => {
          known = size;
        },
      });
      const read = parseNote(encodeNote(collected.note));
      const witnesses = policy.value.witnesses.map((each) => each.key);
      const cosigned = read.ok && verifyCosignatures(read.value, witnesses, NOTE_ALGORITHMS);
      return collected.quorum && cosigned !== false && cosigned.ok && cosigned.value.length === 2;
    };
    expect(await cosign()).toBe(true);
    const before = known;
    known = 0;
    const issuer = await startIssuer();
    await postJson(`${log.logUrl}/v1/issuers`, { origin: issuer.origin });
    await issuer.stop();
    expect(await cosign()).toBe(true);
    expect(known).toBeGreaterThan(before);
  } finally {
    await log.stop();
  }
});
