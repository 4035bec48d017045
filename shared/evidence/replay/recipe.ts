/**
 * A replay recipe: everything somebody needs to run a model again and to know whether the same bytes came out.
 * Deterministic CBOR, at most 16 KiB, `application/vnd.witnessmark.replay+cbor`.
 *
 * In scope: the format, and that every pin is there and is one that bit-exact replay was measured under.
 * Not checked here: whether the runtime is listed (`runtimes.ts`), whether the output is the claim's
 * (`replay-kind.ts`), whether the run gives it (`replay.ts`).
 *
 * @see docs/spec/replay.md#recipe
 */
import type { Bytes32 } from '../../bytes/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../bytes/cbor.ts';
import { err, ok, type Result } from '../../result.ts';
import {
  digestIn,
  fieldsOf,
  listIn,
  naturalIn,
  oneOf,
  type RecipeReason,
  Refusal,
  textIn,
  urlIn,
} from './recipe-fields.ts';
import type { RuntimePin } from './runtimes.ts';
import {
  type DecodingRule,
  ELEMENT_SIZE,
  type ElementType,
  type GeneratedSource,
  MAX_DECIMALS,
  MAX_TENSOR_SIZE,
  type TensorPin,
  tensorSize,
} from './tensor.ts';

/** The media type of a recipe in a trail's evidence. */
export const RECIPE_TYPE = 'application/vnd.witnessmark.replay+cbor';
/** The largest recipe: eight inputs and outputs with the longest names and addresses fit. */
export const MAX_RECIPE_SIZE = 16 * 1024;
/** The largest model file, 64 MiB: what a browser tab holds twice without harm. */
export const MAX_MODEL_SIZE = 64 * 1024 * 1024;

/** Where an input's bytes come from; the digest decides. A file holds the tensor's bytes and nothing else. */
export type InputSource = GeneratedSource | { readonly kind: 'url'; readonly url: string };

/** One input of the run. */
export interface RecipeInput extends TensorPin {
  readonly source: InputSource;
}

/** A parsed recipe. `provider`, `threads`, `optimisation` and `runs` have one permitted value each. */
export interface Recipe {
  readonly v: 1;
  readonly runtime: RuntimePin;
  readonly provider: 'wasm';
  readonly threads: 1;
  readonly optimisation: 'all';
  readonly model: { readonly digest: Bytes32; readonly size: number; readonly url: string };
  readonly inputs: readonly RecipeInput[];
  /** The call sequence: one run over all inputs. */
  readonly runs: 1;
  /** The outputs to compare; the first is the one that was attested. */
  readonly outputs: readonly TensorPin[];
  readonly decode: DecodingRule;
  /** SHA-256 of the attested bytes: the decoded first output, and the claim's `output.digest`. */
  readonly attested: Bytes32;
}

const RECIPE_KEYS = [
  'v',
  'runtime',
  'provider',
  'threads',
  'optimisation',
  'model',
  'inputs',
  'runs',
  'outputs',
  'decode',
  'attested',
] as const;
const TENSOR_KEYS = ['name', 'dtype', 'dims', 'digest'] as const;
const ELEMENT_TYPES = Object.keys(ELEMENT_SIZE) as ElementType[];

/**
 * Reads a recipe. Attacker-controlled. A recipe with a missing pin, another value of a pin, or a field we do not know
 * is refused: it would say more or less than we can check.
 *
 * @param bytes - at most 16 KiB
 * @returns the recipe; may give `recipe-too-large`, `recipe-malformed`, `recipe-unsupported`, `recipe-pin-missing`,
 * `recipe-pin-refused`; the detail names the field
 * @see docs/spec/replay.md#recipe
 * @example
 * import { parseRecipe } from '#shared/evidence/replay/recipe.ts';
 * import { encodeCbor } from '#shared/bytes/cbor.ts';
 * parseRecipe(encodeCbor(new Map([['v', 1]]))).detail; // => 'runtime'
 */
export function parseRecipe(bytes: Uint8Array): Result<Recipe, RecipeReason> {
  if (bytes.length > MAX_RECIPE_SIZE) return err('recipe-too-large');
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return err('recipe-malformed', decoded.reason);
  try {
    return ok(recipeFrom(decoded.value));
  } catch (refusal) {
    if (refusal instanceof Refusal) return err(refusal.reason, refusal.message);
    throw refusal;
  }
}

function recipeFrom(value: CborValue): Recipe {
  if (value instanceof Map && value.has('v') && value.get('v') !== 1) throw new Refusal('recipe-unsupported', 'v');
  const map = fieldsOf(value, RECIPE_KEYS, 'recipe');
  const runtime = fieldsOf(map.runtime, ['package', 'version', 'wasm'], 'runtime');
  const model = fieldsOf(map.model, ['digest', 'size', 'url'], 'model');
  const recipe: Recipe = {
    v: 1,
    runtime: {
      package: textIn(runtime.package, 64, 'runtime.package'),
      version: textIn(runtime.version, 32, 'runtime.version'),
      wasm: digestIn(runtime.wasm, 'runtime.wasm'),
    },
    provider: oneOf(map.provider, ['wasm'], 'provider'),
    threads: oneOf(map.threads, [1], 'threads'),
    optimisation: oneOf(map.optimisation, ['all'], 'optimisation'),
    model: {
      digest: digestIn(model.digest, 'model.digest'),
      size: naturalIn(model.size, 1, MAX_MODEL_SIZE, 'model.size'),
      url: urlIn(model.url, 'model.url'),
    },
    inputs: listIn(map.inputs, 1, 8, 'inputs').map(inputFrom),
    runs: oneOf(map.runs, [1], 'runs'),
    outputs: listIn(map.outputs, 1, 8, 'outputs').map((each) =>
      tensorFrom(fieldsOf(each, TENSOR_KEYS, 'outputs'), 'outputs'),
    ),
    decode: oneOf(map.decode, ['tensor-bytes-1', 'decimals-1'], 'decode'),
    attested: digestIn(map.attested, 'attested'),
  };
  checkTogether(recipe);
  return recipe;
}

