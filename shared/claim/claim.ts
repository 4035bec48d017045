/**
 * A claim: what an issuer says about one AI output (DESIGN §2).
 *
 * In scope: the deterministic CBOR form and the limits of every field. Not checked here: whether anything in it is
 * true, who signed it (attestation/) and whether a trail keeps its promises (verdict/).
 */

import type { Bytes32 } from '../bytes/bytes.ts';
import { type CborValue, encodeCbor } from '../bytes/cbor.ts';
import { MAX_CLAIM_BYTES, MAX_EVIDENCE, MAX_PASSAGES } from '../limits.ts';
import { err, type Result } from '../result.ts';
import { cborMap, FieldFault, Fields, readFields } from './fields.ts';

/** How much accountability the developer chose; the verifier enforces it. */
export type AccountabilityLevel = 'logged' | 'witnessed' | 'replayable' | 'attested';

const LEVELS: readonly AccountabilityLevel[] = ['logged', 'witnessed', 'replayable', 'attested'];

/** `self`: the issuer ran the model. `relayed`: a gateway got it from the provider. `imported`: a wrapped proof. */
export type RunBy = 'self' | 'relayed' | 'imported';

export interface ClaimedOutput {
  /** Media type of the output, e.g. `text/markdown`. */
  readonly type: string;
  /** Length of the bind bytes. */
  readonly size: number;
  /** SHA-256 of the bind bytes: `wm-bind-1` of a text, of everything else the bytes themselves. */
  readonly digest: Bytes32;
  /** Only of `text/*`: Merkle root over the digests of its passages. */
  readonly passages?: { readonly alg: 'wm-match-1'; readonly count: number; readonly root: Bytes32 };
  /** Only of `image/*`: hash of how it looks, by which copies are recognised (docs/spec/image.md). */
  readonly match?: { readonly alg: 'wm-image-1'; readonly hash: Bytes32 };
}

export interface ClaimedEvidence {
  readonly kind: string;
  /** SHA-256 of the evidence record. */
  readonly digest: Bytes32;
  readonly binds: 'output' | 'key';
}

export interface Claim {
  readonly v: 1;
  readonly output: ClaimedOutput;
  readonly model: {
    /** Domain of whoever made the model. */
    readonly provider: string;
    readonly name: string;
    readonly version?: string;
    /** SHA-256 of the weights. */
    readonly weights?: Bytes32;
  };
  readonly run: {
    /** Unix seconds; the issuer's word. */
    readonly at: number;
    /** Domain of whoever ran the model. */
    readonly operator: string;
    readonly by: RunBy;
    /** Salted SHA-256 of the request. */
    readonly request?: Bytes32;
    readonly params?: string;
    readonly seed?: number;
    /** SHA-256 naming the toolchain. */
    readonly toolchain?: Bytes32;
  };
  readonly accountability: {
    readonly level: AccountabilityLevel;
    readonly policy?: { readonly uri: string; readonly digest: Bytes32 };
    /** Unix seconds. */
    readonly disputesUntil?: number;
    readonly contact?: string;
  };
  readonly evidence: readonly ClaimedEvidence[];
  /** Leaf hashes of earlier attestations this output was made from. */
  readonly parents: readonly Bytes32[];
  /** 16 random bytes, so that two claims about the same output differ. */
  readonly nonce: Uint8Array;
}

/** Media type of a claim, the preimage of an `output` statement. */
export const CLAIM_MEDIA_TYPE = 'application/vnd.witnessmark.claim+cbor';

export type ClaimReason = 'claim-too-large' | 'claim-malformed' | 'claim-unsupported';

