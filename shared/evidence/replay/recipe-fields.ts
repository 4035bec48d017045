/** Reading the fields of a recipe, each with its bound; the first fault refuses the whole recipe. */
import type { Bytes32 } from '../../bytes/bytes.ts';
import type { CborValue } from '../../bytes/cbor.ts';

/** Why a recipe is refused. */
export type RecipeReason =
  | 'recipe-too-large'
  | 'recipe-malformed'
  | 'recipe-unsupported'
  | 'recipe-pin-missing'
  | 'recipe-pin-refused';

/**
 * Leaves the reading at the first fault; `parseRecipe` turns it into a reason. The message names the field.
 *
 * @example
 * import { Refusal } from '#shared/evidence/replay/recipe-fields.ts';
 * new Refusal('recipe-pin-missing', 'threads').message; // => 'threads'
 */
export class Refusal extends Error {
  readonly reason: RecipeReason;
  constructor(reason: RecipeReason, field: string) {
    super(field);
    this.reason = reason;
  }
}

type Fields<K extends string> = Record<K, CborValue>;

/**
 * The fields of a map: all of `keys`, nothing else.
 *
 * @throws Refusal
 * @example
 * import { fieldsOf } from '#shared/evidence/replay/recipe-fields.ts';
 * fieldsOf(new Map([['size', 1]]), ['size'], 'model').size; // => 1
 */
export function fieldsOf<K extends string>(value: CborValue, keys: readonly K[], at: string): Fields<K> {
  if (!(value instanceof Map)) throw new Refusal('recipe-malformed', at);
  const fields: Partial<Fields<K>> = {};
  for (const key of keys) {
    const field = value.get(key);
    if (field === undefined) throw new Refusal('recipe-pin-missing', at === 'recipe' ? key : `${at}.${key}`);
    fields[key] = field;
  }
  if (value.size !== keys.length) throw new Refusal('recipe-malformed', at);
  return fields as Fields<K>;
}

/**
 * One of the values a pin may have.
 *
 * @throws Refusal
 * @example
 * import { oneOf } from '#shared/evidence/replay/recipe-fields.ts';
 * oneOf('wasm', ['wasm'], 'provider'); // => 'wasm'
 */
export function oneOf<T extends string | number>(value: CborValue, permitted: readonly T[], at: string): T {
  const found = permitted.find((each) => each === value);
  if (found === undefined) throw new Refusal('recipe-pin-refused', at);
  return found;
}

/**
 * Text of 1 to `most` characters without control characters.
 *
 * @throws Refusal
 * @example
 * import { textIn } from '#shared/evidence/replay/recipe-fields.ts';
 * textIn('1.30.0', 32, 'runtime.version'); // => '1.30.0'
 */
export function textIn(value: CborValue, most: number, at: string): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > most || /\p{Cc}/u.test(value))
    throw new Refusal('recipe-malformed', at);
  return value;
}

/**
 * An integer between two bounds, both included.
 *
 * @throws Refusal
 * @example
 * import { naturalIn } from '#shared/evidence/replay/recipe-fields.ts';
 * naturalIn(7, 0, 9, 'inputs.source.seed'); // => 7
 */
export function naturalIn(value: CborValue, least: number, most: number, at: string): number {
  if (typeof value !== 'number' || value < least || value > most) throw new Refusal('recipe-malformed', at);
  return value;
}

/**
 * A SHA-256 digest.
 *
 * @throws Refusal
 * @example
 * import { digestIn } from '#shared/evidence/replay/recipe-fields.ts';
 * digestIn(new Uint8Array(32), 'model.digest').length; // => 32
 */
export function digestIn(value: CborValue, at: string): Bytes32 {
  if (!(value instanceof Uint8Array) || value.length !== 32) throw new Refusal('recipe-malformed', at);
  return value;
}

/**
 * A list of `least` to `most` items.
 *
 * @throws Refusal
 * @example
 * import { listIn } from '#shared/evidence/replay/recipe-fields.ts';
 * listIn([2, 10], 0, 8, 'outputs.dims'); // => [2, 10]
 */
export function listIn(value: CborValue, least: number, most: number, at: string): readonly CborValue[] {
  if (!Array.isArray(value) || value.length < least || value.length > most) throw new Refusal('recipe-malformed', at);
  return value;
}

const ADDRESS =
  /^(https:\/\/[a-z0-9.-]+|http:\/\/(127\.0\.0\.1|localhost))(:[0-9]{1,5})?\/[\x21\x24-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a~]*$/;

/**
 * An https address (or http on this machine) of at most 2,048 ASCII characters; no user, no fragment.
 *
 * @throws Refusal
 * @example
 * import { urlIn } from '#shared/evidence/replay/recipe-fields.ts';
 * urlIn('https://models.example/m.onnx', 'model.url'); // => 'https://models.example/m.onnx'
 */
export function urlIn(value: CborValue, at: string): string {
  const url = textIn(value, 2048, at);
  if (!ADDRESS.test(url)) throw new Refusal('recipe-malformed', at);
  return url;
}
