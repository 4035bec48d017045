import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeForkProof, type ForkProof } from '../../shared/log/fork-proof.ts';
import { consistencyProof, treeRoot } from '../../shared/log/merkle.ts';
import { checkpoint, leaves, ORIGIN, POLICY } from './support/histories.ts';
import { LOG_ADDRESS, MemoryLog } from './support/memory-log.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
writeFileSync(at('policy'), POLICY);

const AT = 1_790_000_000;
const evidence = { prefix: treeRoot(leaves(5, 1)), proof: consistencyProof(leaves(9, 1), 5) };
const fork: ForkProof = { at: AT, kept: checkpoint(5), offered: checkpoint(9, 1), evidence };

async function verify(proof: ForkProof | string, policy = 'policy') {
  writeFileSync(at('proof'), typeof proof === 'string' ? proof : encodeForkProof(proof));
  const json = await witnessmark(['verify-fork', at('proof'), '--policy', at(policy), '--json']);
  const page = await witnessmark(['verify-fork', at('proof'), '--policy', at(policy)]);
  expect([page.code, page.requests]).toEqual([json.code, []]);
  return { code: json.code, report: json.out === '' ? undefined : JSON.parse(json.out), page: page.out, err: json.err };
}

describe('verify-fork', () => {
  test('proves a fork offline, and says sizes, roots and when it was found', async () => {
    const { code, report, page } = await verify(fork);
    expect([code, report]).toEqual([
      0,
      expect.objectContaining({
        format: 'witnessmark-fork/1',
        verdict: 'fork',
        reason: 'other-prefix',
        origin: ORIGIN,
        foundAt: AT,
        kept: { size: 5, root: expect.stringMatching(/^[0-9a-f]{64}$/), witnesses: [] },
        offered: { size: 9, root: expect.stringMatching(/^[0-9a-f]{64}$/), witnesses: [] },
      }),
    ]);
    expect(page).toMatch(/^fork proven/);
    expect(page).toContain('does not begin with the smaller one');
  });

  test.each<[string, Partial<ForkProof>, number, string, string]>([
    ['two roots of one size', { offered: checkpoint(5, 1), evidence: undefined as never }, 0, 'fork', 'same-size'],
    ['one tree twice', { offered: checkpoint(5), evidence: undefined as never }, 10, 'refuted', 'fork-none'],
    [
      'a log that grew',
      { offered: checkpoint(9), evidence: { prefix: treeRoot(leaves(5)), proof: consistencyProof(leaves(9), 5) } },
      10,
      'refuted',
      'fork-none',
    ],
    ['hashes that lead elsewhere', { offered: checkpoint(9) }, 10, 'refuted', 'fork-evidence-invalid'],
    ['no evidence', { evidence: undefined as never }, 11, 'unproven', 'fork-unproven'],
    [
      'a note of somebody else',
      { offered: checkpoint(9, 1).replace('\n9\n', '\n8\n') },
      10,
      'refuted',
      'fork-note-refused',
    ],
    ['no note at all', { kept: 'x' }, 10, 'refuted', 'fork-note-refused'],
  ])('of %s', async (_, change, code, verdict, reason) => {
    const { evidence: hashes, ...rest } = { ...fork, ...change };
    const answer = await verify({ ...rest, ...(hashes && { evidence: hashes }) });
    expect([answer.code, answer.report.verdict, answer.report.reason]).toEqual([code, verdict, reason]);
  });

  test('says nothing about a log that the policy does not know', async () => {
    writeFileSync(at('other'), new MemoryLog().trust());
    const { code, report } = await verify(fork, 'other');
    expect([code, report.reason]).toEqual([11, 'log-unknown']);
  });

  test('names the witnesses that cosigned each side', async () => {
    const log = new MemoryLog();
    writeFileSync(at('trust'), log.trust());
    const [kept, other] = [log.checkpoint(), new MemoryLog()];
    other.entries[1] = Uint8Array.of(1);
    other.witnessesUp = 1;
    const { code, report } = await verify({ at: AT, kept, offered: other.checkpoint() }, 'trust');
    expect(code).toBe(0);
    expect(report.kept.witnesses).toEqual(['w1.example', 'w2.example']);
    expect(report.offered.witnesses).toEqual(['w1.example']);
  });

  test.each([
    ['nothing', '', 30],
    ['another spelling', encodeForkProof(fork).replace('"at"', '"at" '), 30],
    ['a list of proofs', `[${encodeForkProof(fork)}]`, 30],
    ['a newer format', '{"forkProof":2}\n', 20],
    ['too much', ' '.repeat(2_000_000), 30],
  ])('refuses %s', async (_, text, code) => {
    const answer = await verify(text);
    expect([answer.code, answer.report]).toEqual([code, undefined]);
    expect(answer.err).not.toBe('');
  });

  test('reads a file from standard input', async () => {
    const { code } = await witnessmark(['verify-fork', '-', '--policy', at('policy')], {
      stdin: encodeForkProof(fork),
    });
    expect(code).toBe(0);
  });
});

test('a bare policy file is read by every command', async () => {
  const log = new MemoryLog();
  const { policy } = JSON.parse(log.trust());
  writeFileSync(at('bare'), policy);
  const { code } = await witnessmark(['fsck', `${LOG_ADDRESS}/log`, '--policy', at('bare')], { fetch: log.fetch });
  expect([code, readFileSync(at('bare'), 'utf8').endsWith('\n')]).toEqual([0, true]);
});
