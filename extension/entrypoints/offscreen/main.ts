/**
 * Hosts the replay worker: Chrome's offscreen document, and in Firefox a frame of the event page. Lives as long as its
 * port to the background.
 */
import { lendTo } from '../../nameless/fetch-nameless.ts';
import { browser } from '../../platform.ts';
import { REPLAY_PORT, type ReplayJob } from '../../replay/protocol.ts';
import { createWorkerKeeper } from '../../replay/worker-keeper.ts';

const keeper = createWorkerKeeper(() => {
  const worker = new Worker(new URL('../../replay/replay.worker.ts', import.meta.url), { type: 'module' });
  lendTo(worker);
  return worker;
});
const port = browser.runtime.connect({ name: REPLAY_PORT });
port.onMessage.addListener((job: ReplayJob) => keeper.run(job, (report) => port.postMessage(report)));
port.onDisconnect.addListener(() => {
  keeper.close();
  window.close();
});
