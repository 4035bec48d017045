/**
 * Signed notes: text followed by signature lines, and the keys that verify them.
 *
 * In scope: syntax, verifier keys, plain Ed25519 signatures (type 0x01). Not checked here: what the text says
 * (`checkpoint.ts`), cosignatures (`cosignature.ts`). Every other algorithm is an argument (`note-algorithms.ts`); the
 * keys of one that was not given count as unknown keys.
 *
 * @see https://c2sp.org/signed-note
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64, toBase64 } from '../bytes/base64.ts';
import { concatBytes, equalBytes, utf8 } from '../bytes/bytes.ts';
import { signEd25519, verifyEd25519 } from '../bytes/ed25519.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { readAll } from '../read-all.ts';
import { err, ok, type Result } from '../result.ts';

/** Longest note read, in UTF-16 code units: room for 32 ML-DSA-44 cosignature lines. */
export const MAX_NOTE_LENGTH = 131_072;
/** Most signature lines read in one note. */
export const MAX_NOTE_SIGNATURES = 100;

/** One signature line; `signature` is what follows the key ID, its form depends on the key's type. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** Text, which ends in a newline and is what signatures cover, and its signature lines in order. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** 1 Ed25519 over the text, 4 timestamped Ed25519 cosignature, 6 timestamped ML-DSA-44 cosignature. */
export type NoteKeyType = 1 | 4 | 6;

/** How keys of one type sign. */
export interface NoteAlgorithm {
  readonly type: NoteKeyType;
  /**
   * The time that a line of `key` names, in Unix seconds, 0 where it names none; `undefined` where the line does not
   * verify. Total.
   */
  readonly verify: (note: Note, signature: Uint8Array, key: NoteKey) => number | undefined;
}

/** A named public key. `keyId` is derived from the rest; it is a hint for finding lines, not a hash to rely on. */
export interface NoteKey {
  readonly name: string;
  readonly type: NoteKeyType;
  readonly publicKey: Uint8Array;
  readonly keyId: Uint8Array;
}

const KEY_LENGTHS: Readonly<Record<number, number>> = { 1: 32, 4: 32, 6: 1312 };
const LINE_START = '— ';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

const isKeyName = (name: string): boolean =>
  name !== '' && !/[\p{White_Space}+]/u.test(name) && !CONTROL.test(name) && name.isWellFormed();

function parseSignatureLine(line: string): NoteSignature | undefined {
  const parts = line.split(' ');
  const [dash, name, encoded] = parts;
  if (parts.length !== 3 || dash !== '—' || name === undefined || encoded === undefined) return undefined;
  const blob = fromBase64(encoded);
  if (!isKeyName(name) || blob === undefined || blob.length < 5) return undefined;
  return { name, keyId: blob.slice(0, 4), signature: blob.slice(4) };
}

/**
 * Reads signature lines on their own, as a witness answers them: one or more, each ending in a newline.
 * Attacker-controlled input; at most MAX_NOTE_SIGNATURES lines and MAX_NOTE_LENGTH code units.
 *
 * @returns `note-malformed`, `note-too-large`
 * @see https://c2sp.org/tlog-witness#add-checkpoint
 * @example
 * import { parseSignatureLines } from '#shared/log/note.ts';
 * parseSignatureLines('not a signature\n').reason; // => 'note-malformed'
 */
export function parseSignatureLines(text: string): Result<NoteSignature[], 'note-malformed' | 'note-too-large'> {
  if (text.length > MAX_NOTE_LENGTH) return err('note-too-large');
  if (!text.endsWith('\n') || CONTROL.test(text) || !text.isWellFormed()) return err('note-malformed');
  const lines = text.slice(0, -1).split('\n');
  if (lines.length > MAX_NOTE_SIGNATURES) return err('note-too-large');
  const signatures = readAll(lines, parseSignatureLine);
  return signatures ? ok(signatures) : err('note-malformed');
}