/** What no field shows alone. */
function checkTogether({ inputs, outputs, decode }: Recipe): void {
  if (new Set(inputs.map(({ name }) => name)).size < inputs.length)
    throw new Refusal('recipe-malformed', 'inputs.name');
  if (new Set(outputs.map(({ name }) => name)).size < outputs.length)
    throw new Refusal('recipe-malformed', 'outputs.name');
  const [first] = outputs;
  if (
    first &&
    decode === 'decimals-1' &&
    tensorSize(first.dtype, first.dims) / ELEMENT_SIZE[first.dtype] > MAX_DECIMALS
  )
    throw new Refusal('recipe-malformed', 'outputs.dims');
}

function tensorFrom(map: Record<(typeof TENSOR_KEYS)[number], CborValue>, at: string): TensorPin {
  const dtype = oneOf(map.dtype, ELEMENT_TYPES, `${at}.dtype`);
  const dims = listIn(map.dims, 0, 8, `${at}.dims`).map((dim) => naturalIn(dim, 1, MAX_TENSOR_SIZE, `${at}.dims`));
  if (tensorSize(dtype, dims) > MAX_TENSOR_SIZE) throw new Refusal('recipe-malformed', `${at}.dims`);
  return { name: textIn(map.name, 128, `${at}.name`), dtype, dims, digest: digestIn(map.digest, `${at}.digest`) };
}

function inputFrom(value: CborValue): RecipeInput {
  const map = fieldsOf(value, [...TENSOR_KEYS, 'source'], 'inputs');
  const tensor = tensorFrom(map, 'inputs');
  return { ...tensor, source: sourceFrom(map.source, tensor.dtype) };
}

function sourceFrom(value: CborValue, dtype: ElementType): InputSource {
  const at = 'inputs.source';
  if (!(value instanceof Map)) throw new Refusal('recipe-malformed', at);
  if (value.get('kind') === 'url') {
    return { kind: 'url', url: urlIn(fieldsOf(value, ['kind', 'url'], at).url, `${at}.url`) };
  }
  const kind = oneOf(value.get('kind') ?? null, ['generated'], `${at}.kind`);
  const recipe = oneOf(value.get('recipe') ?? null, dtype === 'int64' ? ['ids'] : ['sum3', 'uniform'], `${at}.recipe`);
  if (recipe === 'ids') {
    const map = fieldsOf(value, ['kind', 'recipe', 'seed', 'vocab'], at);
    const vocab = naturalIn(map.vocab, 1, 0xffff_ffff, `${at}.vocab`);
    return { kind, recipe, seed: naturalIn(map.seed, 0, 0xffff_ffff, `${at}.seed`), vocab };
  }
  if (dtype !== 'float32') throw new Refusal('recipe-malformed', `${at}.recipe`);
  const map = fieldsOf(value, ['kind', 'recipe', 'seed'], at);
  return { kind, recipe, seed: naturalIn(map.seed, 0, 0xffff_ffff, `${at}.seed`) };
}

const mapOf = (fields: Readonly<Record<string, CborValue>>): CborValue => new Map(Object.entries(fields));

const tensorMap = ({ name, dtype, dims, digest }: TensorPin): Record<string, CborValue> => ({
  name,
  dtype,
  dims,
  digest,
});

/**
 * The bytes of a recipe: what a claim's evidence item digests.
 *
 * @throws RangeError when the recipe is one `parseRecipe` would refuse
 * @example
 * import { encodeRecipe, parseRecipe } from '#shared/evidence/replay/recipe.ts';
 * import { RUNTIMES } from '#shared/evidence/replay/runtimes.ts';
 * const digest = new Uint8Array(32);
 * const model = { digest, size: 9, url: 'https://models.example/m.onnx' };
 * const source = { kind: 'generated', recipe: 'sum3', seed: 1 };
 * const tensor = { name: 'x', dtype: 'float32', dims: [4], digest };
 * const pins = { v: 1, runtime: RUNTIMES[0], provider: 'wasm', threads: 1, optimisation: 'all', runs: 1 };
 * const recipe = { ...pins, model, inputs: [{ ...tensor, source }], outputs: [tensor], decode: 'decimals-1', attested: digest };
 * parseRecipe(encodeRecipe(recipe)).value.model.url; // => 'https://models.example/m.onnx'
 */
export function encodeRecipe(recipe: Recipe): Uint8Array {
  const bytes = encodeCbor(
    mapOf({
      ...recipe,
      runtime: mapOf({ ...recipe.runtime }),
      model: mapOf({ ...recipe.model }),
      inputs: recipe.inputs.map((input) => mapOf({ ...tensorMap(input), source: mapOf({ ...input.source }) })),
      outputs: recipe.outputs.map((output) => mapOf(tensorMap(output))),
    }),
  );
  const parsed = parseRecipe(bytes);
  if (!parsed.ok) throw new RangeError(`recipe: ${parsed.reason} (${parsed.detail ?? ''})`);
  return bytes;
}
