/**
 * Runs the replay a trail carries, on the reader's request, and tells the panel how far it is.
 *
 * A run counts only if its recipe is the one the claim names and the runtime is a listed one: another recipe's
 * success says nothing about this text.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { statementId } from '#shared/attestation/statement.ts';
import { equalBytes } from '#shared/bytes/bytes.ts';
import { parseClaim } from '#shared/claim/claim.ts';
import type { EvidenceFinding } from '#shared/evidence/evidence.ts';
import { afterReplay, replayEvidence } from '#shared/evidence/replay/replay-kind.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import type { Answer } from '../messaging/protocol.ts';
import { browser } from '../platform.ts';
import { createReplayHost } from '../replay/replay-host.ts';
import type { ReplayProgress } from '../verification/replay-progress.ts';

/** What a replay gave, and what the evidence is worth now. */
export interface Replayed {
  readonly progress: ReplayProgress;
  readonly finding: EvidenceFinding;
  /** The id of the trail it is about. */
  readonly trail: string;
  /** Which of the claim's evidence items was run, from 0. */
  readonly item: number;
}

const host = createReplayHost();

/** Replays the run a trail names. */
export async function runReplay(trailText: string): Promise<Answer<Replayed>> {
  const trail = parseTrail(trailText);
  if (!trail.ok) return { ok: false, reason: 'replay_none' };
  const claim = parseClaim(trail.value.claim);
  if (!claim.ok) return { ok: false, reason: 'replay_none' };
  const evidence = replayEvidence(claim.value, trail.value.evidence);
  if (evidence === undefined) return { ok: false, reason: 'replay_none' };

  const outcome = await host.replay(evidence.recipe, ({ step, done, of }) =>
    report({ phase: 'working', step, ...(done === undefined || !of ? {} : { done: Math.min(1, done / of) }) }),
  );
  const after = afterReplay(evidence.finding, outcome);
  const counts = outcome.state !== 'reproduced' || after.genuine === 'passed';
  const progress: ReplayProgress = {
    phase: 'done',
    outcome: counts ? outcome.state : 'not-bound',
    ...(outcome.detail === undefined ? {} : { detail: outcome.detail.slice(0, 300) }),
  };
  const digest = sha256(evidence.recipe);
  const item = claim.value.evidence.findIndex((each) => each.kind === 'replay' && equalBytes(each.digest, digest));
  return { ok: true, value: { progress, finding: after, trail: statementId(trail.value.statement), item } };
}

/** Tells open panels; none listening is no error. */
function report(progress: ReplayProgress): void {
  void browser.runtime.sendMessage({ type: 'replay/progress', body: progress }).catch(() => undefined);
}
