/**
 * Asks every witness of the policy to cosign a checkpoint (tlog-witness) and stops at quorum or deadline. A witness
 * that knows another size is asked again from there; one that contradicts us (409 without a size, 422) is a fork alarm,
 * never a retry.
 */
import { type Bytes32, fromUtf8 } from '#shared/bytes/bytes.ts';
import { verifyCosignatures } from '#shared/log/cosignature.ts';
import {
  encodeNote,
  linesBy,
  type Note,
  type NoteKey,
  type NoteSignature,
  parseSignatureLines,
} from '#shared/log/note.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { type Policy, quorumMet } from '#shared/log/policy.ts';
import { encodeWitnessRequest } from '#shared/log/witness-request.ts';
import { log, messageOf } from '../observability/logger.ts';
import { readBounded } from '../outbound/read-bounded.ts';

/** What one collection needs; every effect is an argument. */
export interface Collection {
  readonly note: Note;
  readonly size: number;
  readonly policy: Policy;
  readonly deadlineMs: number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly consistency: (oldSize: number) => Promise<readonly Bytes32[]>;
  readonly knownSize: (witness: string) => number;
  readonly learnSize: (witness: string, size: number) => void;
}

/** The note with the cosignatures that arrived in time. */
export interface Collected {
  readonly note: Note;
  readonly quorum: boolean;
}

const MAX_ANSWER = 16 * 1024;
const SIZE_TYPE = /^text\/x\.tlog\.size\b/;
const SIZE = /^(0|[1-9][0-9]{0,15})\n$/;

/** Collects until the quorum is met, everybody has answered, or the deadline has passed. */
export async function collectCosignatures(collection: Collection): Promise<Collected> {
  const { note, policy, deadlineMs } = collection;
  const signatures: NoteSignature[] = [...note.signatures];
  const cosigned: NoteKey[] = [];
  if (quorumMet(policy, cosigned)) return { note, quorum: true };
  const stop = new AbortController();
  let open = true;
  let met = false;
  let resolveMet: () => void = () => {};
  const quorum = new Promise<void>((resolve) => {
    resolveMet = resolve;
  });
  const asked = witnessesOf(policy).map(async (witness) => {
    try {
      const lines = await askWitness(collection, witness, stop.signal);
      if (!open) return;
      signatures.push(...lines.map(({ signature }) => signature));
      cosigned.push(...lines.map(({ key }) => key));
      met = quorumMet(policy, cosigned);
      if (met) resolveMet();
    } catch (thrown) {
      if (open) log('warn', 'witness-unreachable', { witness: witness.name, error: messageOf(thrown) });
    }
  });
  let timer: ReturnType<typeof setTimeout> | null = null;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs);
  });
  await Promise.race([Promise.all(asked), quorum, deadline]);
  if (timer !== null) clearTimeout(timer);
  open = false;
  if (!met) stop.abort();
  return { note: { text: note.text, signatures: [...signatures] }, quorum: met };
}

/** Somebody to ask: `name` is the first in the policy with this address, `keys` are all of them. */
interface Witness {
  readonly name: string;
  readonly url: string;
  readonly keys: readonly NoteKey[];
}

/** A witness with two keys has two lines in the policy and one address, and answers with both signatures at once. */
function witnessesOf(policy: Policy): Witness[] {
  const byUrl = new Map<string, Witness>();
  for (const { name, key, url } of policy.witnesses) {
    if (url === undefined) continue;
    const known = byUrl.get(url) ?? { name, url, keys: [] };
    byUrl.set(url, { ...known, keys: [...known.keys, key] });
  }
  return [...byUrl.values()];
}

/** A line of a witness that verifies. */
interface Line {
  readonly key: NoteKey;
  readonly signature: NoteSignature;
}

async function askWitness(
  collection: Collection,
  { name, url, keys }: Witness,
  signal: AbortSignal,
): Promise<readonly Line[]> {
  let oldSize = Math.min(collection.knownSize(name), collection.size);
  for (let attempt = 0; attempt < 3; attempt++) {
    const proof = await collection.consistency(oldSize);
    const checkpoint = encodeNote(collection.note);
    const answer = await collection.fetch(`${url.replace(/\/$/, '')}/add-checkpoint`, {
      method: 'POST',
      body: encodeWitnessRequest({ oldSize, proof, checkpoint }),
      redirect: 'manual',
      signal,
    });
    const body = await readBounded(answer, MAX_ANSWER, signal);
    const text = (body && fromUtf8(body)) ?? '';
    if (answer.status === 200) {
      collection.learnSize(name, collection.size);
      const lines = linesIn(collection.note, text, keys);
      return lines.length > 0 ? lines : complain(name, 'witness-answer-invalid', answer.status);
    }
    const size = answer.status === 409 && SIZE_TYPE.test(answer.headers.get('content-type') ?? '') && SIZE.exec(text);
    if (!size) {
      const alarm = answer.status === 409 || answer.status === 422;
      return complain(name, alarm ? 'fork-alarm' : 'witness-refused', answer.status);
    }
    oldSize = Number(size[1]);
    collection.learnSize(name, oldSize);
    if (oldSize > collection.size) return complain(name, 'witness-ahead', answer.status);
  }
  return [];
}

function complain(witness: string, event: string, status: number): readonly Line[] {
  log(event === 'fork-alarm' ? 'error' : 'warn', event, { witness, status });
  return [];
}

/** The witness's own cosignatures from its answer, each verified and each key once; other lines are ignored. */
function linesIn(note: Note, answer: string, keys: readonly NoteKey[]): Line[] {
  const parsed = parseSignatureLines(answer);
  if (!parsed.ok) return [];
  return keys.flatMap((key) => {
    const own = linesBy({ text: note.text, signatures: parsed.value }, key);
    const signature = own.find((line) => {
      const verified = verifyCosignatures({ text: note.text, signatures: [line] }, [key], NOTE_ALGORITHMS);
      return verified.ok && verified.value.length === 1;
    });
    return signature ? [{ key, signature }] : [];
  });
}
