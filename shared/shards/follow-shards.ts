/**
 * From trust in one shard of a log to trust in its other shards (docs/spec/shards.md §4).
 *
 * A shard is accepted only by a record that the trusted registrar signed *and* that a shard trusted already has logged
 * under the reader's own witnesses: forwards by the successor record a shard ends with, backwards by the shard list in
 * the open shard. Whoever has only a log's key, or only a registrar's, adds nothing. Witnesses and quorum stay the
 * reader's own, and what the reader's document says of a shard is never changed.
 *
 * Not checked here: the expiry of the trust document, which the derived one keeps, and that a shard's checkpoints are
 * consistent with those the reader has seen before: compare with `checkpoints`.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { parseStatement, verifyStatement } from '../attestation/statement.ts';
import { equalBytes } from '../bytes/bytes.ts';
import type { Checkpoint } from '../log/checkpoint.ts';
import { leafHash, verifyInclusion } from '../log/merkle.ts';
import { encodeVkey, type NoteAlgorithm, type NoteKey } from '../log/note.ts';
import { parseTlogProof } from '../log/proof.ts';
import { err, ok, type Result } from '../result.ts';
import type { LoggedStatement } from '../trail/trail.ts';
import type { Trust } from '../trust/trust.ts';
import { type LogReader, openLog } from '../verdict/open-log.ts';
import { parseShardDocument, type ShardDocumentReason } from './shard-document.ts';
import {
  parseShardList,
  parseSuccessor,
  SHARD_LIST_INDEX,
  SHARD_LIST_MEDIA_TYPE,
  type Shard,
  type ShardName,
  SUCCESSOR_MEDIA_TYPE,
} from './shard-list.ts';

/** Shards that may be read, and whose word that is. */
export interface FollowedShards {
  /** Every shard, oldest first; the last is open. */
  readonly shards: readonly Shard[];
  /** The reader's trust, widened by the shards its document does not name. */
  readonly trust: Trust;
  /** The newest checkpoint of each shard, in the same order, verified; of a frozen one the final one. */
  readonly checkpoints: readonly { readonly checkpoint: Checkpoint; readonly note: string }[];
}

/**
 * Why a shard document is not followed: a closed, append-only list, explained in docs/spec/shards.md §5. The last two are
 * for whoever remembers: the list takes back an earlier one; a checkpoint does not continue one seen before.
 */
export const SHARDS_REASONS = [
  'shards-too-large',
  'shards-malformed',
  'shards-unsupported',
  'shards-unrelated',
  'shards-contradict-trust',
  'shards-unsigned',
  'shards-unlogged',
  'shards-unwitnessed',
  'shards-broken',
  'shards-taken-back',
  'shards-inconsistent',
] as const satisfies readonly (ShardDocumentReason | string)[];

export type ShardsReason = (typeof SHARDS_REASONS)[number];

type Opened = FollowedShards['checkpoints'][number] & { readonly index: number };

/**
 * Follows a log's shard document from what the reader trusts. Attacker-controlled text.
 *
 * @param trust - the reader's own document, not a derived one
 * @param noteAlgorithms - beside Ed25519, such as `NOTE_ALGORITHMS`; a shard that signs with more than is given is unlogged
 * @returns the shards and the widened trust, or why nothing is followed
 * @example
 * import { followShards } from '#shared/shards/follow-shards.ts';
 * import { parseTrust } from '#shared/trust/trust.ts';
 * const trust = parseTrust('quorum none\n');
 * trust.ok && followShards('{}', trust.value).reason; // => 'shards-malformed'
 */
export function followShards(
  text: string,
  trust: Trust,
  noteAlgorithms: readonly NoteAlgorithm[] = [],
): Result<FollowedShards, ShardsReason> {
  const document = parseShardDocument(text);
  if (!document.ok) return document;
  const { list, ends } = document.value;
  const parsed = parseShardList(list.claim);
  if (!parsed.ok) return parsed;
  const shards = parsed.value;
  if (ends.length !== shards.length - 1) return err('shards-malformed', 'ends');
  const known = shards.map((shard) => agrees(shard, trust));
  const contradicted = known.indexOf(false);
  if (contradicted >= 0) return err('shards-contradict-trust', shards[contradicted]?.origin);
  const first = known.indexOf(true);
  if (first < 0) return err('shards-unrelated');
  const widened = widen(trust, shards);
  const reader: LogReader = { trust: [widened], noteAlgorithms };
  const checkpoints: Opened[] = [];
  // The walk to the open shard begins at one that is trusted; what came before that one is accepted by the list.
  for (const [i, end] of ends.entries()) {
    const [shard, next] = [shards[i], shards[i + 1]];
    if (!shard?.final || !next) return err('shards-malformed', 'ends');
    const opened = openRecord(end, SUCCESSOR_MEDIA_TYPE, shard, reader, i >= first);
    if (!opened.ok) return opened;
    const { checkpoint, index } = opened.value;
    const named = parseSuccessor(end.claim);
    if (!named.ok) return named;
    const { size, root } = shard.final;
    const isLast = index === size - 1 && checkpoint.size === size && equalBytes(checkpoint.root, root);
    if (!isLast || !sameName(named.value, next)) return err('shards-broken', shard.origin);
    checkpoints.push(opened.value);
  }
  const open = shards.at(-1);
  const opened = open && openRecord(list, SHARD_LIST_MEDIA_TYPE, open, reader, true);
  if (!opened?.ok) return opened ?? err('shards-malformed', 'shards');
  if (opened.value.index !== SHARD_LIST_INDEX) return err('shards-broken', open?.origin);
  return ok({ shards, trust: widened, checkpoints: [...checkpoints, opened.value] });
}

