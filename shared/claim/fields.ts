/**
 * Reads the fields of one deterministic CBOR map, every one of them from an untrusted author.
 *
 * Text is what people will be shown: control, format and invisible characters (bidi overrides, zero-width, fillers) are
 * refused, so that a name cannot be made to read as another.
 */

import { type CborKey, type CborMap, type CborValue, decodeCbor } from '../bytes/cbor.ts';
import { err, ok, type Result } from '../result.ts';

/** Leaves the reading at the first fault; `readFields` turns it into a reason. @internal */
export class FieldFault extends Error {
  readonly kind: 'malformed' | 'unsupported';
  constructor(kind: 'malformed' | 'unsupported', field: CborKey) {
    super(`${kind} field: ${String(field).slice(0, 32)}`);
    this.kind = kind;
  }
}

const UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u;

/** The fields of a map of which every key is known. @internal */
export class Fields {
  private readonly map: CborMap;

  constructor(value: CborValue | undefined, known: readonly CborKey[], field: CborKey = 'map') {
    if (!(value instanceof Map)) throw new FieldFault('malformed', field);
    for (const key of value.keys()) if (!known.includes(key)) throw new FieldFault('unsupported', key);
    this.map = value;
  }

  has(key: CborKey): boolean {
    return this.map.has(key);
  }

  raw(key: CborKey): CborValue | undefined {
    return this.map.get(key);
  }

  text(key: CborKey, maxLength = 256): string {
    const value = this.map.get(key);
    if (typeof value !== 'string' || value.length === 0 || value.length > maxLength || UNSHOWABLE.test(value)) {
      throw new FieldFault('malformed', key);
    }
    return value;
  }

  oneOf<T extends string>(key: CborKey, values: readonly T[]): T {
    const value = this.text(key) as T;
    if (!values.includes(value)) throw new FieldFault('unsupported', key);
    return value;
  }

  uint(key: CborKey): number {
    const value = this.map.get(key);
    if (typeof value !== 'number' || value < 0) throw new FieldFault('malformed', key);
    return value;
  }

  bytes(key: CborKey, length: number): Uint8Array {
    const value = this.map.get(key);
    if (!(value instanceof Uint8Array) || value.length !== length) throw new FieldFault('malformed', key);
    return value;
  }

  list<T>(key: CborKey, max: number, read: (item: CborValue) => T): T[] {
    const value = this.map.get(key);
    if (!Array.isArray(value) || value.length > max) throw new FieldFault('malformed', key);
    return (value as readonly CborValue[]).map(read);
  }

  /** The field under its own name where present, to be spread into what is read. */
  optional<K extends string, T>(key: K, read: (key: K) => T): { readonly [P in K]?: T } {
    return this.map.has(key) ? ({ [key]: read(key) } as Record<K, T>) : {};
  }
}

/** Reads at most `max` bytes of deterministic CBOR; a FieldFault in `read` is the reason. @internal */
export function readFields<T>(
  bytes: Uint8Array,
  max: number,
  read: (value: CborValue) => T,
): Result<T, 'too-large' | FieldFault['kind']> {
  if (bytes.length > max) return err('too-large');
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return err('malformed', decoded.reason);
  try {
    return ok(read(decoded.value));
  } catch (fault) {
    if (!(fault instanceof FieldFault)) throw fault;
    return err(fault.kind, fault.message);
  }
}

/** A map of the entries that have a value. @internal */
export function cborMap(entries: readonly (readonly [CborKey, CborValue | undefined])[]): CborMap {
  const map = new Map<CborKey, CborValue>();
  for (const [key, value] of entries) if (value !== undefined) map.set(key, value);
  return map;
}
