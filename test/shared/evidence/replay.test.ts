import { sha256 } from '@noble/hashes/sha2.js';
import { describe, expect, test } from 'vitest';
import { utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { certifyRuntime, identifyRuntime } from '#shared/evidence/replay/certify.ts';
import type { ReplayProgress } from '#shared/evidence/replay/engine.ts';
import { encodeRecipe, RECIPE_TYPE, type Recipe } from '#shared/evidence/replay/recipe.ts';
import { recordRun } from '#shared/evidence/replay/record.ts';
import { replay } from '#shared/evidence/replay/replay.ts';
import { afterReplay, replayEvidence, replayKind } from '#shared/evidence/replay/replay-kind.ts';
import { generateInput } from '#shared/evidence/replay/tensor.ts';
import { err, ok } from '#shared/result.ts';
import {
  claimFor,
  engineGiving,
  float32,
  INPUT,
  loadModel,
  MODEL,
  machineWith,
  OUTPUT,
  RECIPE,
  RUNTIME,
} from './sample.ts';

const bytes = encodeRecipe(RECIPE);
const run = (recipe: Recipe, machine = machineWith(engineGiving(OUTPUT))) => replay(encodeRecipe(recipe), machine);
const never = async (): Promise<never> => {
  throw new Error('must not be reached');
};

describe('replay', () => {
  test('the same bytes are reproduced, and the text is what the run printed', async () => {
    const steps: ReplayProgress[] = [];
    const outcome = await replay(bytes, machineWith(engineGiving(OUTPUT)), (progress) => steps.push(progress));
    expect(outcome).toEqual({
      state: 'reproduced',
      reason: 'replay-reproduced',
      text: '0.5, -1',
      digest: toHex(sha256(utf8('0.5, -1'))),
    });
    expect(steps.map(({ step }) => step)).toEqual(['runtime', 'model', 'input', 'run', 'compare']);
  });

  test('one different output bit is a mismatch', async () => {
    const other = { ...OUTPUT, bytes: float32(0.5, -1.0000001192092896) };
    expect(await run(RECIPE, machineWith(engineGiving(other)))).toMatchObject({
      state: 'mismatch',
      reason: 'replay-output-differs',
    });
  });

  test.each([
    ['another shape', { ...OUTPUT, dims: [2, 1] }],
    ['another type', { ...OUTPUT, dtype: 'int32' as const }],
  ])('%s is a mismatch even with equal bytes', async (_, tensor) => {
    expect(await run(RECIPE, machineWith(engineGiving(tensor)))).toMatchObject({ reason: 'replay-shape-differs' });
  });

  test('text the run does not print is never reproduced, although every tensor is equal', async () => {
    const recipe = { ...RECIPE, attested: sha256(utf8('0.5, -1.0')) };
    const outcome = await run(recipe);
    expect(outcome).toMatchObject({ state: 'mismatch', reason: 'replay-attested-differs', text: '0.5, -1' });
    const claim = claimFor(recipe);
    expect(replayKind.examine(encodeRecipe(recipe), claim)).toMatchObject({ bound: 'failed' });
  });

  test('an output with NaN can be neither equal nor different', async () => {
    const nan = { ...OUTPUT, bytes: float32(0.5, Number.NaN) };
    expect(await run(RECIPE, machineWith(engineGiving(nan)))).toEqual({
      state: 'recipe-refused',
      reason: 'replay-output-nan',
      detail: 'out',
    });
  });

  test('a model with one byte changed is not the model: it is never run', async () => {
    const swapped = MODEL.slice();
    swapped[3] = (swapped[3] ?? 0) ^ 1;
    const machine = machineWith({ ...engineGiving(OUTPUT), run: never }, async () => swapped);
    expect(await run(RECIPE, machine)).toMatchObject({ state: 'model-not-available', reason: 'model-digest-mismatch' });
  });

  test.each([
    ['cannot be found', async () => undefined],
    ['cannot be reached', never],
  ])('a model that %s is not available', async (_, loadFile) => {
    expect(await run(RECIPE, machineWith(engineGiving(OUTPUT), loadFile))).toMatchObject({
      state: 'model-not-available',
      reason: 'model-unreachable',
    });
  });

  test('another seed under the old input digest is refused before anything runs', async () => {
    const [input] = RECIPE.inputs;
    if (!input) throw new Error('sample has no input');
    const recipe = {
      ...RECIPE,
      inputs: [{ ...input, source: { kind: 'generated', recipe: 'sum3', seed: 8 } as const }],
    };
    expect(await run(recipe, machineWith({ ...engineGiving(OUTPUT), run: never }))).toEqual({
      state: 'recipe-refused',
      reason: 'replay-input-differs',
      detail: 'x',
    });
  });

  test('an input from an address is checked against its digest', async () => {
    const [input] = RECIPE.inputs;
    if (!input) throw new Error('sample has no input');
    const recipe = {
      ...RECIPE,
      inputs: [{ ...input, source: { kind: 'url', url: 'https://models.example/x' } as const }],
    };
    const serving = (file: Uint8Array | undefined) =>
      machineWith(engineGiving(OUTPUT), async ({ url }) => (url.endsWith('/x') ? file : MODEL));
    expect(await run(recipe, serving(INPUT.bytes))).toMatchObject({ state: 'reproduced' });
    expect(await run(recipe, serving(float32(1, 2, 3, 4, 5, 6)))).toMatchObject({ reason: 'input-digest-mismatch' });
    expect(await run(recipe, serving(undefined))).toMatchObject({
      state: 'model-not-available',
      reason: 'input-unreachable',
    });
  });

  test('a recipe for an unlisted runtime is not run here, and nothing is fetched', async () => {
    const recipe = { ...RECIPE, runtime: { ...RUNTIME, wasm: new Uint8Array(32) } };
    expect(await run(recipe, machineWith(engineGiving(OUTPUT), never))).toMatchObject({
      state: 'runtime-not-certified',
      reason: 'runtime-unlisted',
    });
    const renamed = { ...RECIPE, runtime: { ...RUNTIME, version: '1.29.0' } };
    expect(await run(renamed)).toMatchObject({ state: 'runtime-not-certified' });
  });

  test('a runtime that failed its self-test gives no answer, even where the output would differ', async () => {
    const other = { ...OUTPUT, bytes: float32(9, 9) };
    const machine = {
      engine: engineGiving(other),
      certify: async () => err('self-test-failed', 'cnn'),
      loadFile: loadModel,
    } as const;
    expect(await run(RECIPE, machine)).toEqual({
      state: 'runtime-not-certified',
      reason: 'self-test-failed',
      detail: 'cnn',
    });
    const elsewhere = { ...machine, certify: async () => ok({ ...RUNTIME, wasm: new Uint8Array(32) }) };
    expect(await run(RECIPE, elsewhere)).toMatchObject({ reason: 'replay-runtime-differs' });
  });

  test('a run that fails is not a mismatch', async () => {
    expect(await run(RECIPE, machineWith({ ...engineGiving(), run: never }))).toMatchObject({
      state: 'runtime-not-certified',
      reason: 'replay-run-failed',
    });
    expect(await run(RECIPE, machineWith(engineGiving()))).toMatchObject({ reason: 'replay-shape-differs' });
  });

  test('a recipe that is no recipe is refused with its reason', async () => {
    expect(await replay(Uint8Array.of(0), machineWith(engineGiving()))).toMatchObject({ reason: 'recipe-malformed' });
  });
});

describe('certifyRuntime', () => {
  test('a WebAssembly binary that is not listed is never started', async () => {
    const engine = { ...engineGiving(), run: never };
    expect(await certifyRuntime(engine, never)).toEqual({ ok: false, reason: 'runtime-unlisted' });
  });

  test('a binary that cannot be read is a runtime that failed', async () => {
    expect(await identifyRuntime({ ...engineGiving(), wasm: never })).toMatchObject({ reason: 'runtime-failed' });
  });

  test('without its own test models nothing is certified', async () => {
    const pretending = { ...engineGiving(), sha256: async () => RUNTIME.wasm };
    expect(await certifyRuntime(pretending, never)).toMatchObject({ reason: 'self-test-unavailable' });
    expect(await certifyRuntime(pretending, async () => MODEL)).toMatchObject({ reason: 'self-test-unavailable' });
  });
});

describe('replay evidence', () => {
  const claim = claimFor(RECIPE);

  test('before a run: not shown to be genuine, recognised and bound', () => {
    expect(replayKind.examine(bytes, claim)).toEqual({
      genuine: 'skipped',
      recognised: 'passed',
      bound: 'passed',
      reason: 'replay-not-run',
    });
  });

  test.each([
    [
      'another output',
      claimFor(RECIPE, { output: { ...claim.output, digest: new Uint8Array(32) } }),
      'replay-output-mismatch',
    ],
    [
      'another media type',
      claimFor(RECIPE, { output: { ...claim.output, type: 'text/markdown' } }),
      'replay-output-mismatch',
    ],
    [
      'another model',
      claimFor(RECIPE, { model: { ...claim.model, weights: new Uint8Array(32) } }),
      'replay-model-mismatch',
    ],
    [
      'a key instead of the output',
      claimFor(RECIPE, { evidence: claim.evidence.map((item) => ({ ...item, binds: 'key' as const })) }),
      'replay-binds-output',
    ],
  ])('a claim about %s is not bound', (_, other, reason) => {
    expect(replayKind.examine(bytes, other)).toMatchObject({ genuine: 'skipped', bound: 'failed', reason });
  });

  test("the claimed weights may be named, and then they are the recipe's", () => {
    const weighted = claimFor(RECIPE, { model: { ...claim.model, weights: sha256(MODEL) } });
    expect(replayKind.examine(bytes, weighted)).toMatchObject({ bound: 'passed' });
  });

  test('tensor bytes are bound through the first output', () => {
    const recipe: Recipe = { ...RECIPE, decode: 'tensor-bytes-1', attested: sha256(OUTPUT.bytes) };
    const output = { type: 'application/octet-stream', size: 8, digest: sha256(OUTPUT.bytes) };
    expect(replayKind.examine(encodeRecipe(recipe), claimFor(recipe, { output }))).toMatchObject({ bound: 'passed' });
    const [first] = recipe.outputs;
    if (!first) throw new Error('sample has no output');
    const crossed: Recipe = { ...recipe, outputs: [{ ...first, digest: new Uint8Array(32) }] };
    expect(replayKind.examine(encodeRecipe(crossed), claimFor(crossed, { output }))).toMatchObject({ bound: 'failed' });
  });

  test('an unlisted runtime is not recognised', () => {
    const recipe = { ...RECIPE, runtime: { ...RUNTIME, version: '1.29.0' } };
    expect(replayKind.examine(encodeRecipe(recipe), claimFor(recipe))).toMatchObject({
      recognised: 'failed',
      bound: 'passed',
      reason: 'runtime-unlisted',
    });
  });

  test('the recipe to run comes with its own finding, in the order of the claim', () => {
    const other = { type: RECIPE_TYPE, value: encodeRecipe({ ...RECIPE, attested: new Uint8Array(32) }) };
    const record = { type: RECIPE_TYPE, value: bytes };
    expect(replayEvidence(claim, [other, { type: 'other/type', value: bytes }, record])).toEqual({
      recipe: bytes,
      finding: { kind: 'replay', genuine: 'skipped', recognised: 'passed', bound: 'passed', reason: 'replay-not-run' },
    });
    expect(replayEvidence(claim, [other])).toBeUndefined();
    const both = claimFor(RECIPE, {
      evidence: [{ kind: 'replay', digest: sha256(other.value), binds: 'output' }, ...claim.evidence],
    });
    expect(replayEvidence(both, [record, other])).toMatchObject({ recipe: other.value, finding: { bound: 'failed' } });
    expect(replayEvidence(both, [record])).toMatchObject({ recipe: bytes, finding: { bound: 'passed' } });
  });

  test('a run makes only a recognised, bound recipe genuine', () => {
    const good = { kind: 'replay', genuine: 'skipped', recognised: 'passed', bound: 'passed' } as const;
    const reproduced = { state: 'reproduced', reason: 'replay-reproduced' } as const;
    expect(afterReplay(good, reproduced)).toMatchObject({ genuine: 'passed' });
    expect(afterReplay({ ...good, bound: 'failed' }, reproduced)).toMatchObject({
      genuine: 'skipped',
      bound: 'failed',
    });
    expect(afterReplay({ ...good, recognised: 'failed' }, reproduced)).toMatchObject({ genuine: 'skipped' });
    expect(afterReplay(good, { state: 'mismatch', reason: 'replay-output-differs' })).toMatchObject({
      genuine: 'failed',
    });
    expect(afterReplay(good, { state: 'model-not-available', reason: 'model-unreachable' })).toMatchObject({
      genuine: 'skipped',
      reason: 'model-unreachable',
    });
  });
});

describe('recordRun', () => {
  const input = { name: 'x', dtype: 'float32', dims: [2, 3] } as const;
  const draft = { model: MODEL, url: RECIPE.model.url, outputs: ['out'], decode: 'decimals-1' } as const;

  test('writes the recipe that replays, and the output it attests', async () => {
    const source = { kind: 'generated', recipe: 'sum3', seed: 7 } as const;
    const { recipe, output } = await recordRun(
      { ...draft, inputs: [{ ...input, source }] },
      engineGiving(OUTPUT),
      RUNTIME,
    );
    expect(recipe).toEqual(RECIPE);
    expect(output).toEqual({ type: 'text/plain', bytes: utf8('0.5, -1') });
    expect(await run(recipe)).toMatchObject({ state: 'reproduced' });
  });

  test('refuses an input without bytes, no output, and NaN', async () => {
    const source = { kind: 'url', url: 'https://models.example/x' } as const;
    await expect(
      recordRun({ ...draft, inputs: [{ ...input, source }] }, engineGiving(OUTPUT), RUNTIME),
    ).rejects.toThrow('x');
    const given = [{ ...input, source, bytes: INPUT.bytes }];
    await expect(recordRun({ ...draft, inputs: given }, engineGiving(), RUNTIME)).rejects.toThrow('outputs');
    const nan = engineGiving({ ...OUTPUT, bytes: float32(Number.NaN) });
    await expect(recordRun({ ...draft, inputs: given }, nan, RUNTIME)).rejects.toThrow('NaN');
    expect(
      (await recordRun({ ...draft, inputs: given }, engineGiving(OUTPUT), RUNTIME)).recipe.inputs[0]?.source,
    ).toEqual(source);
  });
});

test('generated inputs of the other kinds follow the generator', () => {
  const uniform = generateInput({ kind: 'generated', recipe: 'uniform', seed: 0 }, [1]);
  expect(new Float32Array(uniform.buffer)[0]).toBe(Math.fround((1013904223 / 2 ** 32) * 2 - 1));
});
