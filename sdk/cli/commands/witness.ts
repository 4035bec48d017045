/** `witnessmark witness`: runs a witness on this machine. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { encodeVkey, type NoteKey, noteKey } from '#shared/log/note.ts';
import { createWitnessServer } from '../../witness/witness-server.ts';
import { WitnessStore, WitnessStoreError } from '../../witness/witness-store.ts';
import type { Command } from '../command.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { readIssuerKey, readMlDsaKey } from '../key-option.ts';
import { readTrust } from '../trust-option.ts';

/** How long an unfinished request may hold up the end. */
const GRACE_MS = 2000;

export const witnessCommand: Command = {
  name: 'witness',
  summary: 'run a witness: cosign the checkpoints of logs that only grow',
  options: {
    name: {
      type: 'string',
      value: 'NAME',
      help: 'the name in its cosignature lines, a domain you hold',
      required: true,
    },
    key: { type: 'string', value: 'FILE', help: "the witness's own secret key, from keygen", required: true },
    'ml-dsa-key': { type: 'string', value: 'FILE', help: 'an ML-DSA-44 key of its own, to cosign with both' },
    policy: { type: 'string', value: 'FILE', help: 'the logs to cosign: a policy or trust document', required: true },
    state: { type: 'string', value: 'FOLDER', help: 'what it has cosigned; never restore an old copy', required: true },
    listen: { type: 'string', value: 'HOST:PORT', help: 'where to listen (127.0.0.1:7380); port 0 is any free one' },
  },
  examples: [
    'witnessmark keygen --out witness.jwk',
    'witnessmark witness --name witness.example.org --key witness.jwk --policy logs.txt --state ./witness',
  ],
  notes:
    'Speaks C2SP tlog-witness: POST /add-checkpoint, GET /<hex SHA-256(origin)>/checkpoint. Put a server with TLS in\n' +
    'front. Each line on the output is one JSON object; a fork is kept in the state folder (verify-fork).',
  async run(args, terminal) {
    const { secretKey, publicKey } = await readIssuerKey(args.required('key'), terminal);
    const trust = await readTrust(args.required('policy'), terminal);
    const logs = trust?.policy.logs.map(({ key }) => key) ?? [];
    if (logs.length === 0) throw new CommandFailure(EXIT.malformed, 'the policy names no log', 'Add a "log" line.');
    const name = args.required('name');
    const keys = [{ key: witnessKey(name, 4, publicKey), secretKey }];
    const mlDsaPath = args.text('ml-dsa-key');
    if (mlDsaPath !== undefined) {
      const pair = await readMlDsaKey(mlDsaPath, terminal);
      keys.push({ key: witnessKey(name, 6, pair.publicKey), secretKey: pair.secretKey });
    }
    const { host, port } = listenAddress(args.text('listen') ?? '127.0.0.1:7380');
    const say = (event: object): void => terminal.out(`${JSON.stringify({ at: terminal.now(), ...event })}\n`);
    const store = await openStore(
      args.required('state'),
      logs,
      keys.map(({ key }) => key),
    );
    try {
      const stop = terminal.stopSignal();
      const server = createWitnessServer({ keys, logs, store, now: terminal.now, journal: say });
      server.listen(port, host);
      await once(server, 'listening').catch((cause: unknown) => {
        throw new CommandFailure(
          EXIT.malformed,
          `cannot listen on ${host}:${port}: ${cause}`,
          'Give another --listen.',
        );
      });
      const { address, port: bound, family } = server.address() as AddressInfo;
      const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
      say({
        event: 'listening',
        url,
        keys: keys.map(({ key }) => encodeVkey(key)),
        logs: [...new Set(logs.map(({ name: origin }) => origin))],
      });
      if (!stop.aborted) await once(stop, 'abort');
      const closed = once(server, 'close');
      server.close();
      setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
      await closed;
      say({ event: 'stopped' });
      return EXIT.done;
    } finally {
      await store.close();
    }
  },
};

function witnessKey(name: string, type: 4 | 6, publicKey: Uint8Array): NoteKey {
  try {
    return noteKey(name, type, publicKey);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CommandFailure(EXIT.malformed, `"${name}" cannot name a witness: ${cause.message}`, 'Give a domain.');
  }
}

function listenAddress(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^(.+):([0-9]{1,5})$/.exec(text) ?? [];
  if (host !== '' && Number(port) <= 65_535) return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  throw new CommandFailure(EXIT.malformed, `--listen "${text}" is not HOST:PORT`, 'Such as 127.0.0.1:7380.');
}

async function openStore(folder: string, logs: readonly NoteKey[], keys: readonly NoteKey[]): Promise<WitnessStore> {
  try {
    return await WitnessStore.open(folder, logs, keys);
  } catch (cause) {
    if (!(cause instanceof WitnessStoreError)) throw cause;
    throw new CommandFailure(
      EXIT.malformed,
      `the witness's state cannot be used: ${cause.message}`,
      'Nothing was signed. A witness that forgets what it cosigned must not start again under the same key.',
    );
  }
}
