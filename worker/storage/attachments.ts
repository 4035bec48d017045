/** What an attestation brings besides its claim, and how it stands in a pack. */
import { concatBytes } from '#shared/bytes/bytes.ts';
import { type CborKey, type CborValue, decodeCbor, encodeCbor } from '#shared/bytes/cbor.ts';
import { FINGERPRINT_ALGS, type FingerprintAlg } from '#shared/fingerprint/attested-fingerprints.ts';
import type { EvidenceRecord } from '#shared/trail/trail.ts';

/** Fingerprint after fingerprint, by algorithm. */
export type Fingerprints = Readonly<Partial<Record<FingerprintAlg, Uint8Array>>>;

/** What an attestation brings besides its claim. */
export interface Attachments {
  readonly passages?: readonly Uint8Array[];
  readonly evidence: readonly EvidenceRecord[];
  readonly fingerprints?: Fingerprints;
  /** Name after name: what stands in the index instead, where its issuer wants that unreadable. */
  readonly names?: Uint8Array;
  /** The text itself in UTF-8, where its issuer publishes it. */
  readonly text?: Uint8Array;
}

/** Attachments as they are stored: CBOR, digests and fingerprints in one string each; nothing for nothing. */
export function encodeAttachments({ passages, evidence, fingerprints, names, text }: Attachments): Uint8Array {
  if (!passages && !fingerprints && !names && !text && evidence.length === 0) return new Uint8Array();
  const fields = new Map<CborKey, CborValue>([['evidence', evidence.map(({ type, value }) => [type, value])]]);
  if (passages) fields.set('passages', concatBytes(...passages));
  if (fingerprints) fields.set('fingerprints', new Map(Object.entries(fingerprints)));
  if (names) fields.set('names', names);
  if (text) fields.set('text', text);
  return encodeCbor(fields);
}

const FIELDS = ['passages', 'fingerprints', 'names', 'text'] as const;

/** What `encodeAttachments` wrote. */
export function decodeAttachments(bytes: Uint8Array): Attachments {
  const decoded = decodeCbor(bytes);
  const fields = decoded.ok && decoded.value instanceof Map ? decoded.value : new Map<CborKey, CborValue>();
  const evidence = (fields.get('evidence') ?? []) as readonly (readonly [string, Uint8Array])[];
  const [passages, fingerprints, names, text] = FIELDS.map((name) => fields.get(name));
  return {
    evidence: evidence.map(([type, value]) => ({ type, value })),
    ...(passages instanceof Uint8Array && { passages: digestsIn(passages) }),
    ...(fingerprints instanceof Map && { fingerprints: fingerprintsIn(fingerprints) }),
    ...(names instanceof Uint8Array && { names }),
    ...(text instanceof Uint8Array && { text }),
  };
}

const digestsIn = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(i * 32, i * 32 + 32));

function fingerprintsIn(fields: ReadonlyMap<CborKey, CborValue>): Fingerprints {
  const found: Partial<Record<FingerprintAlg, Uint8Array>> = {};
  for (const alg of FINGERPRINT_ALGS) {
    const keys = fields.get(alg);
    if (keys instanceof Uint8Array) found[alg] = keys;
  }
  return found;
}
