import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CborValue, encodeCbor } from '#shared/bytes/cbor.ts';
import { encodeRecipe, MAX_RECIPE_SIZE, parseRecipe, type Recipe } from '#shared/evidence/replay/recipe.ts';
import { RECIPE } from './sample.ts';

type Json = CborValue | Json[] | { [key: string]: Json } | Uint8Array | undefined;

/** Any nested plain object as CBOR; `undefined` fields are left out. */
function cbor(value: Json): CborValue {
  if (Array.isArray(value)) return value.map((each) => cbor(each as Json));
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array || value instanceof Map)
    return value as CborValue;
  const entries = Object.entries(value as { [key: string]: Json }).filter(([, field]) => field !== undefined);
  return new Map(entries.map(([key, field]) => [key, cbor(field)]));
}

const draft = (): { [key: string]: Json } => structuredClone(RECIPE) as unknown as { [key: string]: Json };
function changed(path: string, value: Json): Uint8Array {
  const recipe = draft();
  const keys = path.split('.');
  let at: { [key: string]: Json } = recipe;
  for (const key of keys.slice(0, -1)) at = at[key] as { [key: string]: Json };
  at[keys.at(-1) ?? ''] = value;
  return encodeCbor(cbor(recipe as Json));
}
const digest = new Uint8Array(32);

describe('parseRecipe', () => {
  test('reads back what encodeRecipe wrote, byte for byte', () => {
    const bytes = encodeRecipe(RECIPE);
    const parsed = parseRecipe(bytes);
    expect(parsed).toEqual({ ok: true, value: RECIPE });
    expect(parsed.ok && encodeRecipe(parsed.value)).toEqual(bytes);
  });

  test.each([
    'v',
    'runtime',
    'runtime.wasm',
    'provider',
    'threads',
    'optimisation',
    'model',
    'model.digest',
    'model.size',
    'model.url',
    'inputs',
    'inputs.0.digest',
    'inputs.0.source',
    'inputs.0.source.seed',
    'runs',
    'outputs',
    'outputs.0.digest',
    'decode',
    'attested',
  ])('refuses a recipe without %s', (path) => {
    const parsed = parseRecipe(changed(path, undefined));
    expect(parsed.ok ? 'accepted' : parsed.reason).toBe('recipe-pin-missing');
  });

  test.each<[string, Json]>([
    ['threads', 4],
    ['threads', 2],
    ['optimisation', 'basic'],
    ['optimisation', 'disabled'],
    ['provider', 'webgpu'],
    ['runs', 2],
    ['decode', 'argmax-1'],
    ['inputs.0.dtype', 'float64'],
    ['inputs.0.source.kind', 'magic'],
    ['inputs.0.source.recipe', 'ids'],
  ])('refuses %s = %s, under which the bytes were not measured equal', (path, value) => {
    const parsed = parseRecipe(changed(path, value));
    expect(parsed).toMatchObject({ ok: false, reason: 'recipe-pin-refused' });
  });

  test.each<[string, Json]>([
    ['relaxed', true],
    ['model.extra', 1],
    ['inputs.0.source.extra', 1],
    ['model.digest', new Uint8Array(31)],
    ['model.size', 0],
    ['model.size', 64 * 1024 * 1024 + 1],
    ['model.url', 'http://models.example/m.onnx'],
    ['model.url', 'https://user@models.example/m.onnx'],
    ['model.url', 'https://models.example/m.onnx#part'],
    ['model.url', 'javascript:alert(1)'],
    ['model.url', `https://models.example/${'a'.repeat(2048)}`],
    ['inputs', []],
    ['outputs', []],
    ['inputs.0.dims', [0]],
    ['inputs.0.dims', [4096, 4096]],
    ['inputs.0.dims', [1, 1, 1, 1, 1, 1, 1, 1, 1]],
    ['inputs.0.name', ''],
    ['inputs.0.name', 'a\nb'],
    ['inputs.0.source.seed', 2 ** 32],
    ['outputs.0.dims', [10_001]],
    ['runtime.version', 130],
  ])('refuses a malformed %s', (path, value) => {
    expect(parseRecipe(changed(path, value))).toMatchObject({ ok: false, reason: 'recipe-malformed' });
  });

  test('refuses two inputs or two outputs of one name', () => {
    for (const list of ['inputs', 'outputs'] as const) {
      const twice = { ...RECIPE, [list]: [RECIPE[list][0], RECIPE[list][0]] } as Recipe;
      expect(() => encodeRecipe(twice)).toThrow(RangeError);
    }
  });

  test('a newer version is unsupported, not malformed', () => {
    expect(parseRecipe(changed('v', 2))).toEqual({ ok: false, reason: 'recipe-unsupported', detail: 'v' });
  });

  test('refuses by size before decoding', () => {
    expect(parseRecipe(new Uint8Array(MAX_RECIPE_SIZE + 1))).toEqual({ ok: false, reason: 'recipe-too-large' });
  });

  test('accepts inputs from an address, generated ids, scalars and a loopback model', () => {
    const ids = { kind: 'generated', recipe: 'ids', seed: 1, vocab: 256 } as const;
    const recipe: Recipe = {
      ...RECIPE,
      model: { ...RECIPE.model, url: 'http://127.0.0.1:8790/m.onnx?v=1' },
      inputs: [
        { name: 'a', dtype: 'uint8', dims: [], digest, source: { kind: 'url', url: 'https://models.example/a%20b' } },
        { name: 'b', dtype: 'int64', dims: [1, 2], digest, source: ids },
      ],
      decode: 'tensor-bytes-1',
    };
    expect(parseRecipe(encodeRecipe(recipe))).toEqual({ ok: true, value: recipe });
  });

  test('never throws: any bytes give a recipe or a reason', () => {
    const good = encodeRecipe(RECIPE);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => typeof parseRecipe(bytes).ok === 'boolean'),
      { numRuns: 300 },
    );
    for (let i = 0; i < good.length; i++) {
      const flipped = good.slice();
      flipped[i] = (flipped[i] ?? 0) ^ 0x41;
      const parsed = parseRecipe(flipped);
      if (parsed.ok) expect(encodeRecipe(parsed.value)).toEqual(flipped);
    }
  });
});
