/** The preimage of a log's first entry, genesis: by which keys this log is known. The registrar signs the statement. */

import type { Bytes32 } from '../bytes/bytes.ts';
import { type CborValue, encodeCbor } from '../bytes/cbor.ts';
import { MAX_CLAIM_BYTES } from '../limits.ts';
import { err, type Result } from '../result.ts';
import { cborMap, FieldFault, Fields, readFields } from './fields.ts';

/** What genesis says; verifier keys are C2SP vkeys, of which the format is not checked here. */
export interface Epoch {
  readonly origin: string;
  /** The Ed25519 key that signs checkpoints. */
  readonly log: string;
  /** The ML-DSA-44 key that signs them beside it. */
  readonly logMlDsa44?: string;
  readonly registrar: Bytes32;
  /** Signs COSE Receipts. */
  readonly receipts: Bytes32;
}

/** Media type of genesis. */
export const EPOCH_MEDIA_TYPE = 'application/vnd.witnessmark.epoch+cbor';

const MAX_VKEY_CHARS = 4096;

/**
 * The one spelling of genesis.
 *
 * @example
 * import { encodeEpoch, parseEpoch } from '#shared/claim/epoch.ts';
 * const key = new Uint8Array(32);
 * const epoch = { origin: 'log.example', log: 'log.example+f3e73440+AQ==', registrar: key, receipts: key };
 * parseEpoch(encodeEpoch(epoch)).value; // => epoch
 */
export const encodeEpoch = (epoch: Epoch): Uint8Array =>
  encodeCbor(cborMap([['v', 1], ...(Object.entries(epoch) as [string, CborValue | undefined][])]));

/**
 * Reads genesis. Attacker-controlled input.
 *
 * @returns genesis or `epoch-malformed`
 * @example
 * import { parseEpoch } from '#shared/claim/epoch.ts';
 * parseEpoch(Uint8Array.of(0xa0)).reason; // => 'epoch-malformed'
 */
export function parseEpoch(bytes: Uint8Array): Result<Epoch, 'epoch-malformed'> {
  const epoch = readFields(bytes, MAX_CLAIM_BYTES, readEpoch);
  return epoch.ok ? epoch : err('epoch-malformed', epoch.detail ?? epoch.reason);
}

function readEpoch(value: CborValue): Epoch {
  const fields = new Fields(value, ['v', 'origin', 'log', 'logMlDsa44', 'registrar', 'receipts']);
  if (fields.uint('v') !== 1) throw new FieldFault('unsupported', 'v');
  return {
    origin: fields.text('origin'),
    log: fields.text('log', MAX_VKEY_CHARS),
    ...fields.optional('logMlDsa44', (key) => fields.text(key, MAX_VKEY_CHARS)),
    registrar: fields.bytes('registrar', 32),
    receipts: fields.bytes('receipts', 32),
  };
}
