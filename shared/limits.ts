/**
 * The maxima of a trail and of what it carries, with their arithmetic. Sizes are checked before anything is decoded.
 */

/** A log entry must fit the u16 length of a tlog-tiles bundle (65,535 B); our largest statement stays far below. */
export const MAX_STATEMENT_BYTES = 4096;

/** DESIGN §2: a claim is a few hundred bytes; 32 KiB leaves room for 200 evidence items or parents. */
export const MAX_CLAIM_BYTES = 32 * 1024;

/** A key event holds one origin, one key and a few words. */
export const MAX_KEY_EVENT_BYTES = 2048;

/** Passages of one output: 4,096 × 45 B of base64 and JSON = 184 KB, under the limit of a trail. */
export const MAX_PASSAGES = 4096;

/** One checkpoint, 63 hashes of 45 B, and Ed25519 (130 B) and ML-DSA-44 (3.3 KB) lines of a log and 15 witnesses. */
export const MAX_PROOF_CHARS = 64 * 1024;

/** Later leaves about one attestation. */
export const MAX_EVENTS = 64;

/** Evidence records of one claim. */
export const MAX_EVIDENCE = 32;

/** The largest evidence record: a hardware quote with its collateral. */
export const MAX_EVIDENCE_BYTES = 256 * 1024;

/** Fingerprints of one algorithm that one attestation brings: all of a text of 6,000 words, of a longer one every n-th. */
export const MAX_FINGERPRINTS = 2048;

/** A text that its issuer publishes, in UTF-8: 40,000 words; beside it in a body of 1 MiB stands everything else. */
export const MAX_TEXT_BYTES = 256 * 1024;

/** A whole trail as text: statement, claim, passages, proof, evidence and events. */
export const MAX_TRAIL_CHARS = 1024 * 1024;

/** A trust document: a policy of 64 lines and a registrar key for each log. */
export const MAX_TRUST_CHARS = 64 * 1024;

/** Fingerprints of one attestation that a log names obliviously: each takes it two milliseconds. */
export const MAX_OBLIVIOUS_NAMES = 512;
