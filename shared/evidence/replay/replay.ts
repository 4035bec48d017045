/**
 * Replay: run the model a recipe names again, and compare bytes.
 *
 * What a match means, word for word: *this model file, given this input, produces this output.* Not that the answer is
 * true, and not that a named provider ran it.
 *
 * In scope: the order of checks and the outcome. Not checked here: that the recipe is the claim's and speaks about its
 * output (`replay-kind.ts`); use `afterReplay` to put the two together.
 *
 * @see docs/spec/replay.md#outcome
 */
import { equalBytes, fromUtf8 } from '../../bytes/bytes.ts';
import { toHex } from '../../bytes/hex.ts';
import { err, ok, type Result } from '../../result.ts';
import { type Certification, type CertificationReason, isPinned } from './certify.ts';
import type { LoadFile, OnProgress, ReplayEngine, WantedFile } from './engine.ts';
import { parseRecipe, type Recipe, type RecipeInput } from './recipe.ts';
import type { RecipeReason } from './recipe-fields.ts';
import { isListedRuntime } from './runtimes.ts';
import { decodeOutput, generateInput, hasNaN, type Tensor, tensorSize } from './tensor.ts';

/** Only the first two are answers about the output; the others say why there is none. */
export type ReplayState =
  | 'reproduced'
  | 'mismatch'
  | 'runtime-not-certified'
  | 'model-not-available'
  | 'recipe-refused';

/** Why the state is what it is; append-only. */
export type ReplayReason =
  | 'replay-reproduced'
  | 'replay-output-differs'
  | 'replay-shape-differs'
  | 'replay-attested-differs'
  | 'replay-run-failed'
  | 'replay-timeout'
  | 'replay-runtime-differs'
  | 'replay-input-differs'
  | 'replay-output-nan'
  | 'model-unreachable'
  | 'model-digest-mismatch'
  | 'input-unreachable'
  | 'input-digest-mismatch'
  | CertificationReason
  | RecipeReason;

/** How a replay ended. Plain JSON, so that it can be stored and sent between an extension's pages. */
export interface ReplayOutcome {
  readonly state: ReplayState;
  readonly reason: ReplayReason;
  /** For people and logs; may quote hostile data, so escape before display. */
  readonly detail?: string;
  /** What came out, as text, where the decoding rule gives text. */
  readonly text?: string;
  /** SHA-256 of the decoded output, hexadecimal. */
  readonly digest?: string;
}

/** The machine a replay runs on. */
export interface ReplayMachine {
  readonly engine: ReplayEngine;
  /** Asked only when the recipe is good: may run the self-test or remember that it passed. */
  readonly certify: (onProgress: OnProgress) => Promise<Certification>;
  readonly loadFile: LoadFile;
}

const outcome = (state: ReplayState, reason: ReplayReason, detail?: string): ReplayOutcome =>
  detail === undefined ? { state, reason } : { state, reason, detail };

type LoadReason = 'unreachable' | 'digest-mismatch';

async function load(machine: ReplayMachine, file: WantedFile, report: (received: number) => void) {
  const bytes = await machine.loadFile(file, report).catch(() => undefined);
  if (!bytes) return err<LoadReason>('unreachable', file.url);
  const same = bytes.length === file.size && equalBytes(await machine.engine.sha256(bytes), file.digest);
  return same ? ok(bytes) : err<LoadReason>('digest-mismatch', file.url);
}

async function inputOf(machine: ReplayMachine, input: RecipeInput): Promise<Result<Tensor, ReplayReason>> {
  const { name, dtype, dims, digest, source } = input;
  if (source.kind === 'generated') {
    const tensor = { name, dtype, dims, bytes: generateInput(source, dims) };
    return (await isPinned(machine.engine, tensor, input)) ? ok(tensor) : err('replay-input-differs', name);
  }
  const file = { url: source.url, digest, size: tensorSize(dtype, dims) };
  const bytes = await load(machine, file, () => {});
  return bytes.ok ? ok({ name, dtype, dims, bytes: bytes.value }) : err(`input-${bytes.reason}`, bytes.detail);
}

