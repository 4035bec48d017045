/**
 * Making a recipe: run a model once under the pins and write down everything a replay needs. For issuers.
 */
import type { Bytes32 } from '../../bytes/bytes.ts';
import type { ReplayEngine } from './engine.ts';
import type { InputSource, Recipe } from './recipe.ts';
import type { RuntimePin } from './runtimes.ts';
import {
  DECODED_TYPE,
  type DecodingRule,
  decodeOutput,
  generateInput,
  hasNaN,
  type Tensor,
  type TensorPin,
} from './tensor.ts';

/** What an issuer knows before the run. */
export interface RunDraft {
  readonly model: Uint8Array;
  /** Where readers will find exactly these model bytes. */
  readonly url: string;
  /** Inputs; one from an address comes with its bytes. */
  readonly inputs: readonly (Omit<TensorPin, 'digest'> & {
    readonly source: InputSource;
    readonly bytes?: Uint8Array;
  })[];
  /** Output names; the first is the one to attest. */
  readonly outputs: readonly string[];
  readonly decode: DecodingRule;
}

/** A run written down. */
export interface RecordedRun {
  readonly recipe: Recipe;
  /** The bytes to attest, and their media type: the claim's output. */
  readonly output: { readonly type: string; readonly bytes: Uint8Array };
}

async function pin(engine: ReplayEngine, { name, dtype, dims, bytes }: Tensor): Promise<TensorPin> {
  return { name, dtype, dims, digest: await engine.sha256(bytes) };
}

/**
 * Runs a model once and gives its recipe and the output to attest.
 *
 * @param draft - model, inputs, outputs and decoding rule
 * @param engine - a runtime that has been certified
 * @param runtime - which one it is: the value of its certification
 * @throws RangeError when an input has no bytes or the output holds a NaN; whatever the engine rejects with
 * @example
 * import { recordRun } from '#shared/evidence/replay/record.ts';
 * import { RUNTIMES } from '#shared/evidence/replay/runtimes.ts';
 * const tensor = { name: 'out', dtype: 'uint8', dims: [1], bytes: Uint8Array.of(7) };
 * const engine = { run: async () => [tensor], sha256: async () => new Uint8Array(32) };
 * const draft = { model: Uint8Array.of(1), url: 'm.onnx', inputs: [], outputs: ['out'], decode: 'decimals-1' };
 * (await recordRun(draft, engine, RUNTIMES[0])).output.type; // => 'text/plain'
 */
export async function recordRun(draft: RunDraft, engine: ReplayEngine, runtime: RuntimePin): Promise<RecordedRun> {
  const digest = async (bytes: Uint8Array): Promise<Bytes32> => engine.sha256(bytes);
  const inputs: (Tensor & { source: InputSource })[] = draft.inputs.map(({ source, bytes: given, ...input }) => {
    const bytes = source.kind === 'generated' ? generateInput(source, input.dims) : given;
    if (!bytes) throw new RangeError(`inputs: ${input.name} comes from an address and needs its bytes`);
    return { ...input, source, bytes };
  });
  const { model, outputs: names } = draft;
  const tensors = await engine.run({ model, inputs, outputs: names, threads: 1, optimisation: 'all' });
  const [first] = tensors;
  if (!first) throw new RangeError('outputs: name at least one');
  if (tensors.some(hasNaN)) throw new RangeError('model: its output holds a NaN and cannot be replayed');
  const output = decodeOutput(draft.decode, first);
  const recipe: Recipe = {
    v: 1,
    runtime,
    provider: 'wasm',
    threads: 1,
    optimisation: 'all',
    model: { digest: await digest(model), size: model.length, url: draft.url },
    inputs: await Promise.all(inputs.map(async (input) => ({ ...(await pin(engine, input)), source: input.source }))),
    runs: 1,
    outputs: await Promise.all(tensors.map((tensor) => pin(engine, tensor))),
    decode: draft.decode,
    attested: await digest(output),
  };
  return { recipe, output: { type: DECODED_TYPE[draft.decode], bytes: output } };
}