/**
 * Writes signature lines, each ending in a newline.
 *
 * @example
 * import { encodeSignatureLines } from '#shared/log/note.ts';
 * const line = { name: 'a', keyId: Uint8Array.of(0, 0, 0, 0), signature: Uint8Array.of(0, 0) };
 * encodeSignatureLines([line]); // => '— a AAAAAAAA\n'
 */
export const encodeSignatureLines = (signatures: readonly NoteSignature[]): string =>
  signatures
    .map(({ name, keyId, signature }) => `${LINE_START}${name} ${toBase64(concatBytes(keyId, signature))}\n`)
    .join('');

/**
 * Reads a whole signed note, split at its last blank line. Attacker-controlled input. Verifies nothing.
 *
 * @returns `note-too-large` (MAX_NOTE_LENGTH, MAX_NOTE_SIGNATURES) or `note-malformed` (control characters, ill-formed
 * UTF-16, no blank line, no signature, a line that is not a signature or is respelled)
 * @see https://c2sp.org/signed-note#format
 * @example
 * import { parseNote } from '#shared/log/note.ts';
 * parseNote('text\n\n— a AAAAAAAA\n').value.text; // => 'text\n'
 */
export function parseNote(text: string): Result<Note, 'note-malformed' | 'note-too-large'> {
  if (text.length > MAX_NOTE_LENGTH) return err('note-too-large');
  const blank = text.lastIndexOf('\n\n');
  if (blank < 0 || CONTROL.test(text) || !text.isWellFormed()) return err('note-malformed');
  const signatures = parseSignatureLines(text.slice(blank + 2));
  return signatures.ok ? ok({ text: text.slice(0, blank + 1), signatures: signatures.value }) : signatures;
}

/**
 * Writes a whole signed note; reading it back gives the same note.
 *
 * @throws RangeError where the text does not end in a newline or there is no signature
 * @example
 * import { encodeNote } from '#shared/log/note.ts';
 * const line = { name: 'a', keyId: Uint8Array.of(0, 0, 0, 0), signature: Uint8Array.of(0, 0) };
 * encodeNote({ text: 'text\n', signatures: [line] }); // => 'text\n\n— a AAAAAAAA\n'
 */
export function encodeNote({ text, signatures }: Note): string {
  if (!text.endsWith('\n')) throw new RangeError('text: does not end in a newline');
  if (signatures.length === 0) throw new RangeError('signatures: a note has at least one');
  return `${text}\n${encodeSignatureLines(signatures)}`;
}

/**
 * A key under a name, with its key ID: the first 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key).
 *
 * @param name - not empty, no Unicode space, no `+`
 * @param publicKey - 32 bytes for types 1 and 4, 1312 for type 6
 * @throws RangeError where the name or the length of the key is impossible
 * @see https://c2sp.org/signed-note#verifier-keys
 * @example
 * import { noteKey } from '#shared/log/note.ts';
 * import { toHex } from '#shared/bytes/hex.ts';
 * toHex(noteKey('log.example', 1, new Uint8Array(32)).keyId); // => 'f3e73440'
 */
export function noteKey(name: string, type: NoteKeyType, publicKey: Uint8Array): NoteKey {
  if (!isKeyName(name)) throw new RangeError('name: empty, or contains a space or a plus');
  if (publicKey.length !== KEY_LENGTHS[type]) throw new RangeError('publicKey: wrong length for its type');
  const keyId = sha256(concatBytes(utf8(name), Uint8Array.of(0x0a, type), publicKey)).slice(0, 4);
  return { name, type, publicKey, keyId };
}

/**
 * Reads a verifier key, `name+hex(key ID)+base64(type ‖ key)`. A key ID that is not the one the rest gives is refused.
 * Attacker-controlled input.
 *
 * @returns `vkey-malformed`, also for types other than 1, 4 and 6
 * @see https://c2sp.org/signed-note#verifier-keys
 * @example
 * import { parseVkey } from '#shared/log/note.ts';
 * parseVkey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k').value.type; // => 1
 * parseVkey('example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k').reason; // => 'vkey-malformed'
 */
