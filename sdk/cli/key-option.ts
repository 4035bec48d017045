/** The `--key` option: an issuer's secret key in a JWK file. */
import { type IssuerKey, parseIssuerKey } from '../issuer/key.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { readTextInput } from './files.ts';
import type { Terminal } from './terminal.ts';

export async function readIssuerKey(path: string, terminal: Terminal): Promise<IssuerKey> {
  const key = parseIssuerKey(await readTextInput(path, 'the key', 4096, terminal));
  if (key.ok) return key.value;
  throw new CommandFailure(
    EXIT.malformed,
    `the key "${path}" cannot be read: ${key.detail ?? key.reason}`,
    'It must be a private JWK as "witnessmark keygen --out FILE" writes it.',
  );
}
