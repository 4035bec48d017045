/**
 * What replay needs from the machine it runs on: an engine that runs one model once, and a way to get files. Both are
 * arguments; nothing here touches the network or a clock.
 */
import type { Bytes32 } from '../../bytes/bytes.ts';
import type { Tensor } from './tensor.ts';

/** One run of one model. A recipe only ever gives one thread and optimisation `all`. */
export interface EngineJob {
  /** ONNX bytes, digest already checked. */
  readonly model: Uint8Array;
  readonly inputs: readonly Tensor[];
  /** Names of the outputs wanted. */
  readonly outputs: readonly string[];
  readonly threads: 1;
  readonly optimisation: 'all' | 'basic' | 'disabled';
}

/** A runtime on this machine. */
export interface ReplayEngine {
  /** The WebAssembly bytes it will instantiate, and no others; reading them starts nothing. */
  wasm(): Promise<Uint8Array>;
  /** Runs a job; rejects when the model cannot be loaded or run. Starts the runtime on first use. */
  run(job: EngineJob): Promise<readonly Tensor[]>;
  /** SHA-256 by whatever is fastest here. */
  sha256(bytes: Uint8Array): Promise<Bytes32>;
}

/** A file a recipe names. */
export interface WantedFile {
  readonly url: string;
  readonly digest: Bytes32;
  /** Exact size in bytes. A loader stops reading beyond it. */
  readonly size: number;
}

/** Gets a file, or `undefined` where it cannot be had. Reports bytes received so far. What it gives is checked. */
export type LoadFile = (file: WantedFile, onBytes: (received: number) => void) => Promise<Uint8Array | undefined>;

/** Where a replay stands. */
export interface ReplayProgress {
  readonly step: 'runtime' | 'self-test' | 'model' | 'input' | 'run' | 'compare';
  /** Bytes received or tests done, and how many there will be. */
  readonly done?: number;
  readonly of?: number;
}

/** Told about each step; must not throw. */
export type OnProgress = (progress: ReplayProgress) => void;