const DOMAIN = /^(?=.{1,259}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?$/;

/**
 * The deterministic CBOR of a claim.
 *
 * @example
 * import { encodeClaim, parseClaim } from '#shared/claim/claim.ts';
 * const bytes32 = new Uint8Array(32);
 * const claim = {
 *   v: 1 as const, output: { type: 'text/plain', size: 2, digest: bytes32 },
 *   model: { provider: 'model.example', name: 'sample' },
 *   run: { at: 1700000000, operator: 'news.example', by: 'self' as const },
 *   accountability: { level: 'logged' as const }, evidence: [], parents: [], nonce: new Uint8Array(16),
 * };
 * parseClaim(encodeClaim(claim)).ok; // => true
 */
export function encodeClaim(claim: Claim): Uint8Array {
  const { output, model, run, accountability } = claim;
  return encodeCbor(
    cborMap([
      ['v', claim.v],
      [
        'output',
        record({
          ...output,
          passages: output.passages && record(output.passages),
          match: output.match && record(output.match),
        }),
      ],
      ['model', record(model)],
      ['run', record(run)],
      ['accountability', record({ ...accountability, policy: accountability.policy && record(accountability.policy) })],
      ['evidence', claim.evidence.map(record)],
      ['parents', claim.parents],
      ['nonce', claim.nonce],
    ]),
  );
}

const record = (fields: object): CborValue => cborMap(Object.entries(fields) as [string, CborValue | undefined][]);

/**
 * Reads a claim. Attacker-controlled input.
 *
 * @returns the claim; `claim-too-large`, `claim-malformed`, or `claim-unsupported` for fields of a newer version
 * @example
 * import { parseClaim } from '#shared/claim/claim.ts';
 * parseClaim(new Uint8Array(40000)); // => { ok: false, reason: 'claim-too-large' }
 */
export function parseClaim(bytes: Uint8Array): Result<Claim, ClaimReason> {
  const claim = readFields(bytes, MAX_CLAIM_BYTES, readClaim);
  return claim.ok ? claim : err(`claim-${claim.reason}`, claim.detail);
}

function readClaim(value: CborValue): Claim {
  const claim = new Fields(value, ['v', 'output', 'model', 'run', 'accountability', 'evidence', 'parents', 'nonce']);
  if (claim.uint('v') !== 1) throw new FieldFault('unsupported', 'v');
  return {
    v: 1,
    output: readOutput(claim.raw('output')),
    model: readModel(claim.raw('model')),
    run: readRun(claim.raw('run')),
    accountability: readAccountability(claim.raw('accountability')),
    evidence: claim.list('evidence', MAX_EVIDENCE, readEvidence),
    parents: claim.list('parents', 256, (item) => {
      if (!(item instanceof Uint8Array) || item.length !== 32) throw new FieldFault('malformed', 'parents');
      return item;
    }),
    nonce: claim.bytes('nonce', 16),
  };
}

function readOutput(value: CborValue | undefined): ClaimedOutput {
  const output = new Fields(value, ['type', 'size', 'digest', 'passages', 'match'], 'output');
  const type = output.text('type', 128);
  const only = (media: string, key: 'passages' | 'match', known: readonly string[]): Fields => {
    if (!type.startsWith(media)) throw new FieldFault('malformed', key);
    return new Fields(output.raw(key), known, key);
  };
  return {
    type,
    size: output.uint('size'),
    digest: output.bytes('digest', 32),
    ...output.optional('passages', (key) => readPassages(only('text/', key, ['alg', 'count', 'root']))),
    ...output.optional('match', (key) => {
      const match = only('image/', key, ['alg', 'hash']);
      return { alg: match.oneOf('alg', ['wm-image-1'] as const), hash: match.bytes('hash', 32) };
    }),
  };
}

function readPassages(passages: Fields): NonNullable<ClaimedOutput['passages']> {
  const count = passages.uint('count');
  if (count === 0 || count > MAX_PASSAGES) throw new FieldFault('malformed', 'count');
  return { alg: passages.oneOf('alg', ['wm-match-1'] as const), count, root: passages.bytes('root', 32) };
}

function readModel(value: CborValue | undefined): Claim['model'] {
  const model = new Fields(value, ['provider', 'name', 'version', 'weights'], 'model');
  return {
    provider: domain(model, 'provider'),
    name: model.text('name', 128),
    ...model.optional('version', (key) => model.text(key, 128)),
    ...model.optional('weights', (key) => model.bytes(key, 32)),
  };
}

function readRun(value: CborValue | undefined): Claim['run'] {
  const run = new Fields(value, ['at', 'operator', 'by', 'request', 'params', 'seed', 'toolchain'], 'run');
  return {
    at: run.uint('at'),
    operator: domain(run, 'operator'),
    by: run.oneOf('by', ['self', 'relayed', 'imported'] as const),
    ...run.optional('request', (key) => run.bytes(key, 32)),
    ...run.optional('params', (key) => run.text(key, 2048)),
    ...run.optional('seed', (key) => run.uint(key)),
    ...run.optional('toolchain', (key) => run.bytes(key, 32)),
  };
}

function readAccountability(value: CborValue | undefined): Claim['accountability'] {
  const fields = new Fields(value, ['level', 'policy', 'disputesUntil', 'contact'], 'accountability');
  return {
    level: fields.oneOf('level', LEVELS),
    ...fields.optional('policy', (key) => {
      const policy = new Fields(fields.raw(key), ['uri', 'digest'], key);
      return { uri: policy.text('uri', 2048), digest: policy.bytes('digest', 32) };
    }),
    ...fields.optional('disputesUntil', (key) => fields.uint(key)),
    ...fields.optional('contact', (key) => fields.text(key, 256)),
  };
}

function readEvidence(value: CborValue): ClaimedEvidence {
  const item = new Fields(value, ['kind', 'digest', 'binds'], 'evidence');
  return {
    kind: item.text('kind', 64),
    digest: item.bytes('digest', 32),
    binds: item.oneOf('binds', ['output', 'key'] as const),
  };
}

function domain(fields: Fields, key: string): string {
  const text = fields.text(key, 259);
  if (!DOMAIN.test(text)) throw new FieldFault('malformed', key);
  return text;
}
