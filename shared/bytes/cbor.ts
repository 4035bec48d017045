/**
 * Deterministic CBOR, the subset our own objects use (RFC 8949 §4.2.1).
 *
 * In scope: integers in the safe range, byte and text strings, arrays, maps with integer or text keys, tags,
 * true, false, null. Refused: floats, indefinite lengths, non-minimal heads, unsorted or duplicate keys,
 * ill-formed UTF-8, trailing bytes. Because every rule is enforced while reading, whatever decodes re-encodes to the
 * same bytes. Not for foreign objects: those keep their bytes and are read where they are checked.
 */

import { err, ok, type Result } from '../result.ts';
import { bigEndian, compareBytes, concatBytes, fromUtf8, utf8 } from './bytes.ts';
import { isUnsigned } from './decimal.ts';

/** Map keys: integers in the safe range or text. */
export type CborKey = number | string;
/** A map in any order; encoding sorts the keys bytewise. */
export type CborMap = ReadonlyMap<CborKey, CborValue>;
/** Everything the subset can say. */
export type CborValue = number | string | boolean | null | Uint8Array | readonly CborValue[] | CborMap | CborTag;

/**
 * A tagged value (RFC 8949 §3.4).
 *
 * @example
 * import { CborTag, encodeCbor } from '#shared/bytes/cbor.ts';
 * encodeCbor(new CborTag(18, [])); // => Uint8Array.of(0xd2, 0x80)
 */
export class CborTag {
  readonly tag: number;
  readonly value: CborValue;
  constructor(tag: number, value: CborValue) {
    this.tag = tag;
    this.value = value;
  }
}

/** Why bytes are not one deterministic value: cut short, continued, respelled, outside the subset, nested too deep. */
export type CborReason =
  | 'cbor-truncated'
  | 'cbor-trailing-bytes'
  | 'cbor-not-deterministic'
  | 'cbor-unsupported'
  | 'cbor-too-deep';

/** Deepest nesting of arrays, maps and tags; our deepest object, a claim, needs 4. */
export const MAX_CBOR_DEPTH = 16;

const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;

function head(major: number, argument: number): Uint8Array {
  const type = major << 5;
  if (argument < 24) return Uint8Array.of(type | argument);
  const info = [0x100, 0x1_0000, 0x1_0000_0000].filter((limit) => argument >= limit).length;
  return concatBytes(Uint8Array.of(type | (24 + info)), bigEndian(argument, 1 << info));
}

/**
 * Encodes a value deterministically; map keys are sorted here, in bytewise order of their encoding.
 *
 * @throws RangeError for what could not be read back: a number that is not a safe integer, a tag number below 0, a
 * string with a lone surrogate
 * @example
 * import { encodeCbor } from '#shared/bytes/cbor.ts';
 * import { toHex } from '#shared/bytes/hex.ts';
 * toHex(encodeCbor(new Map([['b', 1], ['a', -1]]))); // => 'a2616120616201'
 */
export function encodeCbor(value: CborValue): Uint8Array {
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError('value: only safe integers can be encoded');
    return value < 0 ? head(MAJOR.negative, -1 - value) : head(MAJOR.unsigned, value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new RangeError('value: a string with a lone surrogate cannot be encoded');
    const bytes = utf8(value);
    return concatBytes(head(MAJOR.text, bytes.length), bytes);
  }
  if (value instanceof Uint8Array) return concatBytes(head(MAJOR.bytes, value.length), value);
  if (value instanceof CborTag) {
    if (!isUnsigned(value.tag)) throw new RangeError('value: a tag number is an integer from 0');
    return concatBytes(head(MAJOR.tag, value.tag), encodeCbor(value.value));
  }
  if (value instanceof Map) return encodeMap(value);
  const items = value as readonly CborValue[];
  return concatBytes(head(MAJOR.array, items.length), ...items.map(encodeCbor));
}

function encodeMap(map: CborMap): Uint8Array {
  const entries = [...map].map(([key, value]) => ({ key: encodeCbor(key), value: encodeCbor(value) }));
  entries.sort((a, b) => compareBytes(a.key, b.key));
  return concatBytes(head(MAJOR.map, entries.length), ...entries.flatMap(({ key, value }) => [key, value]));
}

