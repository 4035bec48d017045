/**
 * ONNX Runtime Web inside Node: the same WebAssembly a browser runs, one thread, so the same bytes. Never the native
 * `onnxruntime-node`, whose output differs.
 *
 * A model that never ends blocks the process: run untrusted recipes where that can be stopped.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as ort from 'onnxruntime-web/wasm';
import { type Certification, certifyRuntime } from '#shared/evidence/replay/certify.ts';
import type { LoadFile, OnProgress, ReplayEngine } from '#shared/evidence/replay/engine.ts';
import { createOrtEngine } from '#shared/evidence/replay/ort-engine.ts';
import type { ReplayMachine } from '#shared/evidence/replay/replay.ts';

const WASM = 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
const KNOWN_ANSWERS = new URL('../../shared/evidence/replay/known-answer/', import.meta.url);

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(createHash('sha256').update(bytes).digest());

/** The runtime installed beside this package. */
export const createNodeEngine = (): ReplayEngine =>
  createOrtEngine({ ort, loadWasm: async () => readFile(new URL(import.meta.resolve(WASM))), sha256 });

/** Runs the self-test with the models of this package. */
export const certifyNode = (engine: ReplayEngine, onProgress?: OnProgress): Promise<Certification> =>
  certifyRuntime(engine, async (file) => readFile(new URL(file, KNOWN_ANSWERS)), onProgress);

/**
 * A machine for `replay`: the runtime, its self-test (run once) and a loader.
 *
 * @param loadFile - from `createNodeLoader`
 */
export function createNodeMachine(loadFile: LoadFile, engine: ReplayEngine = createNodeEngine()): ReplayMachine {
  let certified: Promise<Certification> | undefined;
  const certify = (onProgress: OnProgress): Promise<Certification> => {
    certified ??= certifyNode(engine, onProgress);
    return certified;
  };
  return { engine, certify, loadFile };
}
