/** `witnessmark keygen`: an issuer's key and the key set its origin serves; or a witness's ML-DSA-44 key. */
import { toBase64Url } from '#shared/bytes/base64.ts';
import { createIssuerKey, encodeIssuerKey, KEY_SET_PATH, KEY_SET_TYPE, keySetDocument } from '../../issuer/key.ts';
import { encodeMlDsaKey } from '../../witness/ml-dsa-key.ts';
import type { Command } from '../command.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { writeNewFile } from '../files.ts';
import { readIssuerKey } from '../key-option.ts';

const SECRET = 'This is the secret key. Keep it secret; --out FILE writes it to a private file instead.\n';

export const keygenCommand: Command = {
  name: 'keygen',
  summary: "make an issuer's key and its key set",
  options: {
    out: {
      type: 'string',
      value: 'FILE',
      help: 'write the secret key here (new file, mode 0600), not to the terminal',
    },
    'key-set': { type: 'string', value: 'FILE', help: `write the key set to serve at ${KEY_SET_PATH}` },
    alg: { type: 'string', value: 'ALG', help: 'Ed25519 (default), or ML-DSA-44 for a second key of a witness' },
    key: { type: 'string', value: 'FILE', help: 'use this key instead of making one, to write its key set' },
  },
  examples: [
    'witnessmark keygen --out issuer.jwk --key-set scitt-keys',
    'witnessmark keygen --key issuer.jwk --key-set scitt-keys',
    'witnessmark keygen --alg ML-DSA-44 --out witness-ml-dsa.jwk',
  ],
  notes:
    'The key is an Ed25519 JWK (RFC 8037) or an ML-DSA-44 JWK (RFC 9964).\n' +
    `Serve the key set with the type ${KEY_SET_TYPE}.`,
  async run(args, terminal) {
    const [out, keySet, existing] = [args.text('out'), args.text('key-set'), args.text('key')];
    if (existing !== undefined && out !== undefined) {
      throw new CommandFailure(EXIT.malformed, '--key and --out exclude each other', 'Copy the file instead.');
    }
    if (existing !== undefined && keySet === undefined) {
      throw new CommandFailure(EXIT.malformed, '--key needs --key-set', 'Name the file for the key set.');
    }
    const alg = args.text('alg') ?? 'Ed25519';
    if (alg === 'ML-DSA-44') {
      if (existing !== undefined || keySet !== undefined) {
        throw new CommandFailure(EXIT.malformed, 'ML-DSA-44 keys have no key set', 'Only issuers publish one.');
      }
      const text = encodeMlDsaKey(crypto.getRandomValues(new Uint8Array(32)));
      if (out === undefined) terminal.out(text);
      else await writeNewFile(out, text, 0o600);
      if (out === undefined) terminal.err(SECRET);
      return EXIT.done;
    }
    if (alg !== 'Ed25519') {
      throw new CommandFailure(EXIT.malformed, `--alg "${alg}" is not known`, 'Ed25519 or ML-DSA-44.');
    }
    const key = existing === undefined ? createIssuerKey() : await readIssuerKey(existing, terminal);
    if (out !== undefined) await writeNewFile(out, encodeIssuerKey(key), 0o600);
    if (keySet !== undefined) await writeNewFile(keySet, keySetDocument([key]));
    if (out === undefined && existing === undefined) {
      terminal.out(encodeIssuerKey(key));
      terminal.err(SECRET);
      return EXIT.done;
    }
    terminal.out(`kid        ${toBase64Url(key.kid)}\npublicKey  ${toBase64Url(key.publicKey)}\n`);
    if (keySet !== undefined) {
      terminal.err(`Serve "${keySet}" at https://<your origin>${KEY_SET_PATH} as ${KEY_SET_TYPE}.\n`);
    }
    return EXIT.done;
  },
};
