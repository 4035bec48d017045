/** `witnessmark register`: asks a log to read the issuer's key set. */
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { ISSUER_OPTIONS, issuerClient, submitFailure } from '../issuer-option.ts';

export const registerCommand: Command = {
  name: 'register',
  summary: "have a log record the keys an issuer's origin serves",
  options: ISSUER_OPTIONS,
  examples: [
    'witnessmark register --key issuer.jwk --issuer https://example.com --log https://log.witnessmark.example',
  ],
  notes: 'Run it again after every change of the key set: new keys are added, missing ones are retired.',
  async run(args, terminal) {
    const client = await issuerClient(args, terminal);
    const registered = await client.register();
    if (!registered.ok) throw submitFailure(registered.reason, registered.detail ?? registered.reason);
    terminal.out(`registered ${args.required('issuer')}\n`);
    return EXIT.done;
  },
};
