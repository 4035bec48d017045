/**
 * Which filters a log offers, signed: a C2SP signed note by the log's registrar, under the name `<host>/filters`. The log's
 * own key signs checkpoints and nothing else. Spec: docs/spec/filter.md §4.
 *
 * @see https://c2sp.org/signed-note
 */
import { fromBase64Url, toBase64Url } from '../bytes/base64.ts';
import type { Bytes32 } from '../bytes/bytes.ts';
import { isUnsigned, parseDecimal } from '../bytes/decimal.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { ED25519, encodeNote, type NoteKey, noteKey, parseNote, signNote, verifyLines } from '../log/note.ts';
import { readAll } from '../read-all.ts';
import { err, ok, type Result } from '../result.ts';
import { isFilterName, MAX_FILTER_BYTES } from './filter.ts';
import { MAX_KEYS } from './layout.ts';

/** Most filters of one manifest: 80 shards of eight filters each, so that it stays under the length of a note. */
export const MAX_FILTERS = 640;
const FIRST_LINE = 'witnessmark-filters/1';

/** One filter: its name is that of its shard, and a shard's filters are asked one after the other. */
export interface FilterEntry {
  readonly name: string;
  readonly count: number;
  /** Length in bytes. */
  readonly size: number;
  /** SHA-256 of its bytes. */
  readonly digest: Bytes32;
}

/** What a log offers. */
export interface FilterManifest {
  /** Origin of the log, or of its shard that is open. */
  readonly log: string;
  /** Every entry of that log below this size is in the filters, if it can be looked up at all; every earlier shard is. */
  readonly asOf: number;
  /** When it was made: Unix seconds. */
  readonly at: number;
  readonly filters: readonly FilterEntry[];
  /** Public key of the log's oblivious lookup, 32 bytes, where it offers one. */
  readonly oprf?: Bytes32;
}

const nameFor = (log: string): string => `${log.split('/')[0]}/filters`;

/**
 * The key that signs a log's manifest: its registrar's, under a name of its own. The shards of a log have one host and one
 * index, so they have this key in common.
 *
 * @param log - origin of the log or of any of its shards
 * @throws RangeError where the origin cannot be a key's name or the key is not 32 bytes
 * @example
 * import { manifestKey } from '#shared/filter/manifest.ts';
 * manifestKey('log.example/log/2026', new Uint8Array(32)).name; // => 'log.example/filters'
 */
export const manifestKey = (log: string, registrar: Bytes32): NoteKey => noteKey(nameFor(log), 1, registrar);

/**
 * A manifest, signed.
 *
 * @throws RangeError where a number, a name or the count of filters is impossible
 * @example
 * import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
 * import { manifestKey, openManifest, signManifest } from '#shared/filter/manifest.ts';
 * const secretKey = new Uint8Array(32);
 * const registrar = { publicKey: ed25519PublicKey(secretKey), secretKey };
 * const text = signManifest({ log: 'log.example/1', asOf: 2, at: 0, filters: [] }, registrar);
 * openManifest(text, manifestKey('log.example/1', registrar.publicKey)).value.asOf; // => 2
 */
export function signManifest(
  { log, asOf, at, filters, oprf }: FilterManifest,
  registrar: { readonly publicKey: Bytes32; readonly secretKey: Bytes32 },
): string {
  if (!isUnsigned(asOf) || !isUnsigned(at)) throw new RangeError('asOf, at: not sizes or times');
  if (filters.length > MAX_FILTERS) throw new RangeError(`filters: more than ${MAX_FILTERS}`);
  const lines = filters.map(({ name, count, size, digest }) => {
    if (!isFilterName(name)) throw new RangeError('name: not an algorithm and a prefix');
    return `filter ${name} ${count} ${size} ${toBase64Url(digest)}`;
  });
  const head = [FIRST_LINE, log, `${asOf}`, `${at}`, ...(oprf ? [`oprf ${toHex(oprf)}`] : [])];
  const text = `${[...head, ...lines].join('\n')}\n`;
  const key = manifestKey(log, registrar.publicKey);
  return encodeNote({ text, signatures: [signNote(text, { key, secretKey: registrar.secretKey })] });
}

function parseFilterLine(line: string): FilterEntry | undefined {
  const [word, name = '', countText = '', sizeText = '', digestText = '', ...more] = line.split(' ');
  const [count, size] = [parseDecimal(countText), parseDecimal(sizeText)];
  const digest = fromBase64Url(digestText);
  if (word !== 'filter' || more.length > 0 || !isFilterName(name) || digest?.length !== 32) return undefined;
  if (count === undefined || count > MAX_KEYS || size === undefined || size > MAX_FILTER_BYTES) return undefined;
  return { name, count, size, digest };
}

/**
 * Reads a manifest and demands that `key` signed it. Attacker-controlled input; at most `MAX_FILTERS` filters.
 *
 * @returns `manifest-unsigned` (no line by `key`, or one that does not verify), `manifest-unsupported` (another version),
 * `manifest-malformed`, `note-malformed`, `note-too-large`
 * @example
 * import { manifestKey, openManifest } from '#shared/filter/manifest.ts';
 * openManifest('text\n\n— a AAAAAAAA\n', manifestKey('log.example/1', new Uint8Array(32))).reason; // => 'manifest-unsigned'
 */
export function openManifest(
  text: string,
  key: NoteKey,
): Result<
  FilterManifest,
  'manifest-unsigned' | 'manifest-unsupported' | 'manifest-malformed' | 'note-malformed' | 'note-too-large'
> {
  const note = parseNote(text);
  if (!note.ok) return note;
  const signed = verifyLines(note.value, key, [ED25519]);
  if (!signed || signed.length === 0) return err('manifest-unsigned');
  const [first, log = '', asOfText = '', atText = '', ...lines] = note.value.text.slice(0, -1).split('\n');
  if (first !== FIRST_LINE) return err('manifest-unsupported');
  const oprfText = lines[0]?.startsWith('oprf ') ? lines.shift()?.slice(5) : undefined;
  const oprf = oprfText === undefined ? undefined : fromHex(oprfText);
  const [asOf, at] = [parseDecimal(asOfText), parseDecimal(atText)];
  const filters = lines.length > MAX_FILTERS ? undefined : readAll(lines, parseFilterLine);
  if (nameFor(log) !== key.name || asOf === undefined || at === undefined || !filters) {
    return err('manifest-malformed');
  }
  if (oprfText !== undefined && oprf?.length !== 32) return err('manifest-malformed', 'oprf');
  return ok({ log, asOf, at, filters, ...(oprf && { oprf }) });
}
