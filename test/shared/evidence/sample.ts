/** A small recipe, a claim it belongs to, and an engine that gives whatever a test wants. */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8 } from '#shared/bytes/bytes.ts';
import type { Claim } from '#shared/claim/claim.ts';
import type { LoadFile, ReplayEngine } from '#shared/evidence/replay/engine.ts';
import { encodeRecipe, type Recipe } from '#shared/evidence/replay/recipe.ts';
import type { ReplayMachine } from '#shared/evidence/replay/replay.ts';
import { RUNTIMES } from '#shared/evidence/replay/runtimes.ts';
import { decimals, generateInput, type Tensor } from '#shared/evidence/replay/tensor.ts';
import { ok } from '#shared/result.ts';

const [listed] = RUNTIMES;
if (!listed) throw new Error('no runtime listed');
export const RUNTIME = listed;

export const float32 = (...values: number[]): Uint8Array => new Uint8Array(new Float32Array(values).buffer);

export const MODEL = utf8('not really a model');
export const OUTPUT: Tensor = { name: 'out', dtype: 'float32', dims: [1, 2], bytes: float32(0.5, -1) };
const source = { kind: 'generated', recipe: 'sum3', seed: 7 } as const;
export const INPUT: Tensor = { name: 'x', dtype: 'float32', dims: [2, 3], bytes: generateInput(source, [2, 3]) };

const pin = ({ name, dtype, dims, bytes }: Tensor) => ({ name, dtype, dims, digest: sha256(bytes) });

export const RECIPE: Recipe = {
  v: 1,
  runtime: RUNTIME,
  provider: 'wasm',
  threads: 1,
  optimisation: 'all',
  model: { digest: sha256(MODEL), size: MODEL.length, url: 'https://models.example/sample.onnx' },
  inputs: [{ ...pin(INPUT), source }],
  runs: 1,
  outputs: [pin(OUTPUT)],
  decode: 'decimals-1',
  attested: sha256(utf8(decimals(OUTPUT))),
};

/** A claim whose output is the recipe's, with the recipe as its only evidence. */
export function claimFor(recipe: Recipe, change: Partial<Claim> = {}): Claim {
  const text = utf8(decimals(OUTPUT));
  return {
    v: 1,
    output: { type: 'text/plain', size: text.length, digest: sha256(text) },
    model: { provider: 'models.example', name: 'sample' },
    run: { at: 1_760_000_000, operator: 'models.example', by: 'self' },
    accountability: { level: 'replayable' },
    evidence: [{ kind: 'replay', digest: sha256(encodeRecipe(recipe)), binds: 'output' }],
    parents: [],
    nonce: new Uint8Array(16),
    ...change,
  };
}

export const engineGiving = (...outputs: Tensor[]): ReplayEngine => ({
  wasm: async () => Uint8Array.of(0),
  run: async () => outputs,
  sha256: async (bytes) => sha256(bytes),
});

export const loadModel: LoadFile = async () => MODEL;

/** A certified machine around an engine. */
export const machineWith = (engine: ReplayEngine, loadFile: LoadFile = loadModel): ReplayMachine => ({
  engine,
  certify: async () => ok(RUNTIME),
  loadFile,
});
