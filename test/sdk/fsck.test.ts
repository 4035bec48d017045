import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeVkey, noteKey } from '#shared/log/note.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import { fsck } from '../../sdk/fsck/fsck.ts';
import { nodeHasher } from '../../sdk/hashing/node-hasher.ts';
import { signOutput } from '../../sdk/issuer/build-output.ts';
import { createIssuerKey } from '../../sdk/issuer/key.ts';
import { folderLogSource } from '../../sdk/log/log-source.ts';
import { NOBLE, SCALAR, SIMD } from '../support/hashers.ts';
import { LOG_ADDRESS, MemoryLog, ORIGIN } from './support/memory-log.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

const key = createIssuerKey(new Uint8Array(32).fill(9));
const MODEL = { provider: 'openai.com', name: 'gpt-5' };

function filled(size: number): MemoryLog {
  const log = new MemoryLog();
  const { statement } = signOutput(
    { text: 'Hello.', model: MODEL, run: { operator: 'example.com' } },
    { issuer: 'https://example.com', key, log: LOG_ADDRESS },
  );
  // Distinct entries are not needed to fill tiles, and signing thousands would take long.
  while (log.entries.length < size) log.append(statement);
  return log;
}

function mirrored(log: MemoryLog): { folder: string; policy: string } {
  const folder = temporaryFolder();
  log.writeTo(folder);
  const policy = join(folder, 'trust.json');
  writeFileSync(policy, log.trust());
  return { folder, policy };
}