/** Whether the reader's document knows this shard as it is listed; `undefined` where it does not know it. */
function agrees({ origin, keys, registrar, receipts }: Shard, trust: Trust): boolean | undefined {
  const logs = trust.policy.logs.filter(({ key }) => key.name === origin);
  const registrars = trust.registrars.filter(({ log }) => log === origin);
  if (logs.length === 0) return undefined;
  const listed = logs.every(({ key }) => keys.some((each) => sameKey(each, key)));
  if (!listed) return false;
  // A bare policy names no registrar: it lends nobody the right to name a shard.
  return registrars.length === 0
    ? undefined
    : registrars.some(
        ({ publicKey, receiptKey = receipts }) => equalBytes(publicKey, registrar) && equalBytes(receiptKey, receipts),
      );
}

/** The trust with every shard that it does not know yet. */
function widen(trust: Trust, shards: readonly Shard[]): Trust {
  const unknown = shards.filter(({ origin }) => !trust.policy.logs.some(({ key }) => key.name === origin));
  const logs = unknown.flatMap(({ keys, url }) => keys.map((key) => ({ key, url })));
  const registrars = unknown.map(({ origin, registrar, receipts }) => ({
    log: origin,
    publicKey: registrar,
    receiptKey: receipts,
  }));
  return {
    ...trust,
    policy: { ...trust.policy, logs: [...trust.policy.logs, ...logs] },
    registrars: [...trust.registrars, ...registrars],
  };
}

/**
 * Whether a list only adds to an earlier one: no shard was removed, renamed or ended otherwise.
 *
 * @example
 * import { continuesList } from '#shared/shards/follow-shards.ts';
 * continuesList([], []); // => true
 */
export const continuesList = (earlier: readonly Shard[], later: readonly Shard[]): boolean =>
  earlier.every((shard, i) => {
    const now = later[i];
    if (now === undefined || !sameName(shard, now)) return false;
    const { final } = shard;
    return !final || (final.size === now.final?.size && equalBytes(final.root, now.final.root));
  });

/** A record of the registrar's in the log of its shard, with every check that it needs. */
function openRecord(
  { statement, claim, proof }: LoggedStatement,
  preimageType: string,
  { origin, registrar }: Shard,
  reader: LogReader,
  witnessed: boolean,
): Result<Opened, ShardsReason> {
  const said = parseStatement(statement);
  if (!said.ok || said.value.type !== 'epoch' || said.value.preimageType !== preimageType) {
    return err('shards-malformed', `record of ${origin}`);
  }
  if (!equalBytes(said.value.payload, sha256(claim))) return err('shards-malformed', `preimage of ${origin}`);
  if (!verifyStatement(said.value, registrar)) return err('shards-unsigned', origin);
  const path = parseTlogProof(proof);
  const log = path.ok ? openLog(path.value.checkpoint, reader, new Map()) : path;
  if (!path.ok || !log.ok || log.value.checkpoint.origin !== origin) {
    return err('shards-unlogged', log.ok ? origin : `${origin}: ${log.reason}`);
  }
  const { checkpoint, quorum } = log.value;
  const { index, hashes, checkpoint: note } = path.value;
  const { size, root } = checkpoint;
  const included = verifyInclusion({ leafHash: leafHash(statement), index, size, proof: hashes, root });
  if (!included.ok) return err('shards-unlogged', `${origin}: ${included.reason}`);
  return witnessed && !quorum ? err('shards-unwitnessed', origin) : ok({ checkpoint, note, index });
}

const sameKey = (a: NoteKey, b: NoteKey): boolean => encodeVkey(a) === encodeVkey(b);

const sameName = (a: ShardName, b: ShardName): boolean =>
  a.origin === b.origin &&
  a.url === b.url &&
  equalBytes(a.registrar, b.registrar) &&
  equalBytes(a.receipts, b.receipts) &&
  a.keys.length === b.keys.length &&
  a.keys.every((key, i) => sameKey(key, b.keys[i] ?? key));
