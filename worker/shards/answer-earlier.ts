/** Statements that an earlier shard has logged, or whose content it has withdrawn: it answers, and nothing new is logged. */
import { type Config, type Env, sequencerOf } from '../env.ts';
import { AppError } from '../errors.ts';
import type { Submission } from '../sequencer/admission.ts';
import type { Logged } from '../sequencer/admit-batch.ts';
import { earlierShardsOf } from './shards.ts';

/** A submission with the leaf hash of its entry. */
export interface Asked {
  readonly submission: Submission;
  readonly leaf: Uint8Array;
}

/**
 * What earlier shards answer, by the place of the submission; the open one is asked about the rest. It must be open
 * already: then what earlier ones know is all they ever will.
 */
export async function answerEarlier(
  env: Env,
  config: Config,
  asked: readonly (Asked | undefined)[],
): Promise<ReadonlyMap<number, (Logged & { readonly duplicate: true }) | AppError>> {
  const answers = new Map<number, (Logged & { readonly duplicate: true }) | AppError>();
  const questions = asked.flatMap((each, at) => (each ? [{ ...each, at }] : []));
  const keys = questions.map(({ leaf, submission: { digest } }) => ({ leaf, digest }));
  const shards = questions.length === 0 ? [] : earlierShardsOf(config);
  await Promise.all(
    shards.map(async (shard) => {
      const sequencer = sequencerOf(env, shard);
      const seen = await sequencer.seen(keys);
      await Promise.all(
        questions.map(async ({ at, submission }, i) => {
          if (seen[i]?.logged) {
            // Its content may still be brought.
            const outcome = await sequencer.submit(submission);
            answers.set(
              at,
              outcome.ok ? { ok: true, index: outcome.index, duplicate: true } : new AppError(outcome.reason),
            );
          } else if (seen[i]?.withdrawn && submission.content && !answers.has(at)) {
            answers.set(at, new AppError('claim-withdrawn'));
          }
        }),
      );
    }),
  );
  return answers;
}
