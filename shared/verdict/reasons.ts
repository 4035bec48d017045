/**
 * Why a check failed: a closed, append-only list. Each reason decides what the whole verdict can at best be.
 *
 * `invalid` is for contradictions only: two things that cannot both be honest. Whatever merely cannot be established
 * is `unproven`. A format newer than this verifier is `unsupported`.
 */

export type VerdictState = 'verified' | 'unproven' | 'invalid' | 'unsupported';

/** Every reason and what it makes of the verdict. */
export const REASONS = {
  'trail-not-found': 'unproven',
  'trail-unreachable': 'unproven',
  'trail-too-large': 'unproven',
  'trail-malformed': 'unproven',
  'trail-unsupported': 'unsupported',
  'statement-too-large': 'invalid',
  'statement-malformed': 'invalid',
  'statement-unsupported': 'unsupported',
  'statement-not-output': 'invalid',
  'claim-digest-mismatch': 'invalid',
  'claim-too-large': 'invalid',
  'claim-malformed': 'invalid',
  'claim-unsupported': 'unsupported',
  'passages-root-mismatch': 'invalid',
  'proof-malformed': 'invalid',
  'log-unknown': 'unproven',
  'log-signature-invalid': 'invalid',
  'log-signature-incomplete': 'unproven',
  'checkpoint-malformed': 'invalid',
  'as-of-mismatch': 'invalid',
  'cosignature-invalid': 'invalid',
  'quorum-unmet': 'unproven',
  'policy-expired': 'unproven',
  'inclusion-malformed': 'invalid',
  'inclusion-mismatch': 'invalid',
  'consistency-unproven': 'unproven',
  'checkpoint-fork': 'invalid',
  'registrar-unknown': 'unproven',
  'event-invalid': 'invalid',
  'issuer-key-unlogged': 'unproven',
  'statement-signature-invalid': 'invalid',
  'issuer-key-revoked': 'unproven',
  'issuer-key-quarantined': 'unproven',
  'accountability-downgraded': 'unproven',
  'evidence-failed': 'unproven',
  'content-none': 'unproven',
  'receipt-malformed': 'unproven',
  'receipt-unsupported': 'unsupported',
  'receipt-key-unknown': 'unproven',
  'receipt-invalid': 'invalid',
  'key-events-absent': 'unproven',
} as const satisfies Record<string, Exclude<VerdictState, 'verified'>>;

export type Reason = keyof typeof REASONS;
