/** The shapes of requests and answers; the OpenAPI document is generated from these. */
import { z } from '@hono/zod-openapi';
import { MAX_EVIDENCE, MAX_FINGERPRINTS, MAX_PASSAGES } from '#shared/limits.ts';
import { TRAIL_MEDIA_TYPE } from '#shared/trail/trail.ts';
import { CONCISE_PROBLEM } from '../errors.ts';

const Base64 = z.string().openapi({ format: 'byte', example: '0oRY' });

const FingerprintList = z
  .array(z.string().regex(/^[0-9a-f]{12}$/, '12 lower-case hex digits'))
  .max(MAX_FINGERPRINTS)
  .optional();

export const AttestationBody = z
  .strictObject({
    statement: Base64.openapi({ description: 'The COSE_Sign1 statement, at most 4 KiB before base64' }),
    claim: Base64.openapi({ description: 'The claim it signs, deterministic CBOR, at most 32 KiB before base64' }),
    passages: z
      .array(z.string())
      .max(MAX_PASSAGES)
      .optional()
      .openapi({ description: 'Passage digests whose Merkle root the claim carries, in order' }),
    evidence: z
      .array(z.tuple([z.string().max(128), z.string()]))
      .max(MAX_EVIDENCE)
      .optional()
      .openapi({ description: 'Records as [media type, base64], each named by its digest in the claim' }),
    fingerprints: z
      .strictObject({ 'wm-winnow-1': FingerprintList, 'wm-minhash-1': FingerprintList })
      .optional()
      .openapi({
        description:
          'By which copies and quotations of the text are found. At most one for four bytes of the claimed size; with `text`, exactly its fingerprints. Whoever has a guess at twelve words of the text can test it against them.',
      }),
    index: z.enum(['open', 'oblivious']).optional().openapi({
      description:
        '`oblivious`: of the fingerprints only names that this log’s key makes are kept (at most 512 of wm-winnow-1), so that nobody who reads the index can test a guess against it; the output is found by nothing else. Refused of an image whose claim has a hash. Default: open.',
    }),
    text: z.string().optional().openapi({
      description:
        'The text itself, at most 256 KiB in UTF-8, if its issuer wants it served to everybody at /v1/texts/{id}. Its digest is the one in the claim.',
    }),
  })
  .openapi('Attestation');

/** Attestations of one batch. */
export const MAX_BATCH = 64;

export const BatchBody = z
  .strictObject({ attestations: z.array(AttestationBody).min(1).max(MAX_BATCH) })
  .openapi('AttestationBatch');

const Logged = z.object({ statement: Base64, claim: Base64, proof: z.string() });

const TrailDocument = z
  .object({
    trail: z.literal(1),
    statement: Base64,
    claim: Base64,
    passages: z.array(Base64).optional(),
    proof: z.string().openapi({ description: 'C2SP tlog-proof text' }),
    evidence: z.array(z.tuple([z.string(), z.string()])),
    events: z.array(Logged).openapi({ description: 'Key events about the signing key, each with its own proof' }),
    asOf: z.int().openapi({ description: 'Size of the tree the events were collected from' }),
  })
  .openapi('Trail');

const BatchAnswer = z
  .object({
    answers: z.array(
      z.union([
        z.object({ id: z.string(), duplicate: z.boolean(), trail: TrailDocument }),
        z.object({ problem: z.object({ reason: z.string(), detail: z.string().optional() }) }),
      ]),
    ),
  })
  .openapi('AttestationBatchAnswer');

const ProblemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    reason: z.string(),
    instance: z.string(),
  })
  .openapi('Problem');

export const IdParam = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, '43 characters of base64url')
    .openapi({ param: { name: 'id', in: 'path' }, description: 'Leaf hash of the attestation, base64url' }),
});

export const TilePath = z.object({
  path: z.string().openapi({
    param: { name: 'path', in: 'path' },
    description: '`<level>/<n>` or `entries/<n>`, with `.p/<width>` for a partial',
  }),
});

export const ShardParam = z.object({
  shard: z.string().openapi({
    param: { name: 'shard', in: 'path' },
    description: 'Last part of the shard’s origin',
    example: '2027',
  }),
});

export const AssetFile = z.object({ file: z.string().openapi({ param: { name: 'file', in: 'path' } }) });

export const IssuerBody = z
  .strictObject({
    origin: z.string().max(260).openapi({ example: 'https://news.example', description: 'Issuer origin, https' }),
  })
  .openapi('IssuerRegistration');

export const LoggedKeyEvent = z.object({
  action: z.enum(['add', 'revoke', 'quarantine', 'reinstate']),
  kid: z.string().openapi({ description: 'RFC 9679 thumbprint, base64url' }),
  id: z.string(),
  index: z.int(),
  cause: z.string().optional(),
});

export const IssuerAnswer = z
  .object({
    origin: z.string(),
    keys: z.array(z.object({ kid: z.string(), state: z.enum(['active', 'retired', 'revoked', 'quarantined']) })),
    logged: z.array(LoggedKeyEvent).openapi({ description: 'What this registration added to the log' }),
  })
  .openapi('Issuer');

export const KidParam = z.object({
  kid: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, '43 characters of base64url')
    .openapi({ param: { name: 'kid', in: 'path' }, description: 'RFC 9679 thumbprint, base64url' }),
});

export const KeyParams = KidParam.extend({
  action: z.enum(['revoke', 'quarantine', 'reinstate']).openapi({ param: { name: 'action', in: 'path' } }),
});

export const KeyActionBody = z
  .strictObject({
    cause: z.string().min(1).max(64).optional(),
    effective: z.int().nonnegative().optional().openapi({
      description: 'First log index the action reaches back to; only revoke and quarantine. Default: its own index',
    }),
  })
  .openapi('KeyAction');

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemDocument } },
});

interface OpaqueAnswer {
  readonly description: string;
  readonly content: Record<string, { schema: z.ZodType | { type: 'string' } }>;
}

/** An answer whose bytes are nobody's business here: text, a page, a binary form documented elsewhere. */
export const answer = (description: string, mediaType: string): OpaqueAnswer => ({
  description,
  content: { [mediaType]: { schema: { type: 'string' } } },
});

/** A trail as an answer. The media type is opaque to the router: what is sent is the trail's one spelling, as text. */
export const trailAnswer = (description: string): OpaqueAnswer => ({
  description,
  content: { [TRAIL_MEDIA_TYPE]: { schema: TrailDocument } },
});

/** The answers to a batch, likewise: each trail stands in it as the text it is. */
export const batchAnswer = (description: string): OpaqueAnswer => ({
  description,
  content: { 'application/json': { schema: BatchAnswer } },
});

type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422 | 429 | 500 | 502 | 503;
const REFUSED = 'Refused; `reason` says why (Problems, below)';

/** Problem answers by status, for a route's `responses`. */
export const problems = (...statuses: readonly ProblemStatus[]) =>
  Object.fromEntries(statuses.map((status) => [status, problem(REFUSED)]));

/** The same for SCRAPI, whose clients read CBOR (RFC 9290). */
export const concise = (...statuses: readonly ProblemStatus[]) =>
  Object.fromEntries(statuses.map((status) => [status, answer(REFUSED, CONCISE_PROBLEM)]));
