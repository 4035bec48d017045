/**
 * Evidence: what a claim brings along about the run itself, one plugin per kind.
 *
 * In scope: finding the record each claim item names, by digest, and handing it to the plugin of its kind.
 * Not checked here: what a record means (its plugin), and whether the claim needed it (the accountability check).
 *
 * @see docs/spec/evidence.md
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { equalBytes } from '../bytes/bytes.ts';
import type { Claim } from '../claim/claim.ts';
import type { EvidenceRecord } from '../trail/trail.ts';

/**
 * The answer to one question about a piece of evidence. `skipped`: not asked here, so it counts for nothing.
 * `unknown`: nobody here can answer; neither an error nor a pass.
 */
export type Status = 'passed' | 'failed' | 'skipped' | 'unknown';

/** What is known about one evidence item of a claim. */
export interface EvidenceFinding {
  /** The claim's name for the kind; attacker-controlled when no plugin has it. */
  readonly kind: string;
  /** The record was made by what it says made it. */
  readonly genuine: Status;
  /** What it measures is on our allow-list. */
  readonly recognised: Status;
  /** It speaks about this output, or about the key that signed it. */
  readonly bound: Status;
  /** When the evidence says it was made, unix seconds. */
  readonly when?: number;
  /** Why something is not `passed`; a reason of `examineEvidence` or of the kind. */
  readonly reason?: string;
}

/** A plugin for one kind of evidence. */
export interface EvidenceKind {
  /** The name claims use. */
  readonly kind: string;
  /** The media type of its records. */
  readonly mediaType: string;
  /** A recognised, bound record is enough for the level `replayable`: the reader can run it again. */
  readonly replayable?: true;
  /** Total: hostile records give a finding. No network, no clock. The record's digest has been checked. */
  examine(record: Uint8Array, claim: Claim): Omit<EvidenceFinding, 'kind'>;
}

type RecordReason = 'evidence-missing' | 'evidence-digest-mismatch' | 'evidence-type-mismatch';

function recordOf(
  kind: EvidenceKind,
  digest: Uint8Array,
  records: readonly EvidenceRecord[],
): Uint8Array | RecordReason {
  const named = records.filter(({ value }) => equalBytes(sha256(value), digest));
  const record = named.find(({ type }) => type === kind.mediaType);
  if (record) return record.value;
  if (named.length > 0) return 'evidence-type-mismatch';
  return records.some(({ type }) => type === kind.mediaType) ? 'evidence-digest-mismatch' : 'evidence-missing';
}

/**
 * One finding for each evidence item of a claim, in the claim's order. Records no item names are ignored.
 *
 * An item of a kind nobody here knows is `unknown` throughout. A record that is absent or is not the one the claim
 * names is never read: its item is not genuine and not bound.
 *
 * @param kinds - the plugins, at most one per kind
 * @param claim - a parsed claim
 * @param records - the trail's evidence; attacker-controlled, bounded by the trail's size
 * @returns findings; their `reason` may be `evidence-kind-unknown`, `evidence-missing`, `evidence-digest-mismatch`,
 * `evidence-type-mismatch`, or one of the kind's own
 * @example
 * import { examineEvidence } from '#shared/evidence/evidence.ts';
 * const output = { type: 'text/plain', size: 0, digest: new Uint8Array(32) };
 * const evidence = [{ kind: 'crystal-ball', digest: new Uint8Array(32), binds: 'output' }];
 * examineEvidence([], { output, evidence }, [])[0].reason; // => 'evidence-kind-unknown'
 */
export function examineEvidence(
  kinds: readonly EvidenceKind[],
  claim: Claim,
  records: readonly EvidenceRecord[],
): EvidenceFinding[] {
  return claim.evidence.map(({ kind: name, digest }): EvidenceFinding => {
    const kind = kinds.find((each) => each.kind === name);
    if (!kind) {
      const reason = 'evidence-kind-unknown';
      return { kind: name, genuine: 'unknown', recognised: 'unknown', bound: 'unknown', reason };
    }
    const record = recordOf(kind, digest, records);
    if (typeof record === 'string') {
      return { kind: name, genuine: 'failed', recognised: 'skipped', bound: 'failed', reason: record };
    }
    return { kind: name, ...kind.examine(record, claim) };
  });
}
