/**
 * The shards of one log (docs/spec/shards.md): what the registrar says about them, as preimages of `epoch` statements.
 *
 * A shard is a log of its own. Its last entry is a *successor record*, which names the shard that follows; the third
 * entry of every shard but the first is the *shard list*, which names all shards up to this one. All of them belong to
 * one host: no log can speak for the shards of another.
 *
 * Not checked here: signatures and inclusion (follow-shards.ts).
 */
import type { Bytes32 } from '../bytes/bytes.ts';
import { type CborKey, type CborValue, decodeCbor, encodeCbor } from '../bytes/cbor.ts';
import { cborMap, FieldFault, Fields } from '../claim/fields.ts';
import { encodeVkey, type NoteKey, parseVkey } from '../log/note.ts';
import { err, ok, type Result } from '../result.ts';

/** What names a shard. */
export interface ShardName {
  /** Checkpoint origin, `<host>/<path>`. */
  readonly origin: string;
  /** Keys that sign its checkpoints; each bears the origin as its name. */
  readonly keys: readonly NoteKey[];
  /** Key that signs its key events. */
  readonly registrar: Bytes32;
  /** Key that signs its COSE Receipts. */
  readonly receipts: Bytes32;
  /** Where its checkpoint and tiles are, without a final slash. */
  readonly url: string;
}

/** A shard of the list. */
export interface Shard extends ShardName {
  /** Unix seconds at which it was opened, by the registrar's word. */
  readonly openedAt: number;
  /** Of a frozen shard: what it ends with. The last shard of a list is open and has none. */
  readonly final?: { readonly size: number; readonly root: Bytes32 };
}

/** Media type of a shard list. */
export const SHARD_LIST_MEDIA_TYPE = 'application/vnd.witnessmark.shards+cbor';
/** Media type of a successor record. */
export const SUCCESSOR_MEDIA_TYPE = 'application/vnd.witnessmark.successor+cbor';

/** Index of the shard list in every shard that has one: after genesis and configuration. */
export const SHARD_LIST_INDEX = 2;
/** Shards of one log: yearly, so a lifetime. */
export const MAX_SHARDS = 64;
/** A list of 64 shards with an ML-DSA-44 key (1.8 KB as a verifier key) each takes about 150 KB. */
export const MAX_SHARD_LIST_BYTES = 256 * 1024;

const MAX_KEYS = 4;
const MAX_URL = 512;
const ORIGIN = /^[a-z0-9.-]+(:[0-9]{1,5})?(\/[\w.-]+)+$/;
const URL_FORM = /^(https:\/\/[a-z0-9.-]+(:[0-9]{1,5})?|http:\/\/(localhost|127\.0\.0\.1)(:[0-9]{1,5})?)(\/[\w.~-]+)+$/;

/** The host that an origin begins with. @internal */
export const hostOf = (origin: string): string => origin.split('/')[0] ?? '';

const shardName = ({ origin, keys, registrar, receipts, url }: ShardName): [string, CborValue][] => [
  ['origin', origin],
  ['keys', keys.map(encodeVkey)],
  ['registrar', registrar],
  ['receipts', receipts],
  ['url', url],
];

/**
 * The deterministic CBOR of a successor record.
 *
 * @throws RangeError where the record would not be read back
 * @example
 * import { encodeSuccessor } from '#shared/shards/shard-list.ts';
 * import { noteKey } from '#shared/log/note.ts';
 * const origin = 'log.example/log/2027';
 * const keys = [noteKey(origin, 1, new Uint8Array(32))];
 * const key = new Uint8Array(32);
 * encodeSuccessor({ origin, keys, registrar: key, receipts: key, url: 'https://log.example/log/2027' })[0]; // => 0xa6
 */
export function encodeSuccessor(successor: ShardName): Uint8Array {
  return readBack(encodeCbor(cborMap([['v', 1], ...shardName(successor)])), parseSuccessor);
}

/**
 * Reads a successor record. Attacker-controlled input.
 *
 * @returns the shard it names, or `shards-malformed`
 * @example
 * import { parseSuccessor } from '#shared/shards/shard-list.ts';
 * parseSuccessor(Uint8Array.of(0xa0)).ok; // => false
 */
export function parseSuccessor(bytes: Uint8Array): Result<ShardName, 'shards-malformed'> {
  return read(bytes, (value) => {
    const fields = new Fields(value, ['v', ...NAME_FIELDS]);
    if (fields.uint('v') !== 1) throw new FieldFault('unsupported', 'v');
    return readName(fields);
  });
}

