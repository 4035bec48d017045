/**
 * The issuer's side of a log: register the origin once, then attest outputs.
 *
 * A statement is signed once and submitted until the log answers. The log knows it by its digest, so a retry after a
 * lost answer gives the same trail and never a second entry.
 */
import { toBase64, toBase64Url } from '#shared/bytes/base64.ts';
import { equalBytes, fromUtf8 } from '#shared/bytes/bytes.ts';
import { err, ok, type Result } from '#shared/result.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { exchange, type HttpAnswer, type HttpOptions, parseLogAddress, problemDetail } from '../trails/http.ts';
import { createTrailClient, type FetchTrailReason, MAX_TRAIL_BYTES } from '../trails/trail-client.ts';
import { type OutputDescription, type SignedOutput, type Surroundings, signOutput } from './build-output.ts';
import { type IssuerKey, KEY_SET_PATH } from './key.ts';

export interface IssuerClientOptions extends HttpOptions, Surroundings {
  /** Base address of the log. */
  readonly log: string;
  /** Origin that serves the key set, such as `https://example.com`. */
  readonly issuer: string;
  readonly key: IssuerKey;
  /** Further attempts after a failure that may pass: 4 where left out. */
  readonly retries?: number;
  /** Waits between attempts; replaced in tests. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** An attestation whose inclusion the log has published. */
export interface IssuedTrail {
  readonly id: string;
  /** Address of the trail document. */
  readonly url: string;
  /** Address of the page for people. */
  readonly page: string;
  /** The trail document, exactly as answered. Store it: it verifies without the log. */
  readonly trail: string;
}

export type SubmitReason = 'log-unreachable' | 'log-refused' | 'answer-malformed' | 'answer-differs';
export type RegisterReason = SubmitReason | 'key-not-published' | 'key-inactive';

export interface IssuerClient {
  /** Builds the claim and signs it; uses no network. */
  sign(description: OutputDescription): SignedOutput;
  /** Logs a signed output and gives its trail once inclusion is published. Safe to repeat. */
  submit(signed: SignedOutput): Promise<Result<IssuedTrail, SubmitReason>>;
  /** `sign`, then `submit`. */
  attest(description: OutputDescription): Promise<Result<IssuedTrail, SubmitReason>>;
  /** Has the log read the issuer's key set again, and checks that it then knows this key; needed once per key. */
  register(): Promise<Result<true, RegisterReason>>;
  fetchTrail(id: string): Promise<Result<string, FetchTrailReason>>;
}

/** A key set that the origin does not serve is the issuer's to mend, whatever the status. */
const mayPass = ({ status }: HttpAnswer, reason = ''): boolean =>
  (status === 408 || status === 425 || status === 429 || status >= 500) && !reason.startsWith('key-set-');

/** The state a registration answers for a key, or `undefined` where it does not name the key. */
function keyState(body: Uint8Array, kid: string): string | undefined {
  try {
    const { keys } = JSON.parse(fromUtf8(body) ?? '') as { keys?: unknown };
    if (!Array.isArray(keys)) return undefined;
    const found: unknown = keys.find(
      (key: unknown) => typeof key === 'object' && key !== null && 'kid' in key && key.kid === kid,
    );
    return typeof found === 'object' && found !== null && 'state' in found ? String(found.state) : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds before the next attempt: what the server asks for, else doubling from 250, at most 30 s. */
function pause(attempt: number, answer: HttpAnswer | undefined): number {
  const asked = Number(answer?.headers.get('retry-after') ?? Number.NaN);
  const wanted = Number.isFinite(asked) && asked >= 0 ? asked * 1000 : 250 * 2 ** attempt;
  return Math.min(wanted, 30_000);
}

/**
 * A client that attests outputs as one issuer in one log.
 *
 * @throws TypeError when `log` or `issuer` is not an https address (http for this machine)
 * @example
 * import { createIssuerClient, createIssuerKey } from 'witnessmark';
 * const client = createIssuerClient({ log: 'https://log.witnessmark.example', issuer: 'https://example.com', key: createIssuerKey() });
 * const signed = client.sign({ text: 'Hello.', model: { provider: 'example.com', name: 'demo' }, run: { operator: 'example.com' } });
 * signed.id.length; // => 43
 */
export function createIssuerClient(options: IssuerClientOptions): IssuerClient {
  const log = parseLogAddress(options.log);
  if (!log.ok) throw new TypeError(`log: ${log.detail ?? log.reason}`);
  const issuer = parseLogAddress(options.issuer);
  if (!issuer.ok || new URL(issuer.value).origin !== issuer.value)
    throw new TypeError('issuer: must be an https origin');
  const base = log.value;
  const sleep = options.sleep ?? ((milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)));

  async function post(path: string, body: string): Promise<Result<HttpAnswer, SubmitReason>> {
    for (let attempt = 0; ; attempt++) {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
      const answer = await exchange(`${base}${path}`, init, MAX_TRAIL_BYTES, options);
      if (!answer.ok && answer.reason !== 'unreachable') return err('answer-malformed', answer.detail);
      if (answer.ok && answer.value.status < 300) return answer;
      const problem = answer.ok ? problemDetail(answer.value) : undefined;
      if (answer.ok && problem !== undefined && !mayPass(answer.value, problem.reason)) {
        return err('log-refused', problem.reason === undefined ? problem.text : `${problem.reason}: ${problem.text}`);
      }
      if (attempt >= (options.retries ?? 4)) {
        return err('log-unreachable', answer.ok ? problem?.text : answer.detail);
      }
      await sleep(pause(attempt, answer.ok ? answer.value : undefined));
    }
  }

  async function submit(signed: SignedOutput): Promise<Result<IssuedTrail, SubmitReason>> {
    const body = {
      statement: toBase64(signed.statement),
      claim: toBase64(signed.claim),
      ...(signed.passages.length === 0 ? {} : { passages: signed.passages.map(toBase64) }),
      ...(signed.evidence.length === 0
        ? {}
        : { evidence: signed.evidence.map(({ type, value }) => [type, toBase64(value)]) }),
      ...(signed.fingerprints && { fingerprints: signed.fingerprints }),
      ...(signed.index && { index: signed.index }),
      ...(signed.text !== undefined && { text: signed.text }),
    };
    const answer = await post('/v1/attestations', JSON.stringify(body));
    if (!answer.ok) return answer;
    const text = fromUtf8(answer.value.body);
    const trail = text === undefined ? undefined : parseTrail(text);
    if (text === undefined || trail?.ok !== true) return err('answer-malformed', 'the log answered with no trail');
    // A log that answers with another statement would let us publish someone else's proof as ours.
    const same = equalBytes(trail.value.statement, signed.statement) && equalBytes(trail.value.claim, signed.claim);
    if (!same) return err('answer-differs', 'the log answered with the trail of something else');
    return ok({ id: signed.id, url: `${base}/v1/trails/${signed.id}`, page: `${base}/t/${signed.id}`, trail: text });
  }

  const sign = (description: OutputDescription): SignedOutput =>
    signOutput(description, { issuer: issuer.value, key: options.key, log: base }, options);

  return {
    sign,
    submit,
    attest: (description) => submit(sign(description)),
    async register() {
      const answer = await post('/v1/issuers', JSON.stringify({ origin: issuer.value }));
      if (!answer.ok) return answer;
      const state = keyState(answer.value.body, toBase64Url(options.key.kid));
      if (state === 'active') return ok(true);
      const published = `the key set at ${issuer.value}${KEY_SET_PATH}`;
      return state === undefined
        ? err('key-not-published', `${published} does not hold this key`)
        : err('key-inactive', `this key is ${state}`);
    },
    fetchTrail: (id) => createTrailClient(base, options).fetchTrail(id),
  };
}
