/** Nine models in this Node, read in place: equal under the pins, and the recorded other bytes under other pins. */
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '#shared/bytes/hex.ts';
import type { EngineJob } from '#shared/evidence/replay/engine.ts';
import { encodeRecipe, type Recipe } from '#shared/evidence/replay/recipe.ts';
import { replay } from '#shared/evidence/replay/replay.ts';
import { RUNTIMES } from '#shared/evidence/replay/runtimes.ts';
import { type ElementType, type GeneratedSource, generateInput } from '#shared/evidence/replay/tensor.ts';
import { createNodeEngine, createNodeMachine } from '../../../sdk/replay/node-engine.ts';
import { vectorBytes, vectorsPresent, vectorText } from '../../support/vectors.ts';

interface Golden {
  file: string;
  sha256: string;
  bytes: number;
  input: { name: string; type: ElementType; dims: number[]; recipe: { kind: string; seed: number }; sha256: string };
  output: { name: string; type: ElementType; dims: number[]; sha256: string };
  differsWhen?: { graphOptimizationLevel?: EngineJob['optimisation']; numThreads?: number; sha256: string }[];
}

const present = vectorsPresent();
const models: Golden[] = present ? JSON.parse(vectorText('replay/golden.json')).models : [];
const [runtime] = RUNTIMES;
if (!runtime) throw new Error('no runtime listed');
const digest = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);
const source = ({ input }: Golden): GeneratedSource => {
  const { kind, ...rest } = input.recipe;
  return { kind: 'generated', recipe: kind, ...rest } as GeneratedSource;
};

const recipeFor = (golden: Golden): Recipe => {
  const { file, sha256, bytes, input, output } = golden;
  const out = { name: output.name, dtype: output.type, dims: output.dims, digest: digest(output.sha256) };
  return {
    v: 1,
    runtime,
    provider: 'wasm',
    threads: 1,
    optimisation: 'all',
    model: { digest: digest(sha256), size: bytes, url: `https://models.example/${file}` },
    inputs: [
      { name: input.name, dtype: input.type, dims: input.dims, digest: digest(input.sha256), source: source(golden) },
    ],
    runs: 1,
    outputs: [out],
    decode: 'tensor-bytes-1',
    attested: out.digest,
  };
};

const engine = createNodeEngine();
const machine = createNodeMachine(async ({ url }) => vectorBytes(`replay/${url.split('/').pop()}`), engine);
const wrongPins = models.flatMap((golden) =>
  (golden.differsWhen ?? []).flatMap(({ graphOptimizationLevel: level, sha256 }) =>
    level === undefined ? [] : [[golden.file, level, sha256, golden] as const],
  ),
);

describe.skipIf(!present)('golden models (../shared/vectors/replay, made for this project)', () => {
  test('all nine are here', () => expect(models).toHaveLength(9));

  test.each(models.map((golden) => [golden.file, golden] as const))(
    '%s is reproduced bit for bit',
    async (_, golden) => {
      expect(await replay(encodeRecipe(recipeFor(golden)), machine)).toMatchObject({ state: 'reproduced' });
    },
  );

  test.each(wrongPins)('%s with optimisation %s gives the recorded other bytes', async (file, level, hash, golden) => {
    const { input, output } = golden;
    const bytes = generateInput(source(golden), input.dims);
    const model = vectorBytes(`replay/${file}`);
    const inputs = [{ name: input.name, dtype: input.type, dims: input.dims, bytes }];
    const [tensor] = await engine.run({ model, inputs, outputs: [output.name], threads: 1, optimisation: level });
    expect(toHex(await engine.sha256(tensor?.bytes ?? new Uint8Array(0)))).toBe(hash);
    const cheating = {
      ...machine,
      engine: { ...engine, run: (job: EngineJob) => engine.run({ ...job, optimisation: level }) },
    };
    expect(await replay(encodeRecipe(recipeFor(golden)), cheating)).toMatchObject({ state: 'mismatch' });
  });

  test('the 4-thread bytes of recurrent-ops-fp32 are a mismatch, and a recipe cannot ask for 4 threads', async () => {
    const golden = models.find(({ file }) => file === 'recurrent-ops-fp32.onnx');
    const other = golden?.differsWhen?.find(({ numThreads }) => numThreads === 4);
    if (!golden || !other) throw new Error('the vector records 4 threads');
    const recipe = recipeFor(golden);
    const lied = { ...recipe, outputs: recipe.outputs.map((out) => ({ ...out, digest: digest(other.sha256) })) };
    expect(await replay(encodeRecipe(lied), machine)).toMatchObject({ state: 'mismatch' });
    expect(() => encodeRecipe({ ...recipe, threads: 4 as 1 })).toThrow('threads');
  });
});
