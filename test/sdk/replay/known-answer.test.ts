/** The runtime itself, in this Node: the committed known answers, and what each broken pin does to them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { fromHex } from '#shared/bytes/hex.ts';
import { certifyRuntime } from '#shared/evidence/replay/certify.ts';
import type { LoadFile, ReplayEngine, ReplayProgress } from '#shared/evidence/replay/engine.ts';
import { KNOWN_ANSWERS } from '#shared/evidence/replay/known-answer/known-answer.ts';
import { encodeRecipe } from '#shared/evidence/replay/recipe.ts';
import { recordRun } from '#shared/evidence/replay/record.ts';
import { replay } from '#shared/evidence/replay/replay.ts';
import { certifyNode, createNodeEngine, createNodeMachine } from '../../../sdk/replay/node-engine.ts';
import { knownAnswer, readKnownModel, recipeFor } from '../../shared/evidence/known-recipe.ts';
import { RUNTIME as runtime } from '../../shared/evidence/sample.ts';

const read = async (file: string): Promise<Uint8Array> => readKnownModel(file);

const served: LoadFile = async ({ url }) => read(url.slice('https://models.example/'.length));
const engine = createNodeEngine();
const machine = createNodeMachine(served, engine);

describe('the runtime in this Node', () => {
  let progress: ReplayProgress[] = [];
  beforeAll(async () => {
    progress = [];
    expect(await certifyNode(engine, (step) => progress.push(step))).toEqual({ ok: true, value: runtime });
  });

  test('is certified by its three known answers, one after the other', () => {
    expect(progress).toEqual([0, 1, 2].map((done) => ({ step: 'self-test', done, of: 3 })));
  });

  test.each(KNOWN_ANSWERS.map((answer) => [answer.file, answer] as const))('reproduces %s', async (_, answer) => {
    expect(await replay(encodeRecipe(recipeFor(answer)), machine)).toMatchObject({ state: 'reproduced' });
  });

  test('another seed gives another output: a mismatch, not an error', async () => {
    const causal = knownAnswer('causal-int8');
    const source = { kind: 'generated', recipe: 'ids', seed: 12346, vocab: 256 } as const;
    const digest = fromHex('00'.repeat(32)) ?? new Uint8Array();
    const draft = { model: await read(causal.file), url: 'https://models.example/causal-int8.onnx' };
    const { name, dtype, dims } = causal.input;
    const inputs = [{ name, dtype, dims, source }];
    const run = await recordRun({ ...draft, inputs, outputs: ['out'], decode: 'tensor-bytes-1' }, engine, runtime);
    expect(await replay(encodeRecipe(run.recipe), machine)).toMatchObject({ state: 'reproduced' });
    const lied = { ...recipeFor(causal), inputs: run.recipe.inputs };
    expect(await replay(encodeRecipe(lied), machine)).toMatchObject({
      state: 'mismatch',
      reason: 'replay-output-differs',
    });
    const unpinned = { ...lied, inputs: lied.inputs.map((input) => ({ ...input, digest })) };
    expect(await replay(encodeRecipe(unpinned), machine)).toMatchObject({ reason: 'replay-input-differs' });
  });

  test('a model with one weight byte changed: refused under the old digest, a mismatch under its own', async () => {
    const cnn = knownAnswer('cnn-fp32');
    const swapped = await read(cnn.file);
    swapped[60_000] = (swapped[60_000] ?? 0) ^ 1;
    const swappedMachine = { ...machine, loadFile: async () => swapped };
    const recipe = recipeFor(cnn);
    expect(await replay(encodeRecipe(recipe), swappedMachine)).toMatchObject({
      state: 'model-not-available',
      reason: 'model-digest-mismatch',
    });
    const named = { ...recipe, model: { ...recipe.model, digest: await engine.sha256(swapped) } };
    expect(await replay(encodeRecipe(named), swappedMachine)).toMatchObject({ state: 'mismatch' });
  });

  test('numbers printed by decimals-1 are the attested text', async () => {
    const cnn = knownAnswer('cnn-fp32');
    const { name, dtype, dims, source } = cnn.input;
    const draft = { model: await read(cnn.file), url: 'https://models.example/cnn-fp32.onnx', outputs: ['out'] };
    const inputs = [{ name, dtype, dims, source }];
    const { recipe } = await recordRun({ ...draft, inputs, decode: 'decimals-1' }, engine, runtime);
    const outcome = await replay(encodeRecipe(recipe), machine);
    expect(outcome.state).toBe('reproduced');
    expect(outcome.text?.split(', ').slice(0, 2)).toEqual(['-0.04237643629312515', '-0.020319795235991478']);
  });

  test('bytes that are no model fail the run, never the issuer', async () => {
    const junk = Uint8Array.of(1, 2, 3);
    const cnn = knownAnswer('cnn-fp32');
    const model = { digest: await engine.sha256(junk), size: 3, url: 'https://models.example/junk' };
    const outcome = await replay(encodeRecipe({ ...recipeFor(cnn), model }), {
      ...machine,
      loadFile: async () => junk,
    });
    expect(outcome).toMatchObject({ state: 'runtime-not-certified', reason: 'replay-run-failed' });
  });
});

describe('a runtime that is not itself', () => {
  const broken = (change: Partial<ReplayEngine>): ReplayEngine => ({ ...engine, ...change });

  test('another WebAssembly binary is named before it is started', async () => {
    const other = new Uint8Array(await engine.wasm());
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
    let started = false;
    const run = async () => {
      started = true;
      return [];
    };
    const certification = await certifyRuntime(broken({ wasm: async () => other, run }), read);
    expect(certification).toMatchObject({ ok: false, reason: 'runtime-unlisted' });
    expect(started).toBe(false);
  });

  test('an engine that returns one wrong bit fails the self-test and then judges nobody', async () => {
    const flipping = broken({
      run: async (job) => {
        const tensors = await engine.run(job);
        for (const { bytes } of tensors) bytes[5] = (bytes[5] ?? 0) ^ 1;
        return tensors;
      },
    });
    const certification = await certifyRuntime(flipping, read);
    expect(certification).toMatchObject({ ok: false, reason: 'self-test-failed', detail: 'cnn-fp32.onnx' });
    const cnn = knownAnswer('cnn-fp32');
    const judge = { engine: flipping, certify: async () => certification, loadFile: served };
    expect(await replay(encodeRecipe(recipeFor(cnn)), judge)).toMatchObject({ state: 'runtime-not-certified' });
  });

  test('an engine that crashes has failed, and a generator that drifts is caught as well', async () => {
    const crashing = broken({
      run: async () => {
        throw new Error('crash');
      },
    });
    expect(await certifyRuntime(crashing, read)).toMatchObject({ reason: 'runtime-failed' });
    const blind = broken({
      sha256: async (bytes) => (bytes.length === 221_184 ? new Uint8Array(32) : engine.sha256(bytes)),
    });
    expect(await certifyRuntime(blind, read)).toMatchObject({
      reason: 'self-test-failed',
      detail: 'cnn-fp32.onnx: input',
    });
  });
});
