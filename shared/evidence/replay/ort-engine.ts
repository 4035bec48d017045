/**
 * A replay engine over `onnxruntime-web/wasm`, which the caller imports and passes in: the same lines run in Node, in a
 * browser's worker and in tests. One thread, provider `wasm`, no relaxed SIMD.
 *
 * The runtime is given exactly the WebAssembly bytes that `wasm()` returned, so what was hashed is what runs.
 */
import type { Bytes32 } from '../../bytes/bytes.ts';
import type { EngineJob, ReplayEngine } from './engine.ts';
import type { ElementType, Tensor } from './tensor.ts';

interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

interface OrtSession {
  run(feeds: Record<string, OrtTensor>, fetches: readonly string[]): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

interface SessionOptions {
  executionProviders: string[];
  graphOptimizationLevel: 'all' | 'basic' | 'disabled';
  intraOpNumThreads: number;
  interOpNumThreads: number;
}

/** The part of `onnxruntime-web/wasm` that replay uses. */
export interface Ort {
  readonly env: { readonly wasm: { numThreads?: number; proxy?: boolean; wasmBinary?: ArrayBufferLike | Uint8Array } };
  readonly InferenceSession: { create(model: Uint8Array, options: SessionOptions): Promise<unknown> };
  readonly Tensor: new (type: never, data: never, dims: readonly number[]) => unknown;
}

/** What the machine gives an engine. */
export interface OrtHost {
  readonly ort: Ort;
  /** Reads the WebAssembly binary; called once. */
  readonly loadWasm: () => Promise<Uint8Array>;
  readonly sha256: (bytes: Uint8Array) => Promise<Bytes32>;
}

const TYPED_ARRAYS = { float32: Float32Array, int64: BigInt64Array, int32: Int32Array, uint8: Uint8Array };
const isElementType = (type: string): type is ElementType => Object.hasOwn(TYPED_ARRAYS, type);

/** The output as bytes: a copy out of the runtime's memory, over exactly the tensor's window. */
function tensorOf(name: string, tensor: OrtTensor | undefined): Tensor {
  if (!tensor || !isElementType(tensor.type) || !ArrayBuffer.isView(tensor.data)) {
    throw new TypeError(`output ${name}: no tensor of a type that can be compared`);
  }
  const { buffer, byteOffset, byteLength } = tensor.data;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength).slice();
  return { name, dtype: tensor.type, dims: [...tensor.dims], bytes };
}

/**
 * An engine that runs models in ONNX Runtime Web. The environment of `ort` is global: one engine per imported module.
 *
 * @example
 * import { createOrtEngine } from '#shared/evidence/replay/ort-engine.ts';
 * const engine = createOrtEngine({ ort: {}, loadWasm: async () => Uint8Array.of(0), sha256: async () => new Uint8Array(32) });
 * (await engine.wasm()).length; // => 1
 */
export function createOrtEngine({ ort, loadWasm, sha256 }: OrtHost): ReplayEngine {
  let loading: Promise<Uint8Array> | undefined;
  const wasm = (): Promise<Uint8Array> => {
    loading ??= loadWasm();
    return loading;
  };

  async function run(job: EngineJob): Promise<readonly Tensor[]> {
    ort.env.wasm.numThreads = job.threads;
    ort.env.wasm.proxy = false;
    ort.env.wasm.wasmBinary = await wasm();
    const session = (await ort.InferenceSession.create(job.model, {
      executionProviders: ['wasm'],
      graphOptimizationLevel: job.optimisation,
      intraOpNumThreads: job.threads,
      interOpNumThreads: job.threads,
    })) as OrtSession;
    try {
      const feeds: Record<string, OrtTensor> = {};
      for (const { name, dtype, dims, bytes } of job.inputs) {
        const data = new TYPED_ARRAYS[dtype](bytes.slice().buffer);
        Object.defineProperty(feeds, name, {
          value: new ort.Tensor(dtype as never, data as never, dims),
          enumerable: true,
        });
      }
      const results = await session.run(feeds, job.outputs);
      return job.outputs.map((name) => tensorOf(name, Object.hasOwn(results, name) ? results[name] : undefined));
    } finally {
      await session.release();
    }
  }

  return { wasm, run, sha256 };
}
