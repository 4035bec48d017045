/** The `--policy` option: the trust document that says which logs, witnesses and registrars count. */
import { parseTrust, type Trust } from '#shared/trust/trust.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { readTextInput } from './files.ts';
import type { Terminal } from './terminal.ts';

const MAX_TRUST_BYTES = 256 * 1024;

export const HOW_TO_GET_A_POLICY =
  'A policy names the log, the witnesses and the registrar you rely on. Get one from the log, at\n' +
  '<log>/.well-known/witnessmark-trust, and confirm the key fingerprints in it over another channel\n' +
  'before you rely on it. Then run this again with --policy FILE.';

/** The trust document behind `--policy`, or `undefined` where the option is absent. */
export async function readTrust(path: string | undefined, terminal: Terminal): Promise<Trust | undefined> {
  if (path === undefined) return undefined;
  const text = await readTextInput(path, 'the policy', MAX_TRUST_BYTES, terminal);
  const trust = parseTrust(text);
  if (trust.ok) return trust.value;
  throw new CommandFailure(
    EXIT.malformed,
    `the policy "${path}" cannot be read: ${trust.detail ?? trust.reason}`,
    HOW_TO_GET_A_POLICY,
  );
}
