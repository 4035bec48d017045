/**
 * The runtimes whose replays mean something: exact builds of ONNX Runtime Web, named by the digest of their
 * WebAssembly binary. A newer version is a new entry with its own known answers, never a silent upgrade: other versions
 * give other bytes.
 *
 * @see docs/spec/replay.md#runtimes
 */
import { type Bytes32, equalBytes } from '../../bytes/bytes.ts';
import { fromHex } from '../../bytes/hex.ts';

/** One build of one runtime. */
export interface RuntimePin {
  /** npm package. */
  readonly package: string;
  readonly version: string;
  /** SHA-256 of the WebAssembly binary. */
  readonly wasm: Bytes32;
}

const digest = (hex: string): Bytes32 => fromHex(hex) ?? new Uint8Array(32);

/**
 * Every runtime a replay may use, newest first.
 *
 * `onnxruntime-web` 1.30.0 is `ort-wasm-simd-threaded.wasm`: no relaxed-SIMD instruction, every transcendental function
 * compiled in. Equal bytes were measured in Node, Chromium, Firefox, WebKitGTK, workerd and emulated arm64.
 *
 * @example
 * import { RUNTIMES } from '#shared/evidence/replay/runtimes.ts';
 * RUNTIMES[0].version; // => '1.30.0'
 */
export const RUNTIMES: readonly RuntimePin[] = [
  {
    package: 'onnxruntime-web',
    version: '1.30.0',
    wasm: digest('3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2'),
  },
];

/**
 * The listed runtime with this WebAssembly digest; what a recipe or an engine says about itself is not asked.
 *
 * @param wasm - SHA-256 of the binary
 * @example
 * import { runtimeOf } from '#shared/evidence/replay/runtimes.ts';
 * runtimeOf(new Uint8Array(32)); // => undefined
 */
export const runtimeOf = (wasm: Bytes32): RuntimePin | undefined =>
  RUNTIMES.find((runtime) => equalBytes(runtime.wasm, wasm));

/**
 * Whether all three fields of a pin are those of a listed runtime.
 *
 * @example
 * import { isListedRuntime, RUNTIMES } from '#shared/evidence/replay/runtimes.ts';
 * isListedRuntime({ ...RUNTIMES[0], version: '1.29.0' }); // => false
 */
export function isListedRuntime(pin: RuntimePin): boolean {
  const listed = runtimeOf(pin.wasm);
  return listed !== undefined && listed.package === pin.package && listed.version === pin.version;
}
