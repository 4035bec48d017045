/** What the checks are given, and what they have established so far. */

import type { Statement } from '../attestation/statement.ts';
import type { Bytes32 } from '../bytes/bytes.ts';
import type { Claim } from '../claim/claim.ts';
import type { EvidenceFinding, EvidenceKind } from '../evidence/evidence.ts';
import type { Checkpoint } from '../log/checkpoint.ts';
import type { ForkEvidence } from '../log/fork-proof.ts';
import type { NoteAlgorithm } from '../log/note.ts';
import type { TlogProof } from '../log/proof.ts';
import type { ContentMatch } from '../text/content.ts';
import type { Trail } from '../trail/trail.ts';
import type { Trust } from '../trust/trust.ts';
import type { TrailEvents } from './events.ts';
import type { OpenedLog, OpenedLogs } from './open-log.ts';

export interface VerifyTrailInput {
  /** The trail document as received. */
  readonly trail: string;
  /** The reader's own trust documents; the first that knows the trail's log counts. */
  readonly trust: readonly Trust[];
  /** What stands on the page: rendered lines of text, or the raw bytes (bind bytes for text). Either may match. */
  readonly page?: { readonly lines?: readonly string[]; readonly bytes?: Uint8Array };
  /**
   * The last checkpoint this reader verified of this log. Where the two differ in size, `evidence` says what the larger
   * one begins with: the smaller one's own root, or another, which is a fork.
   */
  readonly knownCheckpoint?: {
    readonly checkpoint: Checkpoint;
    readonly evidence?: ForkEvidence;
  };
  /** Unix seconds, for the expiry of trust documents only. */
  readonly now?: number;
  /** Plugins for evidence, such as `EVIDENCE_KINDS`; every other kind stays unknown. */
  readonly evidenceKinds: readonly EvidenceKind[];
  /** Plugins for signatures beside Ed25519, such as `NOTE_ALGORITHMS`; a policy that demands another is not met. */
  readonly noteAlgorithms: readonly NoteAlgorithm[];
  /** Shared between trails verified by the same reader, so that a common checkpoint is opened once. */
  readonly opened?: OpenedLogs;
}

/** What the checks have established so far. */
export interface Established {
  readonly input: VerifyTrailInput;
  readonly opened: OpenedLogs;
  /** `asOf` is absent where there is no trail, only a statement and its proof. */
  trail?: Omit<Trail, 'asOf'> & Partial<Pick<Trail, 'asOf'>>;
  statement?: Statement;
  claim?: Claim;
  passages?: readonly Bytes32[];
  proof?: TlogProof;
  log?: OpenedLog;
  included?: boolean;
  events?: TrailEvents;
  findings?: readonly EvidenceFinding[];
  content?: ContentMatch;
}
