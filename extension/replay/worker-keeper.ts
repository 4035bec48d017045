/**
 * Keeps one worker for one model. Another model gets a fresh one: a hostile file that broke the runtime's memory cannot
 * reach the next run. A worker that says nothing for too long is ended; that is an outcome, never a mismatch.
 */
import { fromBase64 } from '#shared/bytes/base64.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { parseRecipe } from '#shared/evidence/replay/recipe.ts';
import type { ReplayOutcome } from '#shared/evidence/replay/replay.ts';
import type { ReplayJob, ReplayReport } from './protocol.ts';

/** How often a silent run is said to be still running, so that Chrome does not stop the waiting service worker. */
const STILL_RUNNING_MILLISECONDS = 15_000;
/** The longest silence of a worker; downloads report progress, so only a run can be this quiet. */
const SILENCE_MILLISECONDS = 60_000;

const unfinished = (reason: 'replay-timeout' | 'replay-run-failed', detail: string): ReplayReport => {
  const outcome: ReplayOutcome = { state: 'runtime-not-certified', reason, detail };
  return { outcome };
};

function modelOf(job: ReplayJob): string | undefined {
  const recipe = parseRecipe(fromBase64(job.recipe) ?? new Uint8Array(0));
  return recipe.ok ? toHex(recipe.value.model.digest) : undefined;
}

/** Runs jobs one at a time. */
export interface WorkerKeeper {
  /** Exactly one outcome is reported, last. */
  run(job: ReplayJob, report: (report: ReplayReport) => void): void;
  close(): void;
}

/** @param start - starts a fresh worker */
export function createWorkerKeeper(start: () => Worker, silenceMilliseconds = SILENCE_MILLISECONDS): WorkerKeeper {
  let worker: Worker | undefined;
  let model: string | undefined;

  const close = (): void => {
    worker?.terminate();
    worker = undefined;
  };

  function run(job: ReplayJob, report: (report: ReplayReport) => void): void {
    const wanted = modelOf(job);
    if (wanted !== model) close();
    model = wanted;
    worker ??= start();
    let timer: ReturnType<typeof setTimeout>;
    let last: ReplayReport = { progress: { step: 'runtime' } };
    const alive = setInterval(() => report(last), STILL_RUNNING_MILLISECONDS);
    const finish = (): void => {
      clearTimeout(timer);
      clearInterval(alive);
    };
    const giveUp = (reason: 'replay-timeout' | 'replay-run-failed', detail: string): void => {
      finish();
      close();
      report(unfinished(reason, detail));
    };
    const listen = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => giveUp('replay-timeout', `${silenceMilliseconds} ms`), silenceMilliseconds);
    };
    listen();
    worker.onmessage = ({ data }: MessageEvent<ReplayReport>) => {
      if ('outcome' in data) finish();
      else {
        last = data;
        listen();
      }
      report(data);
    };
    worker.onerror = (event) => giveUp('replay-run-failed', event.message);
    worker.postMessage(job);
  }

  return { run, close };
}
