/**
 * Public door of the npm package: issue attestations, read trails, verify them.
 *
 * Everything exported here is API. What is not exported may change without notice.
 */

export { parseCoseKey, parseKeySet } from '#shared/attestation/key.ts';
export type { Claim } from '#shared/claim/claim.ts';
export { EVIDENCE_KINDS } from '#shared/evidence/kinds.ts';
export type { Pixels } from '#shared/image/pdq.ts';
export {
  type ForkProof,
  type ForkReason,
  type ProvenFork,
  parseForkProof,
  verifyForkProof,
} from '#shared/log/fork-proof.ts';
export { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
export { parseTransparentStatement, type TransparentStatement } from '#shared/receipt/transparent-statement.ts';
export type { Result } from '#shared/result.ts';
export { renderedLines, type TextType } from '#shared/text/text-type.ts';
export { encodeTrail, parseTrail, type Trail } from '#shared/trail/trail.ts';
export { parseTrust, type Trust } from '#shared/trust/trust.ts';
export type { Verdict } from '#shared/verdict/verdict.ts';
export { type LoggedStatementInput, verifyLoggedStatement } from '#shared/verdict/verify-logged-statement.ts';
export { verifyTrail } from '#shared/verdict/verify-trail.ts';
export { type DecodedImage, type DecodeReason, decodeImage } from './images/decode-image.ts';
export {
  buildClaim,
  type EvidenceRecord,
  type ImageDescription,
  type OutputDescription,
  type SignedOutput,
  type Surroundings,
  signOutput,
  type TextDescription,
} from './issuer/build-output.ts';
export {
  createIssuerClient,
  type IssuedTrail,
  type IssuerClient,
  type IssuerClientOptions,
  type RegisterReason,
  type SubmitReason,
} from './issuer/issuer-client.ts';
export {
  createIssuerKey,
  encodeIssuerKey,
  type IssuerKey,
  KEY_SET_PATH,
  KEY_SET_TYPE,
  keySetDocument,
  parseIssuerKey,
} from './issuer/key.ts';
export { type HttpOptions, parseLogAddress } from './trails/http.ts';
export {
  createTrailClient,
  type FetchTrailReason,
  fetchTrailAt,
  type LookupAlgorithm,
  type LookupReason,
  MAX_TRAIL_BYTES,
  type TrailClient,
} from './trails/trail-client.ts';
