/** The trail page's audit without its page: what it tells and what it answers. */
import { describe, expect, test } from 'vitest';
import type { LogSource } from '#shared/log/log-files.ts';
import { treeRoot } from '#shared/log/merkle.ts';
import { err } from '#shared/result.ts';
import { type AuditProgress, type AuditQuestion, auditLog } from '../../worker/pages/browser/audit-log.ts';
import { answerWords, faultWords, progressWords } from '../../worker/pages/browser/audit-words.ts';
import { SIMD } from '../support/hashers.ts';
import { flip, type PublishedLog, publishedLog, sourceOf } from '../support/published-log.ts';

async function audited(log: PublishedLog, more: Partial<AuditQuestion> = {}, source: LogSource = sourceOf(log)) {
  const told: AuditProgress[] = [];
  const answer = await auditLog(source, { checkpoint: log.checkpoint, ...more }, SIMD, (each) => told.push(each));
  return { answer, told };
}

const stateOf = (log: PublishedLog, size: number) => ({ size, root: treeRoot(log.leaves.slice(0, size)) });

describe('the audit of a page', () => {
  test('tells after each bundle how far it is, in entries, bytes and tree nodes', async () => {
    const log = publishedLog(600);
    const { answer, told } = await audited(log, { earlier: stateOf(log, 300) });
    expect(answer).toEqual({ end: 'holds' });
    expect(told.map(({ entries, nodes, engine }) => [entries, nodes, engine])).toEqual([
      [256, 256 + 255, 'simd'],
      [512, 512 + 2 * 255, 'simd'],
      [600, 600 + 2 * 255, 'simd'],
    ]);
    const files = ['tile/0/000', 'tile/0/001', ...[...log.files.keys()].filter((path) => path.includes('entries'))];
    const bytes = files.reduce((sum, path) => sum + (log.files.get(path)?.length ?? 0), 0);
    expect(told.at(-1)?.bytes).toBe(bytes);
  });

  test('counts each tile of each level once', async () => {
    const size = 65_536;
    const { told } = await audited(publishedLog(size));
    expect(told.at(-1)?.nodes).toBe(2 * size - 1);
  });

  test('finds that the log went back behind the state that the trail was proven in', async () => {
    const log = publishedLog(300);
    const { answer } = await audited(log, { earlier: stateOf(publishedLog(301), 301) });
    expect(answer).toEqual({
      end: 'faults',
      faults: [{ where: 'checkpoint', what: 'does not lead through the state that this trail was proven in' }],
      more: 0,
    });
  });

  test('names twenty faults and counts the others', async () => {
    const log = publishedLog(256 * 30);
    for (let n = 0; n < 30; n++) flip(log, `tile/0/${String(n).padStart(3, '0')}`, 9);
    const { answer } = await audited(log);
    expect(answer).toMatchObject({ end: 'faults', faults: { length: 20 }, more: 10 });
  });

  test('is over where the log stops answering', async () => {
    const log = publishedLog(600);
    const honest = sourceOf(log);
    const read: LogSource['read'] = async (path, maxBytes) =>
      path === 'tile/entries/001' ? err('log-unreachable', 'no route') : honest.read(path, maxBytes);
    const { answer } = await audited(log, {}, { name: 'gone', read });
    expect(answer).toEqual({ end: 'unreachable', detail: 'no route' });
  });
});

describe('the words of the audit', () => {
  const tile = { where: 'tile/0/001', what: 'differs from the entries at hash 3' };
  const entry = { where: 'tile/entries/001', what: 'entry 259 is not the one that was signed' };
  const root = { where: 'checkpoint', what: 'root-mismatch' };

  test.each([
    ['a whole log', { end: 'holds' }, /^The whole log holds: 1,234 entries/],
    ['a wrong tile', { end: 'faults', faults: [tile], more: 0 }, /entries are the ones the log signed/],
    ['wrong tiles and more', { end: 'faults', faults: [tile], more: 1 }, /^The log does not hold/],
    [
      'a changed entry',
      { end: 'faults', faults: [tile, root, entry], more: 0 },
      /In tile\/entries\/001, entry 259 is not/,
    ],
    ['another root', { end: 'faults', faults: [root], more: 0 }, /is not what it signed\.$/],
    ['silence', { end: 'unreachable', detail: 'no route' }, /nothing is known about the rest: no route\.$/],
    ['its own failure', { end: 'failed' }, /nothing is known\.$/],
  ] as const)('say what happened: %s', (_, answer, words) => {
    expect(answerWords(answer, 1234, false)).toMatch(words);
  });

  test('say every fault in a sentence', () => {
    const faults = [root, { where: 'tile/entries/001', what: 'missing' }, tile];
    expect(faults.map(faultWords)).toEqual([
      'the entries do not give the root that the log signed',
      'is not served',
      'differs from the entries at hash 3',
    ]);
  });

  test('are about one entry where there is one, and take no time for none', () => {
    const progress = { entries: 1, bytes: 350, nodes: 1, seconds: 0, engine: 'noble' } as const;
    expect(progressWords(progress, 1)).toBe('1 of 1 entry · 0.0 MB · 0 tree nodes/s (JavaScript)');
  });
});
