/** A checked statement on its way into the log: its issuer's key, then the batcher that its leaf hash chooses. */
import type { Statement } from '#shared/attestation/statement.ts';
import { leafHash } from '#shared/log/merkle.ts';
import { batcherOf, type Config, type Env } from '../env.ts';
import { AppError } from '../errors.ts';
import type { ProvedOutcome } from '../sequencer/batcher-do.ts';
import type { Content } from '../storage/packs.ts';
import { checkIssuer } from './issuer-keys.ts';

/**
 * Answers once the entry is published.
 * @throws AppError when the issuer's key does not stand behind it, or the sequencer refuses
 */
export async function submitStatement(
  env: Env,
  config: Config,
  { entry, statement, content }: { entry: Uint8Array; statement: Statement; content?: Content },
): Promise<Extract<ProvedOutcome, { ok: true }>> {
  const refused = await checkIssuer(env, config, statement);
  if (refused) throw new AppError(refused);
  const { kid, issuer, payload: digest } = statement;
  const submission = { entry, kid, issuer, digest, ...(content && { content }) };
  const outcome = await batcherOf(env, config, leafHash(entry)).submit(submission);
  if (!outcome.ok) throw new AppError(outcome.reason);
  return outcome;
}
