/**
 * From an AI output and what is known about its run to a signed statement, ready to be logged.
 *
 * Nothing here uses the network. Time and randomness are arguments with the platform's as default.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { signStatement, statementId } from '#shared/attestation/statement.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { CLAIM_MEDIA_TYPE, type Claim, encodeClaim, parseClaim } from '#shared/claim/claim.ts';
import { textOutput } from '#shared/claim/text-output.ts';
import { markdownLines } from '#shared/text/markdown.ts';
import { plainLines } from '#shared/text/passages.ts';
import type { IssuerKey } from './key.ts';

/** Media types whose rendered passages are attested one by one. */
export type TextType = 'text/plain' | 'text/markdown';

/** A proof about the run itself that travels beside the claim; the claim holds its digest. */
export interface EvidenceRecord {
  readonly kind: string;
  /** Media type of `value`. */
  readonly type: string;
  readonly value: Uint8Array;
  /** SHA-256 of `value`. */
  readonly digest: Uint8Array;
  readonly binds: 'output' | 'key';
}

/** What a developer says about one AI output. */
export interface OutputDescription {
  /** The output exactly as the model wrote it. */
  readonly text: string;
  readonly type?: TextType;
  readonly model: Claim['model'];
  /** When and by whom it was run; `by` is `self` where left out. */
  readonly run: Omit<Claim['run'], 'by' | 'at'> & Partial<Pick<Claim['run'], 'by' | 'at'>>;
  /** How much the trail must carry; a verifier says so where it carries less. `logged` where left out. */
  readonly accountability?: Claim['accountability'];
  readonly evidence?: readonly EvidenceRecord[];
  /** Leaf hashes of earlier attestations this output was made from. */
  readonly parents?: readonly Uint8Array[];
}

/** A signed statement with everything the log needs beside it. Sign once, submit as often as needed. */
export interface SignedOutput {
  /** The id its trail will have: base64url of the leaf hash. */
  readonly id: string;
  readonly statement: Uint8Array;
  readonly claim: Uint8Array;
  readonly passages: readonly Uint8Array[];
  readonly evidence: readonly { readonly type: string; readonly value: Uint8Array }[];
}

/** Clock and randomness, so that a test can fix them. */
export interface Surroundings {
  /** Unix seconds. */
  now?(): number;
  random?(length: number): Uint8Array;
}

/**
 * Lines of a text as a reader sees them, by its media type.
 *
 * @example
 * import { renderedLines } from 'witnessmark';
 * renderedLines('# Title', 'text/markdown'); // => ['Title']
 */
export const renderedLines = (text: string, type: TextType): string[] =>
  type === 'text/markdown' ? markdownLines(text) : plainLines(text);

/**
 * The claim about an output, with the digests of its passages in order.
 */
export function buildClaim(
  description: OutputDescription,
  surroundings: Surroundings = {},
): { claim: Claim; passages: readonly Uint8Array[] } {
  const now = surroundings.now ?? (() => Math.floor(Date.now() / 1000));
  const random = surroundings.random ?? ((length) => crypto.getRandomValues(new Uint8Array(length)));
  const type = description.type ?? 'text/plain';
  const { output, passages } = textOutput(description.text, type, renderedLines(description.text, type));
  const claim: Claim = {
    v: 1,
    output,
    model: description.model,
    run: { ...description.run, at: description.run.at ?? now(), by: description.run.by ?? 'self' },
    accountability: description.accountability ?? { level: 'logged' },
    evidence: (description.evidence ?? []).map(({ kind, digest, binds }) => ({ kind, digest, binds })),
    parents: [...(description.parents ?? [])],
    nonce: random(16),
  };
  return { claim, passages };
}

/**
 * Builds the claim and signs it as `issuer`.
 *
 * @param signer - `issuer` is the https origin whose key set holds `key`, without a final slash; `log` is the base
 *   address of the log, where the claim will be found
 * @throws RangeError when a claim cannot hold a field of the description: the message names the field
 */
export function signOutput(
  description: OutputDescription,
  signer: { readonly issuer: string; readonly key: IssuerKey; readonly log: string },
  surroundings: Surroundings = {},
): SignedOutput {
  const now = surroundings.now ?? (() => Math.floor(Date.now() / 1000));
  const random = surroundings.random ?? ((length) => crypto.getRandomValues(new Uint8Array(length)));
  const { claim, passages } = buildClaim(description, surroundings);
  const preimage = encodeClaim(claim);
  const readable = parseClaim(preimage);
  if (!readable.ok) throw new RangeError(`a claim cannot hold this ${readable.detail ?? readable.reason}`);
  const statement = signStatement(
    {
      type: 'output',
      issuer: signer.issuer,
      subject: toBase64Url(random(16)),
      issuedAt: now(),
      preimage,
      preimageType: CLAIM_MEDIA_TYPE,
      location: `${signer.log}/v1/claims/${toBase64Url(sha256(preimage))}`,
    },
    signer.key,
  );
  return {
    id: statementId(statement),
    statement,
    claim: preimage,
    passages,
    evidence: (description.evidence ?? []).map(({ type, value }) => ({ type, value })),
  };
}
