/**
 * Every signature algorithm for notes that this project can check beside Ed25519. Whoever verifies chooses: a policy that
 * demands one that was not given is not met.
 */
import { ML_DSA_44 } from './ml-dsa-cosignature.ts';
import type { NoteAlgorithm } from './note.ts';

/**
 * The built-in plugins, at most one per type of key.
 *
 * @example
 * import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
 * NOTE_ALGORITHMS.map(({ type }) => type); // => [6]
 */
export const NOTE_ALGORITHMS: readonly NoteAlgorithm[] = [ML_DSA_44];
