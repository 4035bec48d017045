/**
 * From an AI output and what is known about its run to a signed statement, ready to be logged.
 *
 * Nothing here uses the network. Time and randomness are arguments with the platform's as default.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { signStatement, statementId } from '#shared/attestation/statement.ts';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { CLAIM_MEDIA_TYPE, type Claim, encodeClaim, parseClaim } from '#shared/claim/claim.ts';
import { imageOutput } from '#shared/claim/image-output.ts';
import { textOutput } from '#shared/claim/text-output.ts';
import {
  attestedFingerprints,
  FINGERPRINT_ALGS,
  type FingerprintAlg,
  maxFingerprints,
} from '#shared/fingerprint/attested-fingerprints.ts';
import { fingerprintHex } from '#shared/fingerprint/text-fingerprints.ts';
import type { Pixels } from '#shared/image/pdq.ts';
import { MAX_OBLIVIOUS_NAMES } from '#shared/limits.ts';
import { renderedLines, type TextType } from '#shared/text/text-type.ts';
import type { IssuerKey } from './key.ts';

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

/** What a developer says about the run of a model, whatever came out of it. */
interface DescribedRun {
  readonly model: Claim['model'];
  /** When and by whom it was run; `by` is `self` where left out. */
  readonly run: Omit<Claim['run'], 'by' | 'at'> & Partial<Pick<Claim['run'], 'by' | 'at'>>;
  /** How much the trail must carry; a verifier says so where it carries less. `logged` where left out. */
  readonly accountability?: Claim['accountability'];
  readonly evidence?: readonly EvidenceRecord[];
  /** Leaf hashes of earlier attestations this output was made from. */
  readonly parents?: readonly Uint8Array[];
}

/** A text that a model wrote. */
export interface TextDescription extends DescribedRun {
  /** The output exactly as the model wrote it. */
  readonly text: string;
  readonly type?: TextType;
  /**
   * Whether the log's index gets fingerprints, by which copies and quotations of the text are found. True where left
   * out. They tell nobody the text; whoever has a guess at twelve words of it can test the guess. `oblivious`: the log
   * keeps names for them that only its key can make, so that readers find the text and nobody can test guesses at the
   * index; a log that does not offer it refuses.
   */
  readonly fingerprints?: boolean | 'oblivious';
  /** Whether the log gets the text itself and serves it to everybody. False where left out. */
  readonly publishText?: boolean;
}

/** An image that a model made. */
export interface ImageDescription extends DescribedRun {
  readonly image: {
    /** The file, exactly as it is given out. */
    readonly bytes: Uint8Array;
    /** Its media type, such as `image/png`. */
    readonly type: string;
    /** The same image decoded, as `decodeImage` or any other decoder gives it. Without it there is no hash. */
    readonly pixels?: Pixels;
  };
  /**
   * Whether the claim holds the hash of how the image looks, by which copies with other bytes are found. True where
   * left out. Everybody can read it: it shows a coarse likeness of the image.
   */
  readonly fingerprints?: boolean;
}

/** What a developer says about one AI output. */
export type OutputDescription = TextDescription | ImageDescription;

/** A signed statement with everything the log needs beside it. Sign once, submit as often as needed. */
export interface SignedOutput {
  /** The id its trail will have: base64url of the leaf hash. */
  readonly id: string;
  readonly statement: Uint8Array;
  readonly claim: Uint8Array;
  readonly passages: readonly Uint8Array[];
  readonly evidence: readonly { readonly type: string; readonly value: Uint8Array }[];
  /** By algorithm, twelve hexadecimal digits each. */
  readonly fingerprints?: Readonly<Record<FingerprintAlg, readonly string[]>>;
  /** The fingerprints are to be named, not kept. */
  readonly index?: 'oblivious';
  /** The text, where it is to be published. */
  readonly text?: string;
}

/** Clock and randomness, so that a test can fix them. */
export interface Surroundings {
  /** Unix seconds. */
  now?(): number;
  random?(length: number): Uint8Array;
}

/** The output of the claim; of a text with the digests of its passages in order, and its rendered lines. */
function describedOutput(description: OutputDescription): {
  output: Claim['output'];
  passages: readonly Uint8Array[];
  lines: readonly string[];
} {
  if ('image' in description) {
    const { bytes, type, pixels } = description.image;
    const hashed = description.fingerprints === false ? undefined : pixels;
    return { output: imageOutput(bytes, type, hashed), passages: [], lines: [] };
  }
  const { text, type = 'text/plain' } = description;
  const lines = renderedLines(text, type);
  return { ...textOutput(text, type, lines), lines };
}

/**
 * The claim about an output, with the digests of its passages in order, and its rendered lines: none of an image.
 *
 * @throws RangeError for an image whose media type is no image's
 */
export function buildClaim(
  description: OutputDescription,
  surroundings: Surroundings = {},
): { claim: Claim; passages: readonly Uint8Array[]; lines: readonly string[] } {
  const now = surroundings.now ?? (() => Math.floor(Date.now() / 1000));
  const random = surroundings.random ?? ((length) => crypto.getRandomValues(new Uint8Array(length)));
  const { output, passages, lines } = describedOutput(description);
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
  return { claim, passages, lines };
}

/** The fingerprints of rendered lines as a body has them; none of a text that is too short to have any. */
function fingerprintsOf(lines: readonly string[], size: number): Pick<SignedOutput, 'fingerprints'> {
  const all = attestedFingerprints(lines, size);
  if (FINGERPRINT_ALGS.every((alg) => all[alg].length === 0)) return {};
  const hex = (alg: FingerprintAlg): string[] => all[alg].map(fingerprintHex);
  return { fingerprints: { 'wm-winnow-1': hex('wm-winnow-1'), 'wm-minhash-1': hex('wm-minhash-1') } };
}

/** What the log gets of a text beside the claim. */
function disclosed(
  { text, publishText = false, fingerprints: choice = true }: TextDescription,
  lines: readonly string[],
  size: number,
): Pick<SignedOutput, 'fingerprints' | 'index' | 'text'> {
  const published = publishText ? { text } : {};
  if (choice === false) return published;
  if (choice === true) return { ...fingerprintsOf(lines, size), ...published };
  const named = attestedFingerprints(lines, size, Math.min(maxFingerprints(size), MAX_OBLIVIOUS_NAMES));
  const fingerprints = { 'wm-winnow-1': named['wm-winnow-1'].map(fingerprintHex), 'wm-minhash-1': [] };
  return { fingerprints, index: 'oblivious', ...published };
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
  const { claim, passages, lines } = buildClaim(description, surroundings);
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
    ...('text' in description && disclosed(description, lines, claim.output.size)),
  };
}
