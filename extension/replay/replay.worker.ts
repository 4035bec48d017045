/**
 * The worker that runs models. ONNX Runtime Web, WebAssembly, one thread; its binary and the self-test's models are part
 * of the package, so nothing but the named model (and inputs) is fetched.
 *
 * The `bundle` build that `onnxruntime-web/wasm` resolves to carries its own glue, so no code is loaded at run time and
 * the build needs no `onnxruntime-web-use-extern-wasm` condition; the binary comes through `wasmBinary`.
 */

import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as ort from 'onnxruntime-web/wasm';
import { fromBase64 } from '#shared/bytes/base64.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { type Certification, certifyRuntime, identifyRuntime } from '#shared/evidence/replay/certify.ts';
import type { OnProgress } from '#shared/evidence/replay/engine.ts';
import { createOrtEngine } from '#shared/evidence/replay/ort-engine.ts';
import { replay } from '#shared/evidence/replay/replay.ts';
import { borrow } from '../nameless/fetch-nameless.ts';
import { loadFile } from './load-file.ts';
import { certificateOf, type ReplayJob, type ReplayReport } from './protocol.ts';

const KNOWN_ANSWER_URLS: Readonly<Record<string, URL>> = {
  'cnn-fp32.onnx': new URL('../../shared/evidence/replay/known-answer/cnn-fp32.onnx', import.meta.url),
  'reduce-fp32.onnx': new URL('../../shared/evidence/replay/known-answer/reduce-fp32.onnx', import.meta.url),
  'causal-int8.onnx': new URL('../../shared/evidence/replay/known-answer/causal-int8.onnx', import.meta.url),
};

async function ownFile(url: string | URL | undefined): Promise<Uint8Array> {
  if (url === undefined) throw new TypeError('not a file of this package');
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

const engine = createOrtEngine({
  ort,
  loadWasm: () => ownFile(new URL(wasmUrl, import.meta.url)),
  sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)),
});

/** Passed in this worker; a failure is tried again, since a busy machine may have caused it. */
let passed: Certification | undefined;

async function certify(known: readonly string[], onProgress: OnProgress): Promise<Certification> {
  if (passed) return passed;
  const runtime = await identifyRuntime(engine);
  const remembered = runtime.ok && known.includes(certificateOf(navigator.userAgent, toHex(runtime.value.wasm)));
  const certification = remembered
    ? runtime
    : await certifyRuntime(engine, (file) => ownFile(KNOWN_ANSWER_URLS[file]), onProgress);
  if (certification.ok) passed = certification;
  return certification;
}

async function run({ recipe, certified }: ReplayJob): Promise<void> {
  const report = (message: ReplayReport): void => self.postMessage(message);
  const bytes = fromBase64(recipe) ?? new Uint8Array(0);
  const onProgress: OnProgress = (progress) => report({ progress });
  const outcome = await replay(
    bytes,
    { engine, certify: (progress) => certify(certified, progress), loadFile },
    onProgress,
  );
  report(
    passed?.ok ? { outcome, certificate: certificateOf(navigator.userAgent, toHex(passed.value.wasm)) } : { outcome },
  );
}

self.addEventListener('message', (event: MessageEvent<ReplayJob>) => {
  if (!borrow(event)) void run(event.data);
});