describe('fsck', () => {
  test.each([2, 3, 256, 257, 600])('finds a log of %i entries clean, from a folder and over http', async (size) => {
    const log = filled(size);
    const { folder, policy } = mirrored(log);
    const local = await witnessmark(['fsck', folder, '--policy', policy, '--json']);
    expect([local.code, local.requests]).toEqual([0, []]);
    expect(JSON.parse(local.out)).toMatchObject({ verdict: 'verified', size, problems: [], keys: 'policy' });
    for (const address of [LOG_ADDRESS, `${LOG_ADDRESS}/log`]) {
      const remote = await witnessmark(['fsck', address, '--policy', policy], { fetch: log.fetch });
      expect([remote.code, remote.out]).toEqual([0, expect.stringContaining('clean')]);
      expect(remote.err).toContain(`read ${size} of ${size} entries`);
    }
  });

  test('says that keys a log publishes about itself prove only agreement with itself', async () => {
    const log = filled(3);
    const { code, out } = await witnessmark(['fsck', LOG_ADDRESS, '--quiet'], { fetch: log.fetch });
    expect(code).toBe(0);
    expect(out).toContain('publishes about itself');
    const { folder } = mirrored(log);
    expect((await witnessmark(['fsck', folder])).code).toBe(11);
  });

  test('is unproven below the quorum and invalid under another key', async () => {
    const log = filled(3);
    log.witnessesUp = 1;
    const { folder, policy } = mirrored(log);
    expect((await witnessmark(['fsck', folder, '--policy', policy])).code).toBe(11);
    const checkpoint = readFileSync(join(folder, 'checkpoint'), 'utf8');
    writeFileSync(join(folder, 'checkpoint'), checkpoint.replace('\n3\n', '\n2\n'));
    const { code, out } = await witnessmark(['fsck', folder, '--policy', policy]);
    expect(code).toBe(10);
    expect(out).toContain('signature-invalid');
  });

  test.each([
    ['tile/0/000', 40],
    ['tile/0/001.p/44', 0],
    ['tile/1/000.p/1', 31],
    ['tile/entries/000', 300],
    ['tile/entries/001.p/44', 30],
  ])('names %s when a byte of it differs', async (path, offset) => {
    const { folder, policy } = mirrored(filled(300));
    const bytes = readFileSync(join(folder, path));
    bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    writeFileSync(join(folder, path), bytes);
    const { code, out } = await witnessmark(['fsck', folder, '--policy', policy, '--json', '--quiet']);
    expect(code).toBe(10);
    const where = JSON.parse(out).problems.map((problem: { where: string }) => problem.where);
    expect(where.join(' ')).toMatch(path.includes('entries') ? /tile\/0\/|entries|checkpoint/ : new RegExp(path));
  });

  test('names the entry that is not the one that was signed', async () => {
    const { folder, policy } = mirrored(filled(300));
    const path = join(folder, 'tile/entries/001.p/44');
    const bytes = readFileSync(path);
    bytes[30] = (bytes[30] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const { out } = await witnessmark(['fsck', folder, '--policy', policy, '--quiet']);
    expect(out).toContain('tile/entries/001.p/44: entry 256 is not the one that was signed');
  });

  test.each([SIMD, SCALAR, NOBLE])('says the same when it hashes with $engine', async (hasher) => {
    const { folder, policy } = mirrored(filled(600));
    for (const path of ['tile/entries/001', 'tile/1/000.p/2']) {
      const bytes = readFileSync(join(folder, path));
      bytes[30] = (bytes[30] ?? 0) ^ 1;
      writeFileSync(join(folder, path), bytes);
    }
    const trust = parseTrust(readFileSync(policy, 'utf8'));
    const options = trust.ok ? { trust: trust.value } : {};
    const report = await fsck(folderLogSource(folder), { ...options, hasher });
    expect(report).toEqual(await fsck(folderLogSource(folder), options));
    expect(report.ok && report.value.problems.length).toBe(3);
  });

  test('hashes with SIMD in this Node', () => {
    expect(nodeHasher().engine).toBe('simd');
  });

  test.each([
    ['tile/0/001.p/44', new Uint8Array(32), 'tile/0/001.p/44: has the wrong length'],
    ['tile/entries/001.p/44', Uint8Array.of(0, 1, 7), 'tile/entries/001.p/44: too many entries'],
  ])('names %s when it goes on beyond its width', async (path, more, problem) => {
    const { folder, policy } = mirrored(filled(300));
    appendFileSync(join(folder, path), more);
    const { code, out } = await witnessmark(['fsck', folder, '--policy', policy, '--quiet']);
    expect([code, out]).toEqual([10, expect.stringContaining(problem)]);
  });

  test('takes the signature of any key that the policy has for the log', async () => {
    const log = filled(3);
    const { folder, policy } = mirrored(log);
    const former = encodeVkey(noteKey(ORIGIN, 1, createIssuerKey().publicKey));
    const document = JSON.parse(log.trust());
    writeFileSync(policy, JSON.stringify({ ...document, policy: `log ${former}\n${document.policy}` }));
    expect((await witnessmark(['fsck', folder, '--policy', policy, '--quiet'])).code).toBe(0);
  });

  test('names a file that is missing', async () => {
    const { folder, policy } = mirrored(filled(300));
    rmSync(join(folder, 'tile/1'), { recursive: true });
    const { code, out } = await witnessmark(['fsck', folder, '--policy', policy, '--quiet']);
    expect(code).toBe(10);
    expect(out).toContain('tile/1/000.p/1: missing');
  });

  test('names an entry that is no statement', async () => {
    const log = filled(5);
    log.append(new TextEncoder().encode('hello'));
    const { folder, policy } = mirrored(log);
    const { code, out } = await witnessmark(['fsck', folder, '--policy', policy, '--quiet']);
    expect(code).toBe(10);
    expect(out).toMatch(/entry 5: statement-/);
  });

  test('names a registrar statement that the registrar did not sign', async () => {
    const log = filled(3);
    const forged = new MemoryLog();
    Object.assign(forged, { registrar: key });
    forged.keyEvent('https://example.com', key, 'add');
    log.append(forged.entries.at(-1) ?? new Uint8Array());
    const { folder, policy } = mirrored(log);
    const { code, out } = await witnessmark(['fsck', folder, '--policy', policy, '--quiet']);
    expect(code).toBe(10);
    expect(out).toContain('entry 3: not-by-registrar');
  });

  test('names a file of a mirror that is larger than it can be', async () => {
    const { folder, policy } = mirrored(filled(300));
    writeFileSync(join(folder, 'tile/0/000'), new Uint8Array(8193));
    const { code, err } = await witnessmark(['fsck', folder, '--policy', policy, '--quiet']);
    expect([code, err]).toEqual([11, expect.stringContaining('tile/0/000 is too large')]);
  });

  test('knows nothing about a log it cannot reach (11), and refuses what is no checkpoint (30)', async () => {
    expect((await witnessmark(['fsck', LOG_ADDRESS])).code).toBe(11);
    const folder = temporaryFolder();
    expect((await witnessmark(['fsck', folder])).code).toBe(11);
    writeFileSync(join(folder, 'checkpoint'), 'hello\n');
    expect((await witnessmark(['fsck', folder])).code).toBe(30);
  });
});
