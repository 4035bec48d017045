/** Oblivious lookup: the log names fingerprints it cannot see, and proves that it used the key its list of filters gives. */
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { fromHex, toHex } from '#shared/bytes/hex.ts';
import { blindFingerprints, type Evaluation, OPRF_ALG, OPRF_BATCH, parseElements, unblind } from '#shared/oprf/oprf.ts';
import { postBounded } from '../trails/fetch-bounded.ts';
import { spread } from './choose-buckets.ts';
import type { FingerprintsByAlg } from './hits.ts';

const MAX_ANSWER_BYTES = 8192;
const random = (count = 32): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

/** The names of some of a text's winnowed fingerprints; nothing where the log did not answer or prove its answer. */
export async function nameObliviously(
  address: string,
  publicKey: Uint8Array,
  fingerprints: FingerprintsByAlg,
): Promise<FingerprintsByAlg | undefined> {
  const alg = 'wm-winnow-1';
  const chosen = spread(fingerprints[alg] ?? [], OPRF_BATCH).map((hex) => ({ alg, hex }));
  if (chosen.length === 0) return undefined;
  const blinded = blindFingerprints(chosen, random);
  const body = { blinded: blinded.elements.map(toHex) };
  const answer = await postBounded(address, body, MAX_ANSWER_BYTES);
  const evaluation = answer.ok ? parseEvaluation(answer.bytes) : undefined;
  const names = evaluation && unblind(blinded, chosen.length, evaluation, publicKey);
  return names?.ok ? { [OPRF_ALG]: names.value } : undefined;
}

/** A log's answer, if it has the form of one. */
function parseEvaluation(bytes: Uint8Array): Evaluation | undefined {
  try {
    const { evaluated, proof } = JSON.parse(fromUtf8(bytes) ?? '') as { evaluated?: unknown; proof?: unknown };
    const elements = Array.isArray(evaluated) ? parseElements(evaluated) : undefined;
    const read = typeof proof === 'string' ? fromHex(proof) : undefined;
    return elements && read && { elements, proof: read };
  } catch {
    return undefined;
  }
}
