/** Runs the replay a trail carries, on the reader's request, and reports progress to the panel. */
import type { Answer } from '../messaging/protocol.ts';
import type { ReplayProgress } from '../verification/replay-progress.ts';

/** The outcome of replaying a trail's run in this browser. */
export async function runReplay(trail: string): Promise<Answer<ReplayProgress>> {
  void trail;
  return { ok: false, reason: 'replay_failed' };
}
