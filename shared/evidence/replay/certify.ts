/**
 * Whether a runtime's replays mean anything on this machine: its WebAssembly is a listed build, and it gives the known
 * answers. A browser's compiler can be wrong; then its mismatches would accuse the innocent.
 *
 * @see docs/spec/replay.md#self-test
 */
import { equalBytes } from '../../bytes/bytes.ts';
import { err, ok, type Result } from '../../result.ts';
import type { OnProgress, ReplayEngine } from './engine.ts';
import { KNOWN_ANSWERS } from './known-answer/known-answer.ts';
import { type RuntimePin, runtimeOf } from './runtimes.ts';
import { generateInput, type Tensor, type TensorPin } from './tensor.ts';

/** Why a runtime may not judge. None of these is ever a mismatch. */
export type CertificationReason = 'runtime-unlisted' | 'runtime-failed' | 'self-test-unavailable' | 'self-test-failed';

/** A runtime that passed, or why not. */
export type Certification = Result<RuntimePin, CertificationReason>;

/**
 * Whether a tensor is the pinned one: name, type, shape and bytes.
 *
 * @example
 * import { isPinned } from '#shared/evidence/replay/certify.ts';
 * const pin = { name: 'x', dtype: 'uint8', dims: [1], digest: new Uint8Array(32) };
 * const engine = { sha256: async () => new Uint8Array(32) };
 * await isPinned(engine, { ...pin, bytes: Uint8Array.of(7) }, pin); // => true
 */
export async function isPinned(engine: ReplayEngine, tensor: Tensor, pin: TensorPin): Promise<boolean> {
  const sameShape = tensor.dims.length === pin.dims.length && tensor.dims.every((dim, i) => dim === pin.dims[i]);
  if (tensor.name !== pin.name || tensor.dtype !== pin.dtype || !sameShape) return false;
  return equalBytes(await engine.sha256(tensor.bytes), pin.digest);
}

/**
 * The listed runtime behind an engine, found by the digest of its WebAssembly before anything is instantiated.
 * A caller that remembers a passed self-test for this digest and this browser may stop here.
 *
 * @returns the runtime; may give `runtime-failed` (its file could not be read) or `runtime-unlisted`
 * @example
 * import { identifyRuntime } from '#shared/evidence/replay/certify.ts';
 * const engine = { wasm: async () => Uint8Array.of(0), sha256: async () => new Uint8Array(32) };
 * (await identifyRuntime(engine)).reason; // => 'runtime-unlisted'
 */
export async function identifyRuntime(engine: ReplayEngine): Promise<Certification> {
  try {
    const runtime = runtimeOf(await engine.sha256(await engine.wasm()));
    return runtime ? ok(runtime) : err('runtime-unlisted');
  } catch (error) {
    return err('runtime-failed', String(error));
  }
}

/**
 * Runs the self-test: the WebAssembly digest first, then every known answer.
 *
 * @param engine - the runtime on this machine
 * @param loadKnownAnswer - the model file with this name, from the program's own package
 * @param onProgress - told before each test
 * @returns the runtime; may give `runtime-unlisted`, `runtime-failed`, `self-test-unavailable`, `self-test-failed`
 * @see docs/spec/replay.md#self-test
 * @example
 * import { certifyRuntime } from '#shared/evidence/replay/certify.ts';
 * const engine = { wasm: async () => Uint8Array.of(0), sha256: async () => new Uint8Array(32) };
 * (await certifyRuntime(engine, async () => new Uint8Array(0))).reason; // => 'runtime-unlisted'
 */
export async function certifyRuntime(
  engine: ReplayEngine,
  loadKnownAnswer: (file: string) => Promise<Uint8Array>,
  onProgress: OnProgress = () => {},
): Promise<Certification> {
  const runtime = await identifyRuntime(engine);
  if (!runtime.ok) return runtime;
  for (const [done, { file, model, input, output }] of KNOWN_ANSWERS.entries()) {
    onProgress({ step: 'self-test', done, of: KNOWN_ANSWERS.length });
    const bytes = await loadKnownAnswer(file).catch(() => undefined);
    if (!bytes || !equalBytes(await engine.sha256(bytes), model.digest)) return err('self-test-unavailable', file);
    try {
      const tensor: Tensor = { ...input, bytes: generateInput(input.source, input.dims) };
      // A generator that gives other bytes is the same kind of fault as a runtime that does.
      if (!(await isPinned(engine, tensor, input))) return err('self-test-failed', `${file}: input`);
      const job = { model: bytes, inputs: [tensor], outputs: [output.name], threads: 1, optimisation: 'all' } as const;
      const [result] = await engine.run(job);
      if (!result || !(await isPinned(engine, result, output))) return err('self-test-failed', file);
    } catch (error) {
      return err('runtime-failed', `${file}: ${String(error)}`);
    }
  }
  return runtime;
}
