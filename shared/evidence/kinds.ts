/** Every kind of evidence that this project can examine. Whoever verifies a trail chooses; these are all there are. */
import type { EvidenceKind } from './evidence.ts';
import { replayKind } from './replay/replay-kind.ts';

/**
 * The built-in plugins, at most one per kind.
 *
 * @example
 * import { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
 * EVIDENCE_KINDS.map(({ kind }) => kind); // => ['replay']
 */
export const EVIDENCE_KINDS: readonly EvidenceKind[] = [replayKind];
