/**
 * Asks every witness of the policy to cosign a checkpoint (tlog-witness) and stops at quorum or deadline. A witness
 * that knows another size is asked again from there; one that contradicts us (409 without a size, 422) is a fork alarm,
 * never a retry.
 */
import type { Bytes32 } from '#shared/bytes/bytes.ts';
import { verifyCosignatures } from '#shared/log/cosignature.ts';
import { encodeNote, type Note, type NoteKey, type NoteSignature, parseSignatureLines } from '#shared/log/note.ts';
import { type Policy, quorumMet } from '#shared/log/policy.ts';
import { encodeWitnessRequest } from '#shared/log/witness-request.ts';
import { log, messageOf } from '../observability/logger.ts';

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
  const asked = policy.witnesses.map(async ({ name, key, url }) => {
    if (url === undefined) return;
    try {
      const signature = await askWitness(collection, name, key, url, stop.signal);
      if (!signature || !open) return;
      signatures.push(signature);
      cosigned.push(key);
      met = quorumMet(policy, cosigned);
      if (met) resolveMet();
    } catch (thrown) {
      if (open) log('warn', 'witness-unreachable', { witness: name, error: messageOf(thrown) });
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

async function askWitness(
  collection: Collection,
  name: string,
  key: NoteKey,
  url: string,
  signal: AbortSignal,
): Promise<NoteSignature | undefined> {
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
    const text = await boundedText(answer);
    if (answer.status === 200) {
      collection.learnSize(name, collection.size);
      return cosignatureIn(collection.note, text, key) ?? complain(name, 'witness-answer-invalid', answer.status);
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
  return undefined;
}

function complain(witness: string, event: string, status: number): undefined {
  log(event === 'fork-alarm' ? 'error' : 'warn', event, { witness, status });
  return undefined;
}

/** The witness's own cosignature from its answer, verified; other lines are ignored. */
function cosignatureIn(note: Note, answer: string, key: NoteKey): NoteSignature | undefined {
  const parsed = parseSignatureLines(answer);
  if (!parsed.ok) return undefined;
  for (const signature of parsed.value) {
    const alone = { text: note.text, signatures: [signature] };
    const verified = verifyCosignatures(alone, [key]);
    if (verified.ok && verified.value.length === 1) return signature;
  }
  return undefined;
}

async function boundedText(response: Response): Promise<string> {
  const length = Number(response.headers.get('content-length') ?? 0);
  if (length > MAX_ANSWER) {
    await response.body?.cancel();
    return '';
  }
  const text = await response.text();
  return text.length > MAX_ANSWER ? '' : text;
}
