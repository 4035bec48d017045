/**
 * What a log serves about its shards, as one JSON document: the shard list and every successor record, each with its
 * preimage and its proof of inclusion. One spelling, like a trail.
 *
 * Not checked here: any signature or proof (follow-shards.ts).
 */
import { fromBase64, toBase64 } from '../bytes/base64.ts';
import { MAX_PROOF_CHARS, MAX_STATEMENT_BYTES } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import type { LoggedStatement } from '../trail/trail.ts';
import { MAX_SHARD_LIST_BYTES, MAX_SHARDS } from './shard-list.ts';

/** The list, as logged in the open shard, and the ends of the frozen ones, oldest first. */
export interface ShardDocument {
  readonly list: LoggedStatement;
  /** The successor record of each frozen shard. */
  readonly ends: readonly LoggedStatement[];
}

export type ShardDocumentReason = 'shards-too-large' | 'shards-malformed' | 'shards-unsupported';

/** A list, 63 ends with a proof of 16 KiB each, and base64 around what is not text. */
export const MAX_SHARD_DOCUMENT_CHARS = 2 * 1024 * 1024;

const written = ({ statement, claim, proof }: LoggedStatement) => ({
  statement: toBase64(statement),
  claim: toBase64(claim),
  proof,
});

/**
 * The one spelling of a shard document.
 *
 * @example
 * import { encodeShardDocument } from '#shared/shards/shard-document.ts';
 * const empty = { statement: new Uint8Array(0), claim: new Uint8Array(0), proof: 'p' };
 * encodeShardDocument({ list: empty, ends: [] }); // => '{"shards":1,"list":{"statement":"","claim":"","proof":"p"},"ends":[]}'
 */
export const encodeShardDocument = ({ list, ends }: ShardDocument): string =>
  JSON.stringify({ shards: 1, list: written(list), ends: ends.map(written) });

/**
 * Reads a shard document. Attacker-controlled input.
 *
 * @returns the document; `shards-too-large`, `shards-malformed`, or `shards-unsupported` for a newer format
 * @example
 * import { parseShardDocument } from '#shared/shards/shard-document.ts';
 * parseShardDocument('{"shards":2}').reason; // => 'shards-unsupported'
 */
export function parseShardDocument(text: string): Result<ShardDocument, ShardDocumentReason> {
  if (text.length > MAX_SHARD_DOCUMENT_CHARS) return err('shards-too-large');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('shards-malformed', 'not JSON');
  }
  const { shards: version, list, ends } = record(value);
  if (version !== 1) {
    return typeof version === 'number' && version > 1 ? err('shards-unsupported') : err('shards-malformed', 'version');
  }
  const read = readLogged(list);
  if (!read || !Array.isArray(ends) || ends.length >= MAX_SHARDS) return err('shards-malformed', 'field');
  const readEnds: LoggedStatement[] = [];
  for (const end of ends as unknown[]) {
    const logged = readLogged(end);
    if (!logged) return err('shards-malformed', 'field');
    readEnds.push(logged);
  }
  const document = { list: read, ends: readEnds };
  return encodeShardDocument(document) === text ? ok(document) : err('shards-malformed', 'not the canonical spelling');
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

function readLogged(value: unknown): LoggedStatement | undefined {
  const { statement, claim, proof } = record(value);
  const read = { statement: readBytes(statement, MAX_STATEMENT_BYTES), claim: readBytes(claim, MAX_SHARD_LIST_BYTES) };
  if (!read.statement || !read.claim || typeof proof !== 'string' || proof.length > MAX_PROOF_CHARS) return undefined;
  return { statement: read.statement, claim: read.claim, proof };
}

function readBytes(value: unknown, max: number): Uint8Array | undefined {
  if (typeof value !== 'string' || value.length > Math.ceil(max / 3) * 4) return undefined;
  const bytes = fromBase64(value);
  return bytes && bytes.length <= max ? bytes : undefined;
}
