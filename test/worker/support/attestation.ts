/** Attestations as submissions of their own, with everything that may come with them. */
import { sha256 } from '@noble/hashes/sha2.js';
import { signStatement } from '#shared/attestation/statement.ts';
import { CLAIM_MEDIA_TYPE, type ClaimedOutput, encodeClaim } from '#shared/claim/claim.ts';
import { textOutput } from '#shared/claim/text-output.ts';
import { plainLines } from '#shared/text/passages.ts';
import type { Submission } from '../../../worker/sequencer/admission.ts';
import { type Attachments, encodeAttachments } from '../../../worker/storage/attachments.ts';
import { ISSUER, issuerKey, issuerKid } from './submissions.ts';

/** A submission and the digest of what it is about. */
export interface Made extends Submission {
  readonly output: Uint8Array;
}

/** An attestation of `text` with its passages and whatever else it brings. */
export function attestation(text: string, subject = 's', brought: Partial<Attachments> = {}): Made {
  const { output, passages } = textOutput(text, 'text/plain', plainLines(text));
  return attestationOf(output, subject, { passages, ...brought });
}

/** An attestation of an output, which brings nothing unless told. */
export function attestationOf(output: ClaimedOutput, subject = 's', brought: Partial<Attachments> = {}): Made {
  const preimage = encodeClaim({
    v: 1,
    output,
    model: { provider: 'model.example', name: 'sample-1' },
    run: { at: 1_790_000_000, operator: 'news.example', by: 'self' },
    accountability: { level: 'logged' },
    evidence: [],
    parents: [],
    nonce: new Uint8Array(16),
  });
  const content = { type: 'output', issuer: ISSUER, subject, issuedAt: 1_790_000_000 } as const;
  const over = { preimage, preimageType: CLAIM_MEDIA_TYPE, location: `${ISSUER}/claims/1` };
  return {
    entry: signStatement({ ...content, ...over }, issuerKey),
    kid: issuerKid,
    issuer: ISSUER,
    digest: sha256(preimage),
    content: { preimage, attachments: encodeAttachments({ evidence: [], ...brought }) },
    isEpoch: true,
    output: output.digest,
  };
}
