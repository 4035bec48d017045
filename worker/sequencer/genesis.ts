/**
 * Entries 0 and 1 of every log: genesis (who signs here) and configuration (which witnesses). They exist before the
 * first submission, so every later entry has an encodable inclusion path.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { keyThumbprint } from '#shared/attestation/key.ts';
import { type StatementContent, signStatement } from '#shared/attestation/statement.ts';
import { encodeCbor } from '#shared/bytes/cbor.ts';
import { EPOCH_MEDIA_TYPE, encodeEpoch } from '#shared/claim/epoch.ts';
import { encodeVkey } from '#shared/log/note.ts';
import type { Config } from '../env.ts';
import { claimUrl } from '../storage/content.ts';
import type { Submission } from './admission.ts';

const POLICY_TYPE = 'application/vnd.witnessmark.policy+cbor';

/** The two first submissions, in order. Signing is deterministic, so the same configuration gives the same bytes. */
export function genesis(config: Config, issuedAt: number): Submission[] {
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
  return [
    registrarRecord(config, {
      type: 'epoch',
      subject: 'epoch',
      issuedAt,
      preimage: epoch,
      preimageType: EPOCH_MEDIA_TYPE,
    }),
    registrarRecord(config, {
      type: 'policy',
      subject: 'policy',
      issuedAt,
      preimage: policy,
      preimageType: POLICY_TYPE,
    }),
  ];
}

/** What the registrar says about the log itself, ready to be logged. */
export function registrarRecord(
  config: Config,
  content: Omit<StatementContent, 'issuer' | 'location'>,
): Submission & { readonly isEpoch: true } {
  const { preimage } = content;
  const said = { ...content, issuer: config.registrarIssuer, location: claimUrl(config, preimage) };
  return {
    entry: signStatement(said, config.registrar),
    kid: keyThumbprint(config.registrar.publicKey),
    issuer: config.registrarIssuer,
    isEpoch: true,
    digest: sha256(preimage),
    content: { preimage, attachments: new Uint8Array() },
  };
}
