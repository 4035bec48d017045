/** From submitted attestations to their trails: checked one by one, handed on together, answered one by one. */
import type { Statement } from '#shared/attestation/statement.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { leafHash } from '#shared/log/merkle.ts';
import { batcherName, batcherOf, type Config, type Env } from '../env.ts';
import { AppError } from '../errors.ts';
import { leafHashes } from '../leaf-hashes.ts';
import { log, messageOf } from '../observability/logger.ts';
import type { Submission } from '../sequencer/admission.ts';
import type { ProvedOutcome } from '../sequencer/batcher-do.ts';
import { answerEarlier } from '../shards/answer-earlier.ts';
import { encodeAttachments } from '../storage/attachments.ts';
import type { Content } from '../storage/packs.ts';
import { trailOf } from '../trails/assemble-trail.ts';
import { type Part, trailParts } from '../trails/trail-bytes.ts';
import { type AttestationBody, type CheckedAttestation, checkAttestation } from './check-attestation.ts';
import { checkDisclosure, type DisclosureBody } from './check-disclosure.ts';
import { checkIssuer, type IssuerKeys, issuerKeys } from './issuer-keys.ts';

/** An attestation that is an entry. */
export interface Attested {
  readonly id: string;
  readonly duplicate: boolean;
  /** Puts together the trail as it is served, in parts, or says why there is none. */
  readonly trail: () => Promise<Part[] | AppError>;
}

/** Logs attestations; each is answered on its own. */
export async function attestAll(
  env: Env,
  config: Config,
  bodies: readonly (AttestationBody & DisclosureBody)[],
): Promise<(Attested | AppError)[]> {
  const now = Math.floor(Date.now() / 1000);
  const checked = bodies.map((body) => checkAttestation(body, now));
  const kids = checked.flatMap((each) => (each.ok ? [each.value.statement.kid] : []));
  const keys = await issuerKeys(env, config, kids).catch(failure);
  const leaves = await leafHashes(checked.map((each) => (each.ok ? each.value.statementBytes : new Uint8Array())));
  const prepared = await Promise.all(
    checked.map((each, i) =>
      each.ok
        ? prepare(keys, { ...each.value, leaf: leaves[i] }, () => contentOf(config, each.value, bodies[i]))
        : new AppError(each.reason, each.detail),
    ),
  );
  const outcomes = await submitAll(env, config, prepared);
  return outcomes.map((outcome, i) => {
    const [body, ready] = [bodies[i], prepared[i]];
    if (outcome instanceof AppError || !body || !ready || ready instanceof AppError) return outcome as AppError;
    const id = toBase64Url(ready.leaf);
    return {
      id,
      duplicate: outcome.duplicate,
      // What came with the first submission is what is kept; of a repeated one it may differ.
      trail: async () => (outcome.duplicate ? trailOf(env, config, id).catch(failure) : trailParts(body, outcome)),
    };
  });
}

/**
 * Logs a statement alone.
 * @throws AppError when the issuer's key does not stand behind it, or the sequencer refuses
 */
export async function logStatement(
  env: Env,
  config: Config,
  statementBytes: Uint8Array,
  statement: Statement,
): Promise<{ readonly duplicate: boolean }> {
  const keys = await issuerKeys(env, config, [statement.kid]).catch(failure);
  const prepared = await prepare(keys, { statement, statementBytes });
  const [outcome = new AppError('internal-error')] = await submitAll(env, config, [prepared]);
  if (outcome instanceof AppError) throw outcome;
  return outcome;
}

/** What breaks for one of many is told to that one: the others may be logged. */
function failure(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  log('error', 'attestation-failed', { error: messageOf(thrown) });
  return new AppError('log-unavailable');
}

const unlessRefused = (each: Prepared | AppError): Prepared | undefined =>
  each instanceof AppError ? undefined : each;

function contentOf(
  { oprf }: Config,
  { claim, claimBytes, passages, evidence }: CheckedAttestation,
  body: DisclosureBody = {},
): Content | AppError {
  const disclosed = checkDisclosure(body, claim.output, oprf);
  if (!disclosed.ok) return new AppError(disclosed.reason, disclosed.detail);
  const attachments = encodeAttachments({ evidence, ...(passages && { passages }), ...disclosed.value });
  return { preimage: claimBytes, attachments };
}

interface Arrived extends Pick<CheckedAttestation, 'statement' | 'statementBytes'> {
  readonly leaf?: Uint8Array | undefined;
}

interface Prepared {
  readonly submission: Submission;
  readonly leaf: Uint8Array;
}

/** Content is asked for once the issuer is known to stand behind the statement. */
async function prepare(
  keys: IssuerKeys | AppError,
  { statement, statementBytes: entry, leaf = leafHash(entry) }: Arrived,
  bring?: () => Content | AppError,
): Promise<Prepared | AppError> {
  if (keys instanceof AppError) return keys;
  const refused = await checkIssuer(statement, keys);
  if (refused) return new AppError(refused);
  const content = bring?.();
  if (content instanceof AppError) return content;
  const { kid, issuer, payload: digest } = statement;
  return { submission: { entry, kid, issuer, digest, ...(content && { content }) }, leaf };
}

/** One call for each batcher that has something to do; answers stand where their submissions stood. */
async function submitAll(
  env: Env,
  config: Config,
  prepared: readonly (Prepared | AppError)[],
): Promise<(Extract<ProvedOutcome, { ok: true }> | AppError)[]> {
  const answers: (Extract<ProvedOutcome, { ok: true }> | AppError)[] = [];
  const earlier = await answerEarlier(env, config, prepared.map(unlessRefused)).catch(failure);
  if (earlier instanceof AppError) return prepared.map((each) => (each instanceof AppError ? each : earlier));
  const batches = new Map<string, { readonly at: number[]; readonly submissions: Submission[] }>();
  for (const [at, each] of prepared.entries()) {
    const known = earlier.get(at);
    if (each instanceof AppError || known) {
      answers[at] = known ?? (each as AppError);
      continue;
    }
    const name = batcherName(config, each.leaf);
    const batch = batches.get(name) ?? { at: [], submissions: [] };
    batches.set(name, batch);
    batch.at.push(at);
    batch.submissions.push(each.submission);
  }
  await Promise.all(
    [...batches].map(async ([name, batch]) => {
      const outcomes = await batcherOf(env, name).submitAll(batch.submissions).catch(failure);
      for (const [i, at] of batch.at.entries()) {
        const outcome = outcomes instanceof AppError ? outcomes : outcomes[i];
        answers[at] =
          outcome instanceof AppError || outcome?.ok ? outcome : new AppError(outcome?.reason ?? 'internal-error');
      }
    }),
  );
  return answers;
}
