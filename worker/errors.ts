/**
 * Every refusal this API can give, and how it is said over HTTP (RFC 9457, RFC 9290). Reasons are append-only API; the reference
 * page documents each under `/reference#<reason>`.
 */

import { encodeCbor } from '#shared/bytes/cbor.ts';

/** Status and title by reason. */
export const PROBLEMS = {
  'request-malformed': [400, 'The request does not have the documented form'],
  'body-too-large': [413, 'The body is larger than this route accepts'],
  'not-found': [404, 'Nothing here'],
  'method-not-allowed': [405, 'This path does not take that method'],
  'media-type-unsupported': [415, 'This route takes application/json'],
  'rate-limited': [429, 'Too many requests from this address'],
  unauthorized: [401, 'This route needs the operator token'],
  'statement-malformed': [400, 'The statement is not a deterministic COSE_Sign1 of the documented form'],
  'statement-too-large': [413, 'The statement is larger than a log entry may be'],
  'statement-unsupported': [422, 'The statement is of a type or algorithm this log does not take'],
  'statement-from-the-future': [422, 'The statement says it was issued later than now'],
  'claim-malformed': [400, 'The claim is not a deterministic claim'],
  'claim-too-large': [413, 'The claim is larger than 32 KiB'],
  'claim-unsupported': [422, 'The claim is of a version this log does not know'],
  'claim-mismatch': [422, 'The statement signs another claim'],
  'passages-mismatch': [422, 'The passages do not hash to the root in the claim'],
  'fingerprints-refused': [
    422,
    'More fingerprints than such a text can have, one twice, or an output that can have none, or hide none',
  ],
  'fingerprints-mismatch': [422, 'The fingerprints are not those of the text'],
  'index-not-oblivious': [422, 'This log keeps no rows under oblivious names'],
  'text-mismatch': [422, 'The text is not the one whose digest and size the claim carries'],
  'text-too-large': [413, 'The text is larger than 256 KiB'],
  'text-unsupported': [422, 'Only outputs of type text/plain and text/markdown are published'],
  'text-not-published': [404, 'The text of this attestation was not published'],
  'evidence-mismatch': [422, 'An evidence record is not named by its digest in the claim'],
  'issuer-unknown': [403, 'The signing key is not registered for that issuer; register the issuer first'],
  'issuer-key-inactive': [403, 'The signing key has been revoked or quarantined'],
  'signature-invalid': [403, 'The signature does not verify under the registered key'],
  'claim-withdrawn': [410, 'The claim has been withdrawn; its entry stays in the log'],
  'claim-kept': [409, 'What the log says about keys and about itself is not withdrawn'],
  'claim-unknown': [404, 'The statement is logged, but nobody has brought its claim yet'],
  'oprf-not-offered': [404, 'This log offers no oblivious lookup'],
  'trail-not-found': [404, 'No entry with that id'],
  'trail-pending': [503, 'The entry is logged but not yet published; ask again in a moment'],
  'origin-not-allowed': [422, 'Issuers are public https origins'],
  'key-set-unreachable': [502, 'The key set could not be fetched from the origin'],
  'key-set-redirected': [502, 'The origin answered with a redirect, which is not followed'],
  'key-set-too-large': [502, 'The key set is larger than 64 KiB'],
  'key-set-malformed': [502, 'The origin does not serve a deterministic COSE Key Set'],
  'key-registered-elsewhere': [409, 'A published key is registered for another origin; make a key for each origin'],
  'key-unknown': [404, 'No key with that id is registered'],
  'key-unchanged': [409, 'The key is already in that state'],
  'shard-frozen': [503, 'This shard has ended; its successor takes entries as soon as it is open'],
  'lookup-unavailable': [503, 'This part of the lookup index is being built; ask again in a moment'],
  'log-unavailable': [503, 'The log cannot take or publish entries at the moment; nothing was acknowledged'],
  'log-busy': [503, 'The log has more entries waiting than it can take'],
  misconfigured: [500, 'The worker is not configured'],
  'internal-error': [500, 'Something unexpected happened'],
} as const satisfies Record<string, readonly [number, string]>;

/** A reason of this API. */
export type ProblemReason = keyof typeof PROBLEMS;

/** An answer that is not the one asked for; the one place that catches it is the app. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly reason: ProblemReason;
  readonly detail: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  constructor(reason: ProblemReason, detail?: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail ?? PROBLEMS[reason][1]);
    this.reason = reason;
    this.detail = detail;
    this.headers = headers;
  }
}

/** RFC 9457 body. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly reason: string;
  readonly instance: string;
}

/** Seconds after which asking again makes sense: the log recovers in a moment, a rate limit lasts its window. */
const RETRY_AFTER: Readonly<Record<number, string>> = { 429: '60', 503: '2' };

/** RFC 9290: the media type of a problem for clients that read CBOR and no JSON. */
export const CONCISE_PROBLEM = 'application/concise-problem-details+cbor';

const jsonForm = (problem: Problem): [string, BodyInit] => ['application/problem+json', JSON.stringify(problem)];

/** Title (-1), detail (-2), which begins with the reason, instance (-3) and status (-4). */
const cborForm = ({ title, detail, reason, instance, status }: Problem): [string, BodyInit] => {
  const fields = new Map<number, string | number>([
    [-1, title],
    [-2, detail === undefined ? reason : `${reason}: ${detail}`],
    [-3, instance],
    [-4, status],
  ]);
  return [CONCISE_PROBLEM, encodeCbor(fields).slice().buffer];
};

/** The response for a reason; `instance` names the request so that the operator finds it in the log. */
export function problemResponse(
  reason: ProblemReason,
  request: { readonly id: string; readonly form: 'json' | 'cbor' },
  detail?: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const [status, title] = PROBLEMS[reason];
  const said = { ...(detail === undefined ? {} : { detail }), reason, instance: `urn:uuid:${request.id}` };
  const problem: Problem = { type: `/reference#${reason}`, title, status, ...said };
  const [type, body] = request.form === 'json' ? jsonForm(problem) : cborForm(problem);
  return new Response(body, {
    status,
    headers: {
      'content-type': type,
      'cache-control': 'no-store',
      ...(RETRY_AFTER[status] && { 'retry-after': RETRY_AFTER[status] }),
      ...headers,
    },
  });
}
