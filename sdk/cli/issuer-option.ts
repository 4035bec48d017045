/** What `register` and `issue` share: the issuer's client from its options, and failures of the log in plain words. */
import { createIssuerClient, type IssuerClient, type RegisterReason } from '../issuer/issuer-client.ts';
import type { Arguments, OptionSpec } from './command.ts';
import { CommandFailure, EXIT } from './exit-codes.ts';
import { readIssuerKey } from './key-option.ts';
import type { Terminal } from './terminal.ts';

export const ISSUER_OPTIONS = {
  key: { type: 'string', value: 'FILE', help: "the issuer's secret key, from keygen", required: true },
  issuer: { type: 'string', value: 'ORIGIN', help: 'https origin that serves the key set', required: true },
  log: { type: 'string', value: 'URL', help: 'base address of the log', required: true },
} as const satisfies Record<string, OptionSpec>;

export async function issuerClient(args: Arguments, terminal: Terminal): Promise<IssuerClient> {
  const key = await readIssuerKey(args.required('key'), terminal);
  try {
    return createIssuerClient({
      log: args.required('log'),
      issuer: args.required('issuer').replace(/\/$/, ''),
      key,
      fetch: terminal.fetch,
      now: terminal.now,
    });
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new CommandFailure(
      EXIT.malformed,
      cause.message,
      'Give an https address such as https://example.com (http only for this machine).',
    );
  }
}

export function submitFailure(reason: RegisterReason, detail: string): CommandFailure {
  switch (reason) {
    case 'log-unreachable':
      return new CommandFailure(
        EXIT.unproven,
        `the log did not answer: ${detail}`,
        'Nothing is lost. Check the address and the network, then run the same command again.',
      );
    case 'log-refused':
      return new CommandFailure(
        EXIT.invalid,
        `the log refused: ${detail}`,
        'If the issuer or its key is unknown, serve the key set at its origin and run "witnessmark register" first.',
      );
    case 'answer-malformed':
      return new CommandFailure(
        EXIT.malformed,
        `the log's answer cannot be read: ${detail}`,
        'Is this a witnessmark log?',
      );
    case 'answer-differs':
      return new CommandFailure(
        EXIT.invalid,
        `the log answered with another trail: ${detail}`,
        'Do not use this log until its operator has explained it.',
      );
    case 'key-not-published':
    case 'key-inactive':
      return new CommandFailure(
        EXIT.invalid,
        `the log does not accept this key: ${detail}`,
        'Serve a key set that holds the key ("witnessmark keygen --key FILE --key-set FILE") and register again.',
      );
  }
}
