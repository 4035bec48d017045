/**
 * Entries 0 and 1 of every log: genesis (who signs here) and configuration (which witnesses). They exist before the
 * first submission, so every later entry has an encodable inclusion path.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { keyThumbprint } from '#shared/attestation/key.ts';
import { signStatement } from '#shared/attestation/statement.ts';
import { encodeCbor } from '#shared/bytes/cbor.ts';
import { EPOCH_MEDIA_TYPE, encodeEpoch } from '#shared/claim/epoch.ts';
import { encodeVkey } from '#shared/log/note.ts';
import type { Config } from '../env.ts';
import { claimUrl } from '../storage/content.ts';
import type { Submission } from './admission.ts';

const POLICY_TYPE = 'application/vnd.witnessmark.policy+cbor';

/** The two first submissions, in order. Signing is deterministic, so the same configuration gives the same bytes. */
export function genesis(config: Config, issuedAt: number): Submission[] {
  const kid = keyThumbprint(config.registrar.publicKey);
  const { mlDsa, note } = config.logKey;
  const epoch = encodeEpoch({
    origin: config.origin,
    log: encodeVkey(note),
    ...(mlDsa && { logMlDsa44: encodeVkey(mlDsa.key) }),
    registrar: config.registrar.publicKey,
    receipts: config.receipts.publicKey,
  });
  const policy = encodeCbor(
    new Map<string, string | number>([
      ['v', 1],
      ['policy', config.policyText],
    ]),
  );
  const submission = (type: 'epoch' | 'policy', preimage: Uint8Array, preimageType: string) => {
    const location = claimUrl(config, preimage);
    const fields = { type, issuer: config.registrarIssuer, subject: type, issuedAt, preimage, preimageType, location };
    return {
      entry: signStatement(fields, config.registrar),
      kid,
      issuer: config.registrarIssuer,
      isEpoch: true,
      digest: sha256(preimage),
      content: { preimage, attachments: new Uint8Array() },
    };
  };
  return [submission('epoch', epoch, EPOCH_MEDIA_TYPE), submission('policy', policy, POLICY_TYPE)];
}
