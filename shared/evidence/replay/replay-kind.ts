/**
 * Evidence of the kind `replay`: what can be said about a recipe before anybody runs it, and what a run adds.
 *
 * - **genuine**: `skipped` until the model has run here; a recipe is a promise, not a proof.
 * - **recognised**: the recipe's runtime is on our allow-list.
 * - **bound**: the recipe attests exactly the claim's output (media type of the decoding rule and digest), under
 *   `tensor-bytes-1` its first output's digest is that digest too, and a model digest in the claim is the recipe's.
 *   That the run *prints* the attested bytes is part of the run (`replay-attested-differs`).
 *
 * @see docs/spec/replay.md#evidence
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { equalBytes } from '../../bytes/bytes.ts';
import type { Claim } from '../../claim/claim.ts';
import type { EvidenceRecord } from '../../trail/trail.ts';
import type { EvidenceFinding, EvidenceKind } from '../evidence.ts';
import { parseRecipe, RECIPE_TYPE, type Recipe } from './recipe.ts';
import type { ReplayOutcome } from './replay.ts';
import { isListedRuntime } from './runtimes.ts';
import { DECODED_TYPE } from './tensor.ts';

/** Why a recipe does not speak about a claim. */
export type ReplayBindingReason = 'replay-binds-output' | 'replay-output-mismatch' | 'replay-model-mismatch';

function bindingFault(record: Uint8Array, recipe: Recipe, claim: Claim): ReplayBindingReason | undefined {
  const digest = sha256(record);
  const items = claim.evidence.filter((item) => item.kind === 'replay' && equalBytes(item.digest, digest));
  if (items.some(({ binds }) => binds !== 'output')) return 'replay-binds-output';
  const { output, model } = claim;
  if (output.type !== DECODED_TYPE[recipe.decode]) return 'replay-output-mismatch';
  if (!equalBytes(output.digest, recipe.attested)) return 'replay-output-mismatch';
  const [first] = recipe.outputs;
  if (recipe.decode === 'tensor-bytes-1' && !(first && equalBytes(first.digest, recipe.attested))) {
    return 'replay-output-mismatch';
  }
  if (model.weights && !equalBytes(model.weights, recipe.model.digest)) return 'replay-model-mismatch';
  return undefined;
}

/**
 * The plugin for replay recipes. Nothing is run: a good recipe is `skipped`, `passed`, `passed`.
 *
 * Reasons: those of `parseRecipe`; `replay-binds-output`, `replay-output-mismatch`, `replay-model-mismatch`;
 * `runtime-unlisted`; `replay-not-run`.
 *
 * @see docs/spec/replay.md#evidence
 * @example
 * import { replayKind } from '#shared/evidence/replay/replay-kind.ts';
 * replayKind.examine(new Uint8Array(0), {}).bound; // => 'failed'
 */
export const replayKind: EvidenceKind = {
  kind: 'replay',
  mediaType: RECIPE_TYPE,
  replayable: true,
  examine(record, claim) {
    const recipe = parseRecipe(record);
    if (!recipe.ok) return { genuine: 'failed', recognised: 'skipped', bound: 'failed', reason: recipe.reason };
    const listed = isListedRuntime(recipe.value.runtime);
    const fault = bindingFault(record, recipe.value, claim);
    return {
      genuine: 'skipped',
      recognised: listed ? 'passed' : 'failed',
      bound: fault ? 'failed' : 'passed',
      reason: fault ?? (listed ? 'replay-not-run' : 'runtime-unlisted'),
    };
  },
};

/** A recipe and what was said about that same recipe. */
export interface ReplayEvidence {
  /** Bytes to hand to a replay. */
  readonly recipe: Uint8Array;
  readonly finding: EvidenceFinding;
}

/**
 * The first recipe a claim names that its trail carries, together with its own finding: a claim may name several, and
 * the outcome of one must never be put beside the finding of another.
 *
 * @param records - the trail's evidence
 * @example
 * import { replayEvidence } from '#shared/evidence/replay/replay-kind.ts';
 * replayEvidence({ evidence: [] }, []); // => undefined
 */
export function replayEvidence(claim: Claim, records: readonly EvidenceRecord[]): ReplayEvidence | undefined {
  const recipes = records.filter(({ type }) => type === RECIPE_TYPE);
  for (const item of claim.evidence) {
    if (item.kind !== replayKind.kind) continue;
    const record = recipes.find(({ value }) => equalBytes(sha256(value), item.digest));
    if (record)
      return { recipe: record.value, finding: { kind: item.kind, ...replayKind.examine(record.value, claim) } };
  }
  return undefined;
}

/**
 * A finding after the reader's machine ran the recipe. Only a reproduced run of a recognised, bound recipe makes it
 * genuine; a mismatch fails it; every other outcome leaves it as it was, with the reason there is no answer.
 *
 * @param finding - what `replayEvidence` gave with the recipe that was run
 * @param outcome - what the run gave
 * @example
 * import { afterReplay } from '#shared/evidence/replay/replay-kind.ts';
 * const finding = { kind: 'replay', genuine: 'skipped', recognised: 'passed', bound: 'failed' };
 * afterReplay(finding, { state: 'reproduced', reason: 'replay-reproduced' }).genuine; // => 'skipped'
 */
export function afterReplay(finding: EvidenceFinding, outcome: ReplayOutcome): EvidenceFinding {
  if (finding.recognised !== 'passed' || finding.bound !== 'passed') return finding;
  if (outcome.state === 'reproduced') return { ...finding, genuine: 'passed', reason: outcome.reason };
  if (outcome.state === 'mismatch') return { ...finding, genuine: 'failed', reason: outcome.reason };
  return { ...finding, genuine: 'skipped', reason: outcome.reason };
}