/**
 * The deterministic CBOR of a shard list.
 *
 * @param shards - oldest first; the last is open
 * @throws RangeError where the list would not be read back
 * @example
 * import { encodeShardList, parseShardList } from '#shared/shards/shard-list.ts';
 * import { noteKey } from '#shared/log/note.ts';
 * const [registrar, openedAt] = [new Uint8Array(32), 1_800_000_000];
 * const shard = (year: number) => {
 *   const origin = `log.example/log/${year}`;
 *   const keys = [noteKey(origin, 1, new Uint8Array(32).fill(year))];
 *   return { origin, keys, registrar, receipts: registrar, url: `https://log.example/log/${year}`, openedAt };
 * };
 * const final = { size: 9, root: new Uint8Array(32) };
 * parseShardList(encodeShardList([{ ...shard(2026), final }, shard(2027)])).ok; // => true
 */
export function encodeShardList(shards: readonly Shard[]): Uint8Array {
  const items = shards.map(({ final, ...shard }) =>
    cborMap([...shardName(shard), ['openedAt', shard.openedAt], ['size', final?.size], ['root', final?.root]]),
  );
  return readBack(
    encodeCbor(
      cborMap([
        ['v', 1],
        ['shards', items],
      ]),
    ),
    parseShardList,
  );
}

/**
 * Reads a shard list. Attacker-controlled input.
 *
 * @returns the shards, oldest first, or `shards-malformed`
 * @example
 * import { parseShardList } from '#shared/shards/shard-list.ts';
 * parseShardList(Uint8Array.of(0xa0)).ok; // => false
 */
export function parseShardList(bytes: Uint8Array): Result<readonly Shard[], 'shards-malformed'> {
  return read(bytes, (value) => {
    const fields = new Fields(value, ['v', 'shards']);
    if (fields.uint('v') !== 1) throw new FieldFault('unsupported', 'v');
    const shards = fields.list('shards', MAX_SHARDS, readShard);
    const open = shards.findIndex(({ final }) => final === undefined);
    if (open !== shards.length - 1 || open < 0) throw new FieldFault('malformed', 'final');
    const origins = new Set(shards.map(({ origin }) => origin));
    if (origins.size !== shards.length) throw new FieldFault('malformed', 'origin');
    if (new Set([...origins].map(hostOf)).size !== 1) throw new FieldFault('malformed', 'host');
    return shards;
  });
}

const NAME_FIELDS: readonly CborKey[] = ['origin', 'keys', 'registrar', 'receipts', 'url'];

function readShard(item: CborValue): Shard {
  const fields = new Fields(item, [...NAME_FIELDS, 'openedAt', 'size', 'root'], 'shard');
  const name = readName(fields);
  const openedAt = fields.uint('openedAt');
  if (!fields.has('size') && !fields.has('root')) return { ...name, openedAt };
  const final = { size: fields.uint('size'), root: fields.bytes('root', 32) };
  if (final.size < 1) throw new FieldFault('malformed', 'size');
  return { ...name, openedAt, final };
}

function readName(fields: Fields): ShardName {
  const origin = fields.text('origin');
  if (!ORIGIN.test(origin)) throw new FieldFault('malformed', 'origin');
  const url = fields.text('url', MAX_URL);
  if (!URL_FORM.test(url)) throw new FieldFault('malformed', 'url');
  const keys = fields.list('keys', MAX_KEYS, (item) => {
    const key = typeof item === 'string' ? parseVkey(item) : undefined;
    if (!key?.ok || key.value.type === 4 || key.value.name !== origin) throw new FieldFault('malformed', 'keys');
    return key.value;
  });
  if (keys.length === 0) throw new FieldFault('malformed', 'keys');
  return { origin, keys, registrar: fields.bytes('registrar', 32), receipts: fields.bytes('receipts', 32), url };
}

function read<T>(bytes: Uint8Array, from: (value: CborValue) => T): Result<T, 'shards-malformed'> {
  if (bytes.length > MAX_SHARD_LIST_BYTES) return err('shards-malformed', 'too large');
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return err('shards-malformed', decoded.reason);
  try {
    return ok(from(decoded.value));
  } catch (fault) {
    if (!(fault instanceof FieldFault)) throw fault;
    return err('shards-malformed', fault.message);
  }
}

/** What is signed and logged for good must be readable: said before, not after. */
function readBack(bytes: Uint8Array, parse: (bytes: Uint8Array) => Result<unknown, string>): Uint8Array {
  const parsed = parse(bytes);
  if (!parsed.ok) throw new RangeError(parsed.detail ?? parsed.reason);
  return bytes;
}
