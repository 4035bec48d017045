/**
 * The proof trail: one JSON document that can be checked offline for years (DESIGN §2).
 *
 * One spelling: fixed key order, no whitespace, canonical base64. A trail that re-encodes differently is refused, so
 * that no byte can change without changing what the trail says. Not checked here: any signature or proof (verdict/).
 */

import { fromBase64, toBase64 } from '../bytes/base64.ts';
import type { Bytes32 } from '../bytes/bytes.ts';
import {
  MAX_CLAIM_BYTES,
  MAX_EVENTS,
  MAX_EVIDENCE,
  MAX_EVIDENCE_BYTES,
  MAX_PASSAGES,
  MAX_PROOF_CHARS,
  MAX_STATEMENT_BYTES,
  MAX_TRAIL_CHARS,
} from '../limits.ts';
import { readAll } from '../read-all.ts';
import { err, ok, type Result } from '../result.ts';

/** A statement of the log with its preimage and its own inclusion proof. */
export interface LoggedStatement {
  /** COSE_Sign1 bytes. */
  readonly statement: Uint8Array;
  /** The preimage of its payload. */
  readonly claim: Uint8Array;
  /** C2SP tlog-proof text. */
  readonly proof: string;
}

/** An evidence record: RFC 9999 CMW in its record form. */
export interface EvidenceRecord {
  /** Media type. */
  readonly type: string;
  readonly value: Uint8Array;
}

export interface Trail extends LoggedStatement {
  /** Digests of the attested passages, in order; their root stands in the claim. */
  readonly passages?: readonly Bytes32[];
  readonly evidence: readonly EvidenceRecord[];
  /** Later (and, for keys, earlier) leaves about this one, in log order. */
  readonly events: readonly LoggedStatement[];
  /** Size of the tree the events were collected from. */
  readonly asOf: number;
}

/** Media type of a proof trail. */
export const TRAIL_MEDIA_TYPE = 'application/vnd.witnessmark.trail+json';

export type TrailReason = 'trail-too-large' | 'trail-malformed' | 'trail-unsupported';

/**
 * The one spelling of a trail.
 *
 * @example
 * import { encodeTrail } from '#shared/trail/trail.ts';
 * const empty = new Uint8Array(0);
 * const text = encodeTrail({ statement: empty, claim: empty, proof: 'p', evidence: [], events: [], asOf: 3 });
 * text; // => '{"trail":1,"statement":"","claim":"","proof":"p","evidence":[],"events":[],"asOf":3}'
 */
export function encodeTrail(trail: Trail): string {
  return JSON.stringify({
    trail: 1,
    statement: toBase64(trail.statement),
    claim: toBase64(trail.claim),
    ...(trail.passages && { passages: trail.passages.map(toBase64) }),
    proof: trail.proof,
    evidence: trail.evidence.map(({ type, value }) => [type, toBase64(value)]),
    events: trail.events.map(encodeLogged),
    asOf: trail.asOf,
  });
}

const encodeLogged = ({ statement, claim, proof }: LoggedStatement) => ({
  statement: toBase64(statement),
  claim: toBase64(claim),
  proof,
});

/**
 * Reads a trail. Attacker-controlled input.
 *
 * @returns the trail; `trail-too-large`, `trail-malformed`, or `trail-unsupported` for a newer format
 * @example
 * import { parseTrail } from '#shared/trail/trail.ts';
 * parseTrail('{"trail":2}'); // => { ok: false, reason: 'trail-unsupported' }
 */
export function parseTrail(text: string): Result<Trail, TrailReason> {
  if (text.length > MAX_TRAIL_CHARS) return err('trail-too-large');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return err('trail-malformed', 'not JSON');
  }
  if (!isRecord(document)) return err('trail-malformed', 'not an object');
  const version = document['trail'];
  if (version !== 1) {
    return typeof version === 'number' && version > 1 ? err('trail-unsupported') : err('trail-malformed', 'version');
  }
  const trail = readTrail(document);
  if (trail === undefined) return err('trail-malformed', 'field');
  return encodeTrail(trail) === text ? ok(trail) : err('trail-malformed', 'not the canonical spelling');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The trail behind the known fields, or `undefined`; unknown fields fall to the comparison with the re-encoding. */
function readTrail(document: Record<string, unknown>): Trail | undefined {
  const logged = readLogged(document);
  // Where they are there and cannot be read, the trail without them has another spelling, and is refused for that.
  const passages = readPassages(document['passages']);
  const evidence = readList(document['evidence'], MAX_EVIDENCE, readEvidence);
  const events = readList(document['events'], MAX_EVENTS, (item) => (isRecord(item) ? readLogged(item) : undefined));
  const asOf = document['asOf'];
  if (!logged || !evidence || !events || typeof asOf !== 'number' || !Number.isSafeInteger(asOf)) return undefined;
  return { ...logged, ...(passages && { passages }), evidence, events, asOf };
}

function readLogged(document: Record<string, unknown>): LoggedStatement | undefined {
  const statement = readBytes(document['statement'], MAX_STATEMENT_BYTES);
  const claim = readBytes(document['claim'], MAX_CLAIM_BYTES);
  const proof = document['proof'];
  if (!statement || !claim || typeof proof !== 'string' || proof.length > MAX_PROOF_CHARS) return undefined;
  return { statement, claim, proof };
}

function readList<T>(value: unknown, max: number, read: (item: unknown) => T | undefined): T[] | undefined {
  return Array.isArray(value) && value.length <= max ? readAll(value, read) : undefined;
}

const readPassages = (value: unknown): Bytes32[] | undefined =>
  readList(value, MAX_PASSAGES, (item) => {
    const digest = readBytes(item, 32);
    return digest?.length === 32 ? digest : undefined;
  });

function readEvidence(item: unknown): EvidenceRecord | undefined {
  if (!Array.isArray(item) || item.length !== 2) return undefined;
  const [type, encoded] = item as [unknown, unknown];
  const value = readBytes(encoded, MAX_EVIDENCE_BYTES);
  return typeof type === 'string' && type.length <= 128 && value ? { type, value } : undefined;
}

function readBytes(value: unknown, max: number): Uint8Array | undefined {
  if (typeof value !== 'string' || value.length > Math.ceil(max / 3) * 4) return undefined;
  const bytes = fromBase64(value);
  return bytes && bytes.length <= max ? bytes : undefined;
}