/**
 * Runs a recipe and says whether the same bytes came out. Total: hostile recipes, files and failing runtimes are
 * outcomes. The model and each input are checked against their digests before the runtime sees them.
 *
 * `reproduced` needs all of: a certified runtime that is the recipe's, every output tensor equal in type, shape and
 * bytes, and the decoded first output equal to the attested bytes. Text that differs from what the run prints is a
 * `mismatch`, whatever the tensors say.
 *
 * @param recipeBytes - attacker-controlled, at most 16 KiB
 * @param machine - engine, self-test and files
 * @param onProgress - told about each step
 * @see docs/spec/replay.md#outcome
 * @example
 * import { replay } from '#shared/evidence/replay/replay.ts';
 * (await replay(new Uint8Array(0), {})).state; // => 'recipe-refused'
 */
export async function replay(
  recipeBytes: Uint8Array,
  machine: ReplayMachine,
  onProgress: OnProgress = () => {},
): Promise<ReplayOutcome> {
  const parsed = parseRecipe(recipeBytes);
  if (!parsed.ok) return outcome('recipe-refused', parsed.reason, parsed.detail);
  const recipe = parsed.value;
  const { package: name, version } = recipe.runtime;
  if (!isListedRuntime(recipe.runtime))
    return outcome('runtime-not-certified', 'runtime-unlisted', `${name} ${version}`);

  onProgress({ step: 'runtime' });
  const certified = await machine.certify(onProgress);
  if (!certified.ok) return outcome('runtime-not-certified', certified.reason, certified.detail);
  if (!equalBytes(certified.value.wasm, recipe.runtime.wasm)) {
    return outcome('runtime-not-certified', 'replay-runtime-differs', `${name} ${version}`);
  }

  const { size } = recipe.model;
  onProgress({ step: 'model', done: 0, of: size });
  const model = await load(machine, recipe.model, (done) => onProgress({ step: 'model', done, of: size }));
  if (!model.ok) return outcome('model-not-available', `model-${model.reason}`, model.detail);

  onProgress({ step: 'input' });
  const inputs: Tensor[] = [];
  for (const input of recipe.inputs) {
    const tensor = await inputOf(machine, input);
    if (!tensor.ok) {
      const state = tensor.reason === 'replay-input-differs' ? 'recipe-refused' : 'model-not-available';
      return outcome(state, tensor.reason, tensor.detail);
    }
    inputs.push(tensor.value);
  }
  return runAndCompare(recipe, machine.engine, { model: model.value, inputs }, onProgress);
}

async function runAndCompare(
  recipe: Recipe,
  engine: ReplayEngine,
  { model, inputs }: { model: Uint8Array; inputs: readonly Tensor[] },
  onProgress: OnProgress,
): Promise<ReplayOutcome> {
  onProgress({ step: 'run' });
  let tensors: readonly Tensor[];
  try {
    const outputs = recipe.outputs.map(({ name }) => name);
    tensors = await engine.run({ model, inputs, outputs, threads: recipe.threads, optimisation: recipe.optimisation });
  } catch (error) {
    return outcome('runtime-not-certified', 'replay-run-failed', String(error));
  }
  onProgress({ step: 'compare' });
  const [first] = tensors;
  if (!first || tensors.length !== recipe.outputs.length) return outcome('mismatch', 'replay-shape-differs');
  const nan = tensors.find(hasNaN);
  if (nan) return outcome('recipe-refused', 'replay-output-nan', nan.name);
  for (const [i, pin] of recipe.outputs.entries()) {
    const tensor = tensors[i];
    const sameShape = tensor?.dtype === pin.dtype && String(tensor.dims) === String(pin.dims);
    if (!tensor || !sameShape) return outcome('mismatch', 'replay-shape-differs', pin.name);
    if (!(await isPinned(engine, tensor, pin))) return outcome('mismatch', 'replay-output-differs', pin.name);
  }
  const decoded = decodeOutput(recipe.decode, first);
  const digest = await engine.sha256(decoded);
  const text = recipe.decode === 'decimals-1' ? fromUtf8(decoded) : undefined;
  const seen = { digest: toHex(digest), ...(text === undefined ? {} : { text }) };
  return equalBytes(digest, recipe.attested)
    ? { ...outcome('reproduced', 'replay-reproduced'), ...seen }
    : { ...outcome('mismatch', 'replay-attested-differs'), ...seen };
}
