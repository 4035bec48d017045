/** The outcome of checking a trail, as data: nothing here blends one assurance into another. */

import type { Claim } from '../claim/claim.ts';
import type { EvidenceFinding } from '../evidence/evidence.ts';
import type { ContentMatch } from '../text/content.ts';
import type { Reason, VerdictState } from './reasons.ts';

/** The checks in the order they are made and shown. */
export const CHECK_IDS = [
  'trail-format',
  'statement-format',
  'claim-digest',
  'claim-format',
  'passages',
  'log-signature',
  'witness-quorum',
  'policy-current',
  'inclusion',
  'consistency',
  'issuer-key',
  'issuer-signature',
  'issuer-standing',
  'accountability',
  'evidence',
  'content',
] as const;

export type CheckId = (typeof CHECK_IDS)[number];

export interface Check {
  readonly id: CheckId;
  /** `skipped` never counts as passed. */
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly reason?: Reason;
  /** Untrusted text for people; escape it. */
  readonly detail?: string;
}

/** What is known of the signing key now, and whether it was good at the attestation's own log index. */
export interface Standing {
  readonly state: 'active' | 'disputed' | 'quarantined' | 'revoked' | 'unknown';
  readonly cause?: string;
  /** Log index from which the state holds. */
  readonly sinceIndex?: number;
  readonly validWhenLogged: boolean;
}

export interface Assurance {
  readonly kind: 'signed' | 'logged' | 'witnessed' | 'accountability' | 'evidence';
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly detail: string;
  readonly evidence?: EvidenceFinding;
}

/** What a verified or unproven trail says, for display. Present once statement, claim and proof could be read. */
export interface Facts {
  readonly id: string;
  readonly issuer: string;
  readonly issuedAt: number;
  readonly claim: Claim;
  readonly log: { readonly origin: string; readonly index: number; readonly size: number };
  readonly witnesses: readonly { readonly name: string; readonly timestamp: number }[];
  /** Unix seconds by which every counted witness had seen the log that holds this entry; absent without witnesses. */
  readonly loggedBefore?: number;
  readonly asOf: number;
}

export interface Verdict {
  readonly verdict: VerdictState;
  /** Reasons of the failed checks, in order. */
  readonly reasons: readonly Reason[];
  readonly standing: Standing;
  readonly content: ContentMatch;
  readonly assurances: readonly Assurance[];
  readonly checks: readonly Check[];
  readonly facts?: Facts;
}
