/**
 * Attestations faster than a log can take them: one is made in full, and every further one is that with another nonce,
 * digest and signature in its place. Signed by the platform's engine, so that a load test measures the log.
 */
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { toBase64 } from '#shared/bytes/base64.ts';
import { concatBytes } from '#shared/bytes/bytes.ts';
import { attestationOf, type IssuerOrigin } from '../support/worker-harness.ts';

/** DER of an Ed25519 private key (RFC 8410) up to the seed. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const NONCE_BYTES = 16;
const SIGNATURE_BYTES = 64;

/** An attestation ready to be sent. */
export interface Attestation {
  readonly statement: Uint8Array;
  /** The JSON body for `POST /v1/attestations`. */
  readonly body: string;
}

/** A source of different attestations of one issuer. */
export function attestationSource({ origin, keys }: IssuerOrigin): () => Attestation {
  const [key] = keys;
  if (!key) throw new RangeError('an issuer without a key');
  const marker = new Uint8Array(NONCE_BYTES).fill(0xa5);
  const made = attestationOf('A passage that a load test repeats.', origin, key, { nonce: marker });
  const claim = Buffer.from(made.claim, 'base64');
  const statement = Buffer.from(made.statement, 'base64');
  const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
  const nonceAt = claim.indexOf(marker);
  const digestAt = statement.indexOf(sha256(claim));
  const privateKey = createPrivateKey({
    key: concatBytes(PKCS8, key.secretKey) as Buffer,
    format: 'der',
    type: 'pkcs8',
  });
  // Tag and array of the COSE_Sign1, then the protected header as it stands in both structures.
  const header = statement.subarray(2, statement.indexOf(Uint8Array.of(0xa0, 0x58, 0x20), 2));
  const context = concatBytes(
    Uint8Array.of(0x84, 0x6a),
    Buffer.from('Signature1'),
    header,
    Uint8Array.of(0x40, 0x58, 0x20),
  );
  const passages = JSON.stringify(made.passages);
  let count = 0;
  return () => {
    claim.writeUInt32BE(++count, nonceAt);
    const digest = sha256(claim);
    digest.copy(statement, digestAt);
    const signature = sign(null, concatBytes(context, digest), privateKey);
    signature.copy(statement, statement.length - SIGNATURE_BYTES);
    const body = `{"statement":"${toBase64(statement)}","claim":"${toBase64(claim)}","passages":${passages}}`;
    return { statement: Uint8Array.from(statement), body };
  };
}