/** Leaves the recursive descent at the first fault; never seen outside this file. */
class Refusal extends Error {
  declare readonly message: CborReason;
}

function refuse(reason: CborReason): never {
  throw new Refusal(reason);
}

/**
 * Decodes one deterministic item that fills `bytes` exactly. Attacker-controlled input: bound its size first.
 *
 * @returns the value, or `cbor-truncated`, `cbor-trailing-bytes`, `cbor-not-deterministic`, `cbor-unsupported`,
 * `cbor-too-deep`
 * @example
 * import { decodeCbor } from '#shared/bytes/cbor.ts';
 * decodeCbor(Uint8Array.of(0x18, 0x01)).reason; // => 'cbor-not-deterministic'
 */
export function decodeCbor(bytes: Uint8Array): Result<CborValue, CborReason> {
  try {
    const reader = { bytes, at: 0 };
    const value = readItem(reader, 0);
    return reader.at === bytes.length ? ok(value) : err('cbor-trailing-bytes');
  } catch (refusal) {
    if (refusal instanceof Refusal) return err(refusal.message);
    throw refusal;
  }
}

/** Bytes, and how far they have been read. */
interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function readItem(reader: Reader, depth: number): CborValue {
  if (depth > MAX_CBOR_DEPTH) refuse('cbor-too-deep');
  const initial = readByte(reader);
  if (initial === 0xf4) return false;
  if (initial === 0xf5) return true;
  if (initial === 0xf6) return null;
  const major = initial >> 5;
  if (major === MAJOR.simple) refuse('cbor-unsupported');
  const argument = readArgument(reader, initial & 31);
  switch (major) {
    case MAJOR.unsigned:
      return argument;
    case MAJOR.negative:
      if (argument >= Number.MAX_SAFE_INTEGER) refuse('cbor-unsupported');
      return -1 - argument;
    case MAJOR.bytes:
      return readBytes(reader, argument);
    case MAJOR.text:
      return fromUtf8(readBytes(reader, argument)) ?? refuse('cbor-not-deterministic');
    case MAJOR.array:
      return readArray(reader, argument, depth);
    case MAJOR.map:
      return readMap(reader, argument, depth);
    default:
      return new CborTag(argument, readItem(reader, depth + 1));
  }
}

function readByte(reader: Reader): number {
  const byte = reader.bytes[reader.at++];
  if (byte === undefined) refuse('cbor-truncated');
  return byte;
}

function readBytes(reader: Reader, length: number): Uint8Array {
  const start = reader.at;
  reader.at += length;
  if (reader.at > reader.bytes.length) refuse('cbor-truncated');
  return reader.bytes.slice(start, reader.at);
}

function readArgument(reader: Reader, info: number): number {
  if (info < 24) return info;
  if (info > 27) refuse(info === 31 ? 'cbor-not-deterministic' : 'cbor-unsupported');
  const width = 1 << (info - 24);
  let argument = 0;
  for (let i = 0; i < width; i++) argument = argument * 256 + readByte(reader);
  if (!isUnsigned(argument)) refuse('cbor-unsupported');
  if (argument < (width === 1 ? 24 : 256 ** (width / 2))) refuse('cbor-not-deterministic');
  return argument;
}

function readArray(reader: Reader, length: number, depth: number): CborValue[] {
  const items: CborValue[] = [];
  for (let i = 0; i < length; i++) items.push(readItem(reader, depth + 1));
  return items;
}

function readMap(reader: Reader, length: number, depth: number): CborMap {
  const map = new Map<CborKey, CborValue>();
  let previous: Uint8Array | undefined;
  for (let i = 0; i < length; i++) {
    const start = reader.at;
    const key = readItem(reader, depth + 1);
    if (typeof key !== 'number' && typeof key !== 'string') refuse('cbor-unsupported');
    const encoded = reader.bytes.subarray(start, reader.at);
    if (previous && compareBytes(previous, encoded) >= 0) refuse('cbor-not-deterministic');
    previous = encoded;
    map.set(key, readItem(reader, depth + 1));
  }
  return map;
}
