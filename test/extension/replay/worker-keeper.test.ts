import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { toBase64 } from '#shared/bytes/base64.ts';
import { encodeRecipe, type Recipe } from '#shared/evidence/replay/recipe.ts';
import type { ReplayReport } from '../../../extension/replay/protocol.ts';
import { createWorkerKeeper } from '../../../extension/replay/worker-keeper.ts';
import { RECIPE } from '../../shared/evidence/sample.ts';

class FakeWorker {
  onmessage: ((event: { data: ReplayReport }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  jobs: unknown[] = [];
  ended = false;
  postMessage(job: unknown): void {
    this.jobs.push(job);
  }
  terminate(): void {
    this.ended = true;
  }
  say(data: ReplayReport): void {
    this.onmessage?.({ data });
  }
}

const jobFor = (recipe: Recipe) => ({ recipe: toBase64(encodeRecipe(recipe)), certified: [] });
const otherModel: Recipe = { ...RECIPE, model: { ...RECIPE.model, digest: new Uint8Array(32) } };
const otherOutput: Recipe = { ...RECIPE, attested: new Uint8Array(32) };
const reproduced: ReplayReport = { outcome: { state: 'reproduced', reason: 'replay-reproduced' } };

describe('the worker of a replay', () => {
  let workers: FakeWorker[] = [];
  let reports: ReplayReport[] = [];
  const report = (each: ReplayReport): void => void reports.push(each);
  const keeperOf = () =>
    createWorkerKeeper(() => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker as unknown as Worker;
    }, 1000);
  beforeEach(() => {
    vi.useFakeTimers();
    workers = [];
    reports = [];
  });
  afterEach(() => vi.useRealTimers());

  test("serves the same model again and is replaced for another, so that no file reaches the next one's run", () => {
    const keeper = keeperOf();
    for (const recipe of [RECIPE, otherOutput, otherModel]) {
      keeper.run(jobFor(recipe), report);
      workers.at(-1)?.say(reproduced);
    }
    expect(workers.map(({ jobs, ended }) => [jobs.length, ended])).toEqual([
      [2, true],
      [1, false],
    ]);
    expect(reports).toEqual([reproduced, reproduced, reproduced]);
  });

  test('that falls silent is ended with a timeout, which is not a mismatch', () => {
    const keeper = keeperOf();
    keeper.run(jobFor(RECIPE), report);
    vi.advanceTimersByTime(900);
    workers[0]?.say({ progress: { step: 'run' } });
    vi.advanceTimersByTime(900);
    expect(reports).toHaveLength(1);
    vi.advanceTimersByTime(200);
    expect(reports[1]).toMatchObject({ outcome: { state: 'runtime-not-certified', reason: 'replay-timeout' } });
    expect(workers[0]?.ended).toBe(true);
    keeper.run(jobFor(RECIPE), report);
    expect(workers).toHaveLength(2);
  });

  test('that answered is left alone', () => {
    const keeper = keeperOf();
    keeper.run(jobFor(RECIPE), report);
    workers[0]?.say(reproduced);
    vi.advanceTimersByTime(5000);
    expect(reports).toEqual([reproduced]);
    expect(workers[0]?.ended).toBe(false);
    keeper.close();
    expect(workers[0]?.ended).toBe(true);
  });

  test('that crashes gives an outcome', () => {
    keeperOf().run({ recipe: '?', certified: [] }, report);
    workers[0]?.onerror?.({ message: 'out of memory' });
    expect(reports).toEqual([
      { outcome: { state: 'runtime-not-certified', reason: 'replay-run-failed', detail: 'out of memory' } },
    ]);
  });
});
