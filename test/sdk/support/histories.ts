/** A log that can be made to show two histories, built from `shared/` alone. It signs whatever it is asked to. */
import { ed25519PublicKey } from '../../../shared/bytes/ed25519.ts';
import { encodeCheckpoint } from '../../../shared/log/checkpoint.ts';
import { consistencyProof, leafHash, treeRoot } from '../../../shared/log/merkle.ts';
import { encodeNote, encodeVkey, noteKey, signNote } from '../../../shared/log/note.ts';
import { encodeWitnessRequest } from '../../../shared/log/witness-request.ts';

const secretKey = new Uint8Array(32).fill(77);

export const ORIGIN = 'forked.example/log/2026';
export const LOG_KEY = noteKey(ORIGIN, 1, ed25519PublicKey(secretKey));
export const POLICY = `log ${encodeVkey(LOG_KEY)}\nquorum none\n`;

/** Leaves of a history; `branch` 0 is the first. */
export const leaves = (size: number, branch = 0): Uint8Array[] =>
  Array.from({ length: size }, (_, i) => leafHash(Uint8Array.of(i >> 8, i & 255, branch)));

export function checkpoint(size: number, branch = 0): string {
  const text = encodeCheckpoint({ origin: ORIGIN, size, root: treeRoot(leaves(size, branch)) });
  return encodeNote({ text, signatures: [signNote(text, { key: LOG_KEY, secretKey })] });
}

/** What the log asks a witness to cosign. */
export const request = (oldSize: number, size: number, branch = 0): string =>
  encodeWitnessRequest({
    oldSize,
    proof: oldSize === 0 ? [] : consistencyProof(leaves(size, branch), oldSize),
    checkpoint: checkpoint(size, branch),
  });
