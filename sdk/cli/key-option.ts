/** The options that name a secret key in a JWK file: `--key`, and a witness's `--ml-dsa-key`. */
import type { Result } from '#shared/result.ts';
import { type IssuerKey, parseIssuerKey } from '../issuer/key.ts';
import { parseMlDsaKey } from '../witness/ml-dsa-key.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { readTextInput } from './files.ts';
import type { Terminal } from './terminal.ts';

const MAX_JWK_BYTES = 4096;

export const readIssuerKey = (path: string, terminal: Terminal): Promise<IssuerKey> =>
  readKey(path, parseIssuerKey, 'witnessmark keygen --out FILE', terminal);

export const readMlDsaKey = (path: string, terminal: Terminal): Promise<OkValue<typeof parseMlDsaKey>> =>
  readKey(path, parseMlDsaKey, 'witnessmark keygen --alg ML-DSA-44 --out FILE', terminal);

type OkValue<F extends (text: string) => Result<unknown, string>> = Extract<ReturnType<F>, { ok: true }>['value'];

async function readKey<T>(
  path: string,
  parse: (text: string) => Result<T, 'key-malformed'>,
  written: string,
  terminal: Terminal,
): Promise<T> {
  const key = parse(await readTextInput(path, 'the key', MAX_JWK_BYTES, terminal));
  if (key.ok) return key.value;
  throw new CommandFailure(
    EXIT.malformed,
    `the key "${path}" cannot be read: ${key.detail ?? key.reason}`,
    `It must be a private JWK as "${written}" writes it.`,
  );
}
