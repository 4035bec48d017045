/**
 * The log and its witnesses in real workerd, for tests and demonstrations: the same code path as `npm start`. Beside it
 * what an issuer is: a key, an origin that publishes it, and signed attestations.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { encodeKeySet } from '#shared/attestation/key.ts';
import { signStatement } from '#shared/attestation/statement.ts';
import { toBase64 } from '#shared/bytes/base64.ts';
import { CLAIM_MEDIA_TYPE, type Claim, encodeClaim } from '#shared/claim/claim.ts';
import { textOutput } from '#shared/claim/text-output.ts';
import { plainLines } from '#shared/text/passages.ts';
import { type LocalLog, type LocalLogOptions, startLocalLog } from '../../worker/local/start-local-log.ts';

/** A running log whose folder goes when it stops, unless the test gave one. */
export async function startTestLog(
  options: Partial<LocalLogOptions> = {},
): Promise<LocalLog & { readonly folder: string }> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'witnessmark-'));
  const log = await startLocalLog({ ...options, folder });
  const stop = async (): Promise<void> => {
    await log.stop();
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  };
  return { ...log, folder, stop };
}

/** An issuer's key pair. */
export interface IssuerKeys {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** A loopback origin that publishes whatever `keys` holds when asked. */
export interface IssuerOrigin {
  readonly origin: string;
  keys: IssuerKeys[];
  readonly stop: () => Promise<void>;
}

/** Serves a key set at a loopback origin. */
export async function startIssuer(keys: IssuerKeys[] = [ed25519.keygen()]): Promise<IssuerOrigin> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/cose-key-set');
    response.end(encodeKeySet(issuer.keys.map(({ publicKey }) => publicKey)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  const issuer: IssuerOrigin = { origin: `http://127.0.0.1:${port}`, keys, stop };
  return issuer;
}

/** The JSON body of an attestation of `text`, ready to POST. */
export function attestationOf(
  text: string,
  issuer: string,
  key: IssuerKeys,
  change: Partial<Claim> = {},
): { statement: string; claim: string; passages: string[] } {
  const { output, passages } = textOutput(text, 'text/plain', plainLines(text));
  const claim = encodeClaim({
    v: 1,
    output,
    model: { provider: 'model.example', name: 'sample-1' },
    run: { at: 1_790_000_000, operator: 'news.example', by: 'self' },
    accountability: { level: 'witnessed' },
    evidence: [],
    parents: [],
    nonce: crypto.getRandomValues(new Uint8Array(16)),
    ...change,
  });
  const statement = signStatement(
    {
      type: 'output',
      issuer,
      subject: toBase64(crypto.getRandomValues(new Uint8Array(12))),
      issuedAt: 1_790_000_000,
      preimage: claim,
      preimageType: CLAIM_MEDIA_TYPE,
      location: 'https://news.example/claims/1',
    },
    key,
  );
  return { statement: toBase64(statement), claim: toBase64(claim), passages: passages.map(toBase64) };
}

/** POSTs JSON. */
export const postJson = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

/** Waits until a new log's lookup index answers: it is begun after the first publication. */
export async function lookupReady(logUrl: string): Promise<void> {
  while ((await fetch(`${logUrl}/v1/lookup/sha-256/0000`)).status === 503) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
