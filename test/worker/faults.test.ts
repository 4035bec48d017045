import { expect, test } from 'vitest';
import type { Fault, Operation } from './faults.ts';
import { submissions, withLog } from './log-under-test.ts';

/** From the size before the round to the size it reaches; 0 to 2 is genesis, which no submission takes part in. */
const GROWTH: readonly (readonly [number, number])[] = [
  [0, 2],
  [2, 3],
  [2, 255],
  [2, 256],
  [2, 257],
  [255, 256],
  [255, 511],
  [256, 257],
  [256, 512],
  [257, 513],
  [511, 512],
  [512, 513],
];

const WRITES: readonly Operation['kind'][] = ['write', 'delete', 'commit'];

test.each(
  GROWTH.flatMap(([from, to]) =>
    (['failed', 'failed but persisted', 'slow', 'late'] as const).map((fault) => ({ from, to, fault })),
  ),
)(
  'from $from to $to entries, any one write $fault: nothing acknowledged is lost, nothing is seen that is not whole',
  async ({ from, to, fault }) => {
    const faulted: string[] = [];
    for (let n = 0; ; n++) {
      let met = false;
      await withLog(async (log) => {
        if (from > 0) await log.growTo(from);
        let write = 0;
        log.faults.decide = (operation): Fault | undefined => {
          if (!WRITES.includes(operation.kind) || write++ !== n) return undefined;
          met = true;
          faulted.push(operation.name);
          return fault;
        };
        const batch = submissions(0, to - Math.max(from, 2));
        await log.submit(batch);
        await log.check();
        await log.sequencer.alarm();
        await log.check();
        log.faults.clear();
        const indices = await log.submitUntilLogged(batch);
        expect(new Set(indices).size).toBe(batch.length);
        await log.faults.arrive();
        await log.sequencer.alarm();
        await log.check();
        log.restart();
        await log.sequencer.ready();
        await log.check();
        expect(log.stored.visibleSize).toBe(to);
      });
      if (!met) break;
    }
    for (const name of ['commit', 'clearStaged', 'log/checkpoint', 'log/checkpoint.cosigned'])
      expect(faulted).toContain(name);
    expect(faulted.filter((name) => name.startsWith('log/tile/entries/')).length).toBeGreaterThan(0);
    expect(faulted.filter((name) => name.startsWith('log/tile/0/')).length).toBeGreaterThan(0);
  },
);
