/**
 * Whether a submitted attestation may be asked into the log: every field bounded, decoded and compared with what the
 * statement signs. Pure; the issuer's key state and the clock are arguments. Everything here is attacker-controlled.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { parseStatement, type Statement } from '#shared/attestation/statement.ts';
import { fromBase64 } from '#shared/bytes/base64.ts';
import { equalBytes } from '#shared/bytes/bytes.ts';
import { CLAIM_MEDIA_TYPE, type Claim, parseClaim } from '#shared/claim/claim.ts';
import {
  MAX_CLAIM_BYTES,
  MAX_EVIDENCE,
  MAX_EVIDENCE_BYTES,
  MAX_PASSAGES,
  MAX_STATEMENT_BYTES,
  MAX_TRAIL_CHARS,
} from '#shared/limits.ts';
import { err, ok, type Result } from '#shared/result.ts';
import { passageRoot } from '#shared/text/passages.ts';
import type { EvidenceRecord } from '#shared/trail/trail.ts';
import type { ProblemReason } from '../errors.ts';

/** The body as JSON validation leaves it. */
export interface AttestationBody {
  readonly statement: string;
  readonly claim: string;
  readonly passages?: readonly string[] | undefined;
  readonly evidence?: readonly (readonly [string, string])[] | undefined;
}

/** A decoded attestation whose parts belong together. */
export interface CheckedAttestation {
  readonly statementBytes: Uint8Array;
  readonly statement: Statement;
  readonly claimBytes: Uint8Array;
  readonly claim: Claim;
  readonly passages?: readonly Uint8Array[];
  readonly evidence: readonly EvidenceRecord[];
}

const CLOCK_SKEW_SECONDS = 300;

/** Checks everything that needs no stored state. */
export function checkAttestation(body: AttestationBody, now: number): Result<CheckedAttestation, ProblemReason> {
  // A body of its own is cut off there; in a batch it could be larger, and no reader would take its trail.
  if (JSON.stringify(body).length > MAX_TRAIL_CHARS) return err('body-too-large', 'its trail would be too large');
  if (tooLong(body.statement, MAX_STATEMENT_BYTES)) return err('statement-too-large');
  const statementBytes = fromBase64(body.statement);
  if (!statementBytes) return err('statement-malformed', 'base64');
  if (tooLong(body.claim, MAX_CLAIM_BYTES)) return err('claim-too-large');
  const claimBytes = fromBase64(body.claim);
  if (!claimBytes) return err('claim-malformed', 'base64');
  // Base64 rounds up to three bytes; here and below the exact limits hold.
  if (claimBytes.length > MAX_CLAIM_BYTES) return err('claim-too-large');
  const statement = checkOutputStatement(statementBytes, now);
  if (!statement.ok) return statement;
  if (!equalBytes(sha256(claimBytes), statement.value.payload)) return err('claim-mismatch');
  const claim = parseClaim(claimBytes);
  if (!claim.ok) return claim;
  const passages = checkPassages(body.passages, claim.value);
  if (!passages.ok) return passages;
  const evidence = checkEvidence(body.evidence ?? [], claim.value);
  if (!evidence.ok) return evidence;
  return ok({
    statementBytes,
    statement: statement.value,
    claimBytes,
    claim: claim.value,
    ...(passages.value && { passages: passages.value }),
    evidence: evidence.value,
  });
}

/** Reads a statement of type output over a claim that does not come from the future. `now` in seconds. */
export function checkOutputStatement(bytes: Uint8Array, now: number): Result<Statement, ProblemReason> {
  const statement = parseStatement(bytes);
  if (!statement.ok) return statement;
  if (statement.value.type !== 'output' || statement.value.preimageType !== CLAIM_MEDIA_TYPE) {
    return err('statement-unsupported', 'only statements of type output over a claim are taken here');
  }
  return statement.value.issuedAt > now + CLOCK_SKEW_SECONDS ? err('statement-from-the-future') : statement;
}

const tooLong = (text: string, max: number): boolean => text.length > Math.ceil(max / 3) * 4;

function bounded(text: string, max: number): Uint8Array | undefined {
  if (tooLong(text, max)) return undefined;
  const bytes = fromBase64(text);
  return bytes && bytes.length <= max ? bytes : undefined;
}

/** The digests must be exactly those the claim commits to; a claim with passages may come without them. */
function checkPassages(
  encoded: readonly string[] | undefined,
  { output }: Claim,
): Result<Uint8Array[] | undefined, ProblemReason> {
  if (!encoded) return ok(undefined);
  const digests = encoded.slice(0, MAX_PASSAGES + 1).map((text) => bounded(text, 32));
  const whole = digests.filter((digest) => digest?.length === 32) as Uint8Array[];
  const promised = output.passages;
  if (!promised || whole.length !== encoded.length || whole.length !== promised.count) return err('passages-mismatch');
  return equalBytes(passageRoot(whole), promised.root) ? ok(whole) : err('passages-mismatch');
}

/** Each record must be one the claim names by digest, once. */
function checkEvidence(
  encoded: readonly (readonly [string, string])[],
  claim: Claim,
): Result<EvidenceRecord[], ProblemReason> {
  if (encoded.length > MAX_EVIDENCE) return err('evidence-mismatch', 'too many records');
  const promised = [...claim.evidence];
  const records: EvidenceRecord[] = [];
  for (const [type, text] of encoded) {
    const value = bounded(text, MAX_EVIDENCE_BYTES);
    const digest = value && sha256(value);
    const named = promised.findIndex((item) => digest && equalBytes(item.digest, digest));
    if (!value || named < 0 || !type.isWellFormed()) return err('evidence-mismatch');
    promised.splice(named, 1);
    records.push({ type, value });
  }
  return ok(records);
}
