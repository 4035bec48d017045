/** What monitoring reads of a log that is in trouble. */
import { expect, test } from 'vitest';
import { withLog } from './support/log-under-test.ts';

test('what monitoring reads is there, too, while the log cannot be loaded', async () => {
  await withLog(async (log) => {
    await log.seed(2);
    log.faults.decide = ({ kind }) => (kind === 'read' ? 'failed' : undefined);
    await expect(log.sequencer.ready()).rejects.toThrow('injected');
    const text = await log.sequencer.metrics();
    expect(text).toContain('witnessmark_staged_objects 0');
    expect(text).not.toMatch(/^witnessmark_tree_size /m);
  });
});
