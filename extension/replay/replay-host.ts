/**
 * Replay for the background: one at a time, off the main thread, only when asked. The document that runs it is opened
 * on first use and closed when nobody has asked for a while.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64 } from '#shared/bytes/base64.ts';
import { toHex } from '#shared/bytes/hex.ts';
import type { OnProgress } from '#shared/evidence/replay/engine.ts';
import type { ReplayOutcome } from '#shared/evidence/replay/replay.ts';
import type { Browser } from '../platform.ts';
import type { ReplayJob, ReplayReport } from './protocol.ts';
import { closeStage, openStage } from './replay-stage.ts';
import { loadAnswer, loadCertificates, storeAnswer, storeCertificate } from './replay-store.ts';

const IDLE_MILLISECONDS = 30_000;

/** Runs recipes. */
export interface ReplayHost {
  /**
   * Runs a recipe, or gives the answer it gave earlier in this browser session. Never rejects.
   *
   * The outcome speaks about the recipe only: put it together with the finding that `replayEvidence` gave with it
   * by `afterReplay`, and call it reproduced only if that is `genuine: 'passed'`.
   *
   * @param recipe - attacker-controlled bytes from a trail's evidence
   */
  replay(recipe: Uint8Array, onProgress?: OnProgress): Promise<ReplayOutcome>;
}

const failed = (error: unknown): ReplayOutcome => ({
  state: 'runtime-not-certified',
  reason: 'replay-run-failed',
  detail: String(error),
});

/** Sends a job over the port and waits for its outcome; rejects when the document goes away. */
function ask(port: Browser.runtime.Port, job: ReplayJob, onProgress: OnProgress): Promise<ReplayReport> {
  const { promise, resolve, reject } = Promise.withResolvers<ReplayReport>();
  const gone = (): void => reject(new Error('the replay document went away'));
  const heard = (report: ReplayReport): void => {
    if ('progress' in report) onProgress(report.progress);
    else resolve(report);
  };
  port.onMessage.addListener(heard);
  port.onDisconnect.addListener(gone);
  port.postMessage(job);
  return promise.finally(() => {
    port.onMessage.removeListener(heard);
    port.onDisconnect.removeListener(gone);
  });
}

/** The one host of the background. */
export function createReplayHost(): ReplayHost {
  let port: Browser.runtime.Port | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  async function close(): Promise<void> {
    port = undefined;
    await closeStage();
  }

  async function run(recipe: Uint8Array, onProgress: OnProgress): Promise<ReplayOutcome> {
    const key = toHex(sha256(recipe));
    const known = await loadAnswer(key);
    if (known) return known;
    clearTimeout(idle);
    onProgress({ step: 'runtime' });
    try {
      if (!port) {
        const opened = await openStage();
        opened.onDisconnect.addListener(() => {
          if (port === opened) port = undefined;
        });
        port = opened;
      }
      const report = await ask(port, { recipe: toBase64(recipe), certified: await loadCertificates() }, onProgress);
      if ('progress' in report) throw new TypeError('progress is no outcome');
      if (report.certificate !== undefined) await storeCertificate(report.certificate);
      await storeAnswer(key, report.outcome);
      return report.outcome;
    } catch (error) {
      await close();
      return failed(error);
    } finally {
      // A stopped service worker drops the timer and the port with it; the document then closes itself.
      idle = setTimeout(() => void close(), IDLE_MILLISECONDS);
    }
  }

  return {
    replay: (recipe, onProgress = () => {}) => {
      const result = queue.then(() => run(recipe, onProgress)).catch(failed);
      queue = result;
      return result;
    },
  };
}
