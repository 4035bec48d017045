/** What the witnesses of others said to our client in one run: `npm run interop -- --record` makes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Exchange } from './recording-proxy.ts';

export const WITNESS_NAMES = ['litewitness', 'omniwitness'] as const;
export type WitnessName = (typeof WITNESS_NAMES)[number];

/** One checkpoint, offered until both witnesses had cosigned it. */
export interface RecordedRound {
  readonly size: number;
  readonly exchanges: Readonly<Record<WitnessName, readonly Exchange[]>>;
}

/** A checkpoint that no witness may cosign, and the event our client reports. */
export interface RecordedRefusal {
  readonly what: string;
  readonly event: 'fork-alarm' | 'witness-refused';
  readonly exchanges: Readonly<Record<WitnessName, readonly Exchange[]>>;
}

/** See the file's header. */
export interface Recording {
  readonly about: string;
  /** The log's verifier key. */
  readonly log: string;
  readonly witnesses: Readonly<Record<WitnessName, { readonly version: string; readonly vkey: string }>>;
  /** Leaf hashes of the log's final tree, base64. */
  readonly leaves: readonly string[];
  readonly rounds: readonly RecordedRound[];
  readonly refusals: readonly RecordedRefusal[];
}

const FILE = new URL('../fixtures/witness-exchanges.json', import.meta.url);

export const readRecording = (): Recording => JSON.parse(readFileSync(FILE, 'utf8')) as Recording;

export const writeRecording = (recording: Recording): void =>
  writeFileSync(FILE, `${JSON.stringify(recording, null, 2)}\n`);
