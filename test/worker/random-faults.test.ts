import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fault } from './support/faults.ts';
import { type LogUnderTest, withLog } from './support/log-under-test.ts';
import { submissions } from './support/submissions.ts';

/** One thing that happens to a log. */
type Step =
  | { readonly do: 'submit'; readonly from: number; readonly count: number; readonly wait: boolean }
  | { readonly do: 'break'; readonly after: number; readonly times: number; readonly fault: Fault }
  | { readonly do: 'restart' | 'alarm' | 'arrive' };

const SUBMISSIONS = 400;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      from: fc.nat(SUBMISSIONS),
      count: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 256 })),
      wait: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('break' as const),
      after: fc.nat(30),
      times: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 12 })),
      fault: fc.constantFrom<Fault>('failed', 'failed but persisted', 'slow'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'alarm' as const, 'arrive' as const) }) },
);

async function take(log: LogUnderTest, what: Step, underWay: Promise<unknown>[]): Promise<void> {
  switch (what.do) {
    case 'submit': {
      const answers = log.submit(submissions(what.from, what.count));
      underWay.push(answers);
      if (what.wait) await answered([answers]);
      return;
    }
    case 'break': {
      let operation = 0;
      log.faults.decide = () => {
        const n = operation++ - what.after;
        return n >= 0 && n < what.times ? what.fault : undefined;
      };
      return;
    }
    case 'restart':
      log.restart();
      return;
    case 'alarm':
      return log.sequencer.alarm();
    case 'arrive':
      return log.faults.arrive();
  }
}

const PATIENCE_MS = 20_000;
/** Timing is part of what varies here, so a failure is not shrunk. */
const RUNS = 25;

/** Everybody is answered, without another call or alarm to wake the log. */
async function answered(underWay: readonly Promise<unknown>[]): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('a submission was left waiting')), PATIENCE_MS);
  });
  await Promise.race([Promise.all(underWay), late]).finally(() => clearTimeout(timer));
}

test('whatever fails, restarts and arrives late, in any order, I1 to I7 hold and the log recovers', async () => {
  const sizes: number[] = [];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(2, 200, 254, 256),
      fc.array(step, { minLength: 3, maxLength: 12 }),
      async (size, steps) => {
        await withLog(async (log) => {
          await log.seed(size);
          const underWay: Promise<unknown>[] = [];
          for (const each of steps) await take(log, each, underWay);
          await answered(underWay);
          await log.check();
          log.faults.clear();
          await log.submitUntilLogged(submissions(SUBMISSIONS * 2, 2));
          await log.faults.arrive();
          log.restart();
          await log.submitUntilLogged(submissions(SUBMISSIONS * 2, 3));
          await log.check();
          expect(log.tables.lock()?.size).toBe(log.stored.visibleSize);
          sizes.push(log.stored.visibleSize);
        });
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  );
  expect(sizes).toHaveLength(RUNS);
}, 180_000);