export function parseVkey(text: string): Result<NoteKey, 'vkey-malformed'> {
  const parts = text.length > 4096 ? null : /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  const [, name = '', hexId = '', encoded = ''] = parts ?? [];
  const blob = fromBase64(encoded);
  const type = blob?.[0];
  if (!isKeyName(name) || blob === undefined || (type !== 1 && type !== 4 && type !== 6)) return err('vkey-malformed');
  if (blob.length !== 1 + (KEY_LENGTHS[type] ?? 0)) return err('vkey-malformed', 'wrong key length');
  const key = noteKey(name, type, blob.slice(1));
  const keyId = fromHex(hexId);
  return keyId && equalBytes(keyId, key.keyId) ? ok(key) : err('vkey-malformed', 'key ID does not match the key');
}

/**
 * Writes a verifier key; reading it back gives the same key.
 *
 * @example
 * import { encodeVkey, noteKey } from '#shared/log/note.ts';
 * encodeVkey(noteKey('a', 1, new Uint8Array(32))).startsWith('a+'); // => true
 */
export const encodeVkey = ({ name, type, publicKey, keyId }: NoteKey): string =>
  `${name}+${toHex(keyId)}+${toBase64(concatBytes(Uint8Array.of(type), publicKey))}`;

/**
 * Signs the text of a note with a plain Ed25519 key.
 *
 * @param text - the note's text, ending in a newline
 * @throws RangeError where the key is not of type 1 or the text does not end in a newline
 * @example
 * import { ed25519PublicKey } from '#shared/bytes/ed25519.ts';
 * import { ED25519, noteKey, signNote, verifyLines } from '#shared/log/note.ts';
 * const secretKey = new Uint8Array(32);
 * const key = noteKey('log.example', 1, ed25519PublicKey(secretKey));
 * const signature = signNote('text\n', { key, secretKey });
 * verifyLines({ text: 'text\n', signatures: [signature] }, key, [ED25519]); // => [0]
 */
export function signNote(
  text: string,
  signer: { readonly key: NoteKey; readonly secretKey: Uint8Array },
): NoteSignature {
  if (signer.key.type !== 1) throw new RangeError('key: only type 1 signs a note as it is');
  if (!text.endsWith('\n')) throw new RangeError('text: does not end in a newline');
  const { name, keyId } = signer.key;
  return { name, keyId, signature: signEd25519(utf8(text), signer.secretKey) };
}

/**
 * The signature lines that claim to be by `key`: same name and key ID.
 *
 * @example
 * import { linesBy, noteKey } from '#shared/log/note.ts';
 * linesBy({ text: '\n', signatures: [] }, noteKey('a', 1, new Uint8Array(32))); // => []
 */
export const linesBy = (note: Note, key: NoteKey): NoteSignature[] =>
  note.signatures.filter(({ name, keyId }) => name === key.name && equalBytes(keyId, key.keyId));

/**
 * Plain Ed25519 over the note's text (type 1): a line names no time.
 *
 * @example
 * import { ED25519 } from '#shared/log/note.ts';
 * ED25519.type; // => 1
 */
export const ED25519: NoteAlgorithm = {
  type: 1,
  verify: ({ text }, signature, { publicKey }) => (verifyEd25519(signature, utf8(text), publicKey) ? 0 : undefined),
};

/**
 * Whether `key` signed the note: the times named by the lines that claim to be by it, none where there is no such line or
 * its algorithm was not given; `undefined` where any of these lines does not verify. Lines of other keys are ignored.
 *
 * @param algorithms - at most one for each type of key
 * @see https://c2sp.org/signed-note#signatures
 * @example
 * import { ED25519, noteKey, verifyLines } from '#shared/log/note.ts';
 * verifyLines({ text: '\n', signatures: [] }, noteKey('a', 1, new Uint8Array(32)), [ED25519]); // => []
 */
export function verifyLines(note: Note, key: NoteKey, algorithms: readonly NoteAlgorithm[]): number[] | undefined {
  const algorithm = algorithms.find(({ type }) => type === key.type);
  return algorithm ? readAll(linesBy(note, key), ({ signature }) => algorithm.verify(note, signature, key)) : [];
}
