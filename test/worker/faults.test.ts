import { expect, test } from 'vitest';
import type { Fault, Operation } from './support/faults.ts';
import { withLog } from './support/log-under-test.ts';
import { submissions } from './support/submissions.ts';

/**
 * From the size before a round to the size it reaches, on both sides of each boundary of 256. Genesis goes from 0 to 2
 * in one round, so no log ever has one entry.
 */
const GROWTH: readonly (readonly [number, number])[] = [
  [0, 2],
  [2, 3],
  [2, 255],
  [255, 256],
  [255, 257],
  [256, 257],
  [256, 512],
  [511, 513],
  [512, 513],
];

const WRITES: readonly Operation['kind'][] = ['write', 'delete', 'commit'];

const FAULTS: readonly Fault[] = ['failed', 'failed but persisted', 'slow'];

const CASES = GROWTH.flatMap(([from, to]) => FAULTS.map((fault) => ({ from, to, fault }))).filter(
  // Slowness does not depend on where exactly a boundary lies.
  ({ fault, from }) => fault !== 'slow' || [0, 2, 255, 511].includes(from),
);

test.each(CASES)('from $from to $to entries, whichever write is $fault, I1 to I7 hold', async ({ from, to, fault }) => {
  const faulted: string[] = [];
  for (let n = 0; faulted.length === n; n++) {
    await withLog(async (log) => {
      if (from > 0) await log.seed(from);
      let write = 0;
      log.faults.decide = (operation): Fault | undefined => {
        if (!WRITES.includes(operation.kind) || write++ !== n) return undefined;
        faulted.push(operation.name);
        return fault;
      };
      const batch = submissions(0, to - Math.max(from, 2));
      await log.submit(batch);
      await log.sequencer.alarm();
      await log.check();
      log.faults.clear();
      await log.submitUntilLogged(batch);
      await log.check();
      await log.faults.arrive();
      log.restart();
      await log.sequencer.ready();
      await log.sequencer.alarm();
      await log.check();
      expect(log.stored.visibleSize).toBe(to);
    });
  }
  expect(faulted).toEqual(
    expect.arrayContaining(['commit', 'clearStaged', 'log/checkpoint', 'log/checkpoint.cosigned']),
  );
  expect(faulted.some((name) => name.startsWith('log/tile/entries/'))).toBe(true);
  expect(faulted.some((name) => name.startsWith('log/tile/0/'))).toBe(true);
});
