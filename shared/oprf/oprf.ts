/**
 * Oblivious lookup (RFC 9497, VOPRF over ristretto255): a log computes a keyed name for a fingerprint without seeing the
 * fingerprint, and proves that it used the key it published. Rows kept under such names say nothing to whoever reads the
 * index but not the key. Spec: docs/spec/oblivious-lookup.md.
 */
import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import { type Bytes32, utf8 } from '../bytes/bytes.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { readAll } from '../read-all.ts';
import { err, ok, type Result } from '../result.ts';

/** The library has the evaluation by the key's holder (RFC 9497 §3.3.2) in every mode, and declares it in one. */
type Voprf = typeof ristretto255_oprf.voprf & { evaluate(secretKey: Uint8Array, input: Uint8Array): Uint8Array };
const voprf = ristretto255_oprf.voprf as Voprf;

/** The algorithm under which oblivious rows are looked up. */
export const OPRF_ALG = 'wm-oprf-1';
/** Elements of one request; whoever asks fills up to it, so that their number says nothing. */
export const OPRF_BATCH = 16;
const ELEMENT_LENGTH = 32;
const PROOF_LENGTH = 64;
const KEY_INFO = utf8('witnessmark oblivious lookup');

/** Random bytes, from whoever has a source of them. */
export type RandomBytes = (count?: number) => Uint8Array;

/** A log's key for oblivious lookup. */
export interface OprfKey {
  readonly secretKey: Bytes32;
  readonly publicKey: Bytes32;
}

/** What is asked for, and what makes the answer readable; the blinds never leave who made them. */
export interface Blinded {
  /** `OPRF_BATCH` elements of 32 bytes. */
  readonly elements: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly blinds: readonly Uint8Array[];
}

/** What a log answers: an element for each, and one proof for all. */
export interface Evaluation {
  readonly elements: readonly Uint8Array[];
  readonly proof: Uint8Array;
}

/**
 * The key pair behind a secret of 32 random bytes (RFC 9497 §3.2.1).
 *
 * @throws RangeError where the secret is not 32 bytes
 * @example
 * import { oprfKey } from '#shared/oprf/oprf.ts';
 * oprfKey(new Uint8Array(32)).publicKey.length; // => 32
 */
export function oprfKey(seed: Bytes32): OprfKey {
  if (seed.length !== 32) throw new RangeError('seed: not 32 bytes');
  return voprf.deriveKeyPair(seed, KEY_INFO);
}

const inputOf = (alg: string, hex: string): Uint8Array => utf8(`${OPRF_ALG} ${alg} ${hex}`);
/** 256 of the 512 bits: as long as the other digests of the index. */
const nameOf = (output: Uint8Array): string => toHex(output.subarray(0, 32));

/**
 * The name under which a fingerprint is kept, for who holds the key: 64 hexadecimal digits.
 *
 * @example
 * import { oprfKey, oprfName } from '#shared/oprf/oprf.ts';
 * oprfName('wm-winnow-1', '0000000000ff', oprfKey(new Uint8Array(32))).length; // => 64
 */
export const oprfName = (alg: string, hex: string, { secretKey }: OprfKey): string =>
  nameOf(voprf.evaluate(secretKey, inputOf(alg, hex)));

/**
 * Blinds fingerprints for a request. It always has `OPRF_BATCH` elements: those left over are of random inputs.
 *
 * @param fingerprints - at most `OPRF_BATCH`
 * @throws RangeError for more
 * @example
 * import { blindFingerprints } from '#shared/oprf/oprf.ts';
 * const random = (count = 32) => new Uint8Array(count).fill(7);
 * blindFingerprints([{ alg: 'wm-winnow-1', hex: '0000000000ff' }], random).elements.length; // => 16
 */
export function blindFingerprints(
  fingerprints: readonly { readonly alg: string; readonly hex: string }[],
  random: RandomBytes,
): Blinded {
  if (fingerprints.length > OPRF_BATCH) throw new RangeError(`fingerprints: more than ${OPRF_BATCH}`);
  const inputs = fingerprints.map(({ alg, hex }) => inputOf(alg, hex));
  while (inputs.length < OPRF_BATCH) inputs.push(random(32));
  const pairs = inputs.map((input) => voprf.blind(input, random as never));
  return { inputs, elements: pairs.map(({ blinded }) => blinded), blinds: pairs.map(({ blind }) => blind) };
}

/**
 * A log's answer to a request. Attacker-controlled input: anything that is no element of the group is refused.
 *
 * @returns `oprf-malformed`, also for none or more than `OPRF_BATCH`
 * @example
 * import { blindFingerprints, evaluateBlinded, oprfKey } from '#shared/oprf/oprf.ts';
 * const random = (count = 32) => new Uint8Array(count).fill(7);
 * evaluateBlinded([new Uint8Array(32)], oprfKey(new Uint8Array(32)), random).reason; // => 'oprf-malformed'
 */
export function evaluateBlinded(
  elements: readonly Uint8Array[],
  { secretKey, publicKey }: OprfKey,
  random: RandomBytes,
): Result<Evaluation, 'oprf-malformed'> {
  if (elements.length === 0 || elements.length > OPRF_BATCH) return err('oprf-malformed', 'number of elements');
  try {
    const { evaluated, proof } = voprf.blindEvaluateBatch(
      secretKey,
      publicKey,
      [...elements] as never,
      random as never,
    );
    return ok({ elements: evaluated, proof });
  } catch {
    return err('oprf-malformed', 'not an element');
  }
}

/**
 * The names of the fingerprints a request was made of, in their order; only where the answer proves that it was made with
 * `publicKey`. Attacker-controlled input.
 *
 * @param count - how many fingerprints were asked for; the rest was filling
 * @returns `oprf-unproved` also for anything malformed
 * @example
 * import { blindFingerprints, evaluateBlinded, oprfKey, oprfName, unblind } from '#shared/oprf/oprf.ts';
 * const random = (count = 32) => new Uint8Array(count).fill(7);
 * const key = oprfKey(new Uint8Array(32));
 * const blinded = blindFingerprints([{ alg: 'a', hex: '00' }], random);
 * const { value } = evaluateBlinded(blinded.elements, key, random);
 * unblind(blinded, 1, value, key.publicKey).value[0] === oprfName('a', '00', key); // => true
 */
export function unblind(
  { inputs, elements, blinds }: Blinded,
  count: number,
  answer: Evaluation,
  publicKey: Bytes32,
): Result<string[], 'oprf-unproved'> {
  if (answer.elements.length !== elements.length || answer.proof.length !== PROOF_LENGTH) return err('oprf-unproved');
  const items = inputs.map((input, at) => ({
    input,
    blind: blinds[at] as Uint8Array,
    evaluated: answer.elements[at] as Uint8Array,
    blinded: elements[at] as Uint8Array,
  }));
  try {
    const outputs = voprf.finalizeBatch(items as never, publicKey, answer.proof);
    return ok(outputs.slice(0, count).map(nameOf));
  } catch {
    return err('oprf-unproved');
  }
}

/**
 * Elements as they travel, 64 hexadecimal digits each; nothing where one is no such text.
 *
 * @example
 * import { parseElements } from '#shared/oprf/oprf.ts';
 * parseElements(['00']) ?? 'refused'; // => 'refused'
 */
export const parseElements = (texts: readonly unknown[]): Uint8Array[] | undefined =>
  readAll(texts, (text) => {
    const bytes = typeof text === 'string' ? fromHex(text) : undefined;
    return bytes?.length === ELEMENT_LENGTH ? bytes : undefined;
  });
