/** Lookup rows on their way to the shards, when an attacker brings as many as there may be. */
import { expect, test, vi } from 'vitest';
import { MAX_PASSAGES } from '#shared/limits.ts';
import { LookupDO } from '../../worker/lookup/lookup-do.ts';
import { encodeAttachments } from '../../worker/storage/attachments.ts';
import { attestation } from './support/attestation.ts';
import { withLog } from './support/log-under-test.ts';

test('passages that all fall into one shard do not keep the rest of the log out of the index', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    const passages = (seed: number): Uint8Array[] =>
      Array.from({ length: MAX_PASSAGES }, (_, n) => {
        const digest = new Uint8Array(32).fill(seed, 4);
        // Two bytes say which bucket: these are of one shard, and each of another bucket.
        new DataView(digest.buffer).setUint16(0, n);
        return digest;
      });
    const many = Array.from({ length: 60 }, (_, n) => {
      const { content, ...made } = attestation('A text of many passages.', `${n}`);
      const attachments = encodeAttachments({ passages: passages(n), evidence: [] });
      return { ...made, content: { preimage: content?.preimage ?? new Uint8Array(), attachments } };
    });
    const last = attestation('A text after all of them.');
    const calls: number[] = [];
    const spy = vi.spyOn(LookupDO.prototype, 'add').mockImplementation((width, items) => {
      calls.push(items.reduce((rows, { keys }) => rows + keys.length / width, 0));
      return true;
    });
    await log.submitUntilLogged(many);
    await log.submitUntilLogged([last]);
    await log.sequencer.alarm();
    spy.mockRestore();
    expect(log.tables.content.undelivered(10)).toEqual([]);
    expect(calls.reduce((sum, rows) => sum + rows)).toBe(60 * (1 + MAX_PASSAGES) + 2);
    expect(Math.max(...calls)).toBeLessThan(3 * MAX_PASSAGES);
  });
});
