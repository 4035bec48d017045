/** Clients and readers of a log that may die at any moment: what they are told goes into the ledger. */
import { setTimeout as pause } from 'node:timers/promises';
import { keyThumbprint } from '#shared/attestation/key.ts';
import { fromBase64, fromBase64Url, toBase64Url } from '#shared/bytes/base64.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { leafHash } from '#shared/log/merkle.ts';
import { parseTlogProof } from '#shared/log/proof.ts';
import { entriesPath, tilePath } from '#shared/log/tile.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { attestationOf, type IssuerKeys, type IssuerOrigin } from '../support/worker-harness.ts';
import type { Ledger, Sent } from './ledger.ts';
import type { Random } from './random.ts';

/** What clients share. */
export interface Load {
  readonly base: string;
  readonly issuer: IssuerOrigin;
  readonly adminToken: string;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Aborted when the log is dead. */
  readonly over: AbortSignal;
  /** Called at each acknowledgement. */
  readonly acknowledged: () => void;
}

/** One in so many submissions is one that was sent before. */
const REPEATED = 6;

const post = (url: string, body: string, signal: AbortSignal, token?: string): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    body,
    signal,
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
  });

function nextStatement({ ledger, random, issuer }: Load, key: IssuerKeys): Sent {
  const earlier = random.below(REPEATED) === 0 ? [...ledger.sent.values()] : [];
  const repeated = earlier[random.below(earlier.length)];
  if (repeated) return repeated;
  const attestation = attestationOf(`Passage ${random.next()}.`, issuer.origin, key);
  const leaf = leafHash(fromBase64(attestation.statement) ?? new Uint8Array());
  const sent = { leaf, body: JSON.stringify(attestation) };
  ledger.sent.set(toHex(leaf), sent);
  return sent;
}

/** Submits one statement; true where it was acknowledged. */
export async function submitOne({ base, ledger, over, acknowledged }: Load, { leaf, body }: Sent): Promise<boolean> {
  const answer = await post(`${base}/v1/attestations`, body, over);
  const text = await answer.text();
  if (answer.status === 503) return false;
  const trail = parseTrail(text);
  const proof = trail.ok ? parseTlogProof(trail.value.proof) : undefined;
  if (!proof?.ok) {
    ledger.violations.push(`an attestation was answered ${answer.status} ${text.slice(0, 200)}`);
    return false;
  }
  ledger.acknowledge(leaf, proof.value.index);
  const size = ledger.see(proof.value.checkpoint, false);
  if (size <= proof.value.index) ledger.violations.push(`I1: ${proof.value.index} was acknowledged at size ${size}`);
  acknowledged();
  return true;
}

/** Runs until the log is dead; what fails because it died is nobody's fault. */
async function untilOver({ over }: Load, step: () => Promise<void>): Promise<void> {
  while (!over.aborted) {
    try {
      await step();
    } catch {
      await pause(5);
    }
  }
}

/** Attests without end. */
export async function submitter(load: Load, key: IssuerKeys): Promise<void> {
  await untilOver(load, async () => {
    if (!(await submitOne(load, nextStatement(load, key)))) await pause(20);
  });
}

/** Quarantines and reinstates a key without end, so that the log writes statements of its own. */
export async function operator(load: Load, key: IssuerKeys): Promise<void> {
  const kid = toBase64Url(keyThumbprint(key.publicKey));
  await untilOver(load, async () => {
    for (const action of ['quarantine', 'reinstate']) {
      const answer = await post(`${load.base}/v1/issuers/keys/${kid}/${action}`, '{}', load.over, load.adminToken);
      if (answer.status !== 200) continue;
      const { id, index } = (await answer.json()) as { id: string; index: number };
      load.ledger.acknowledge(fromBase64Url(id) ?? new Uint8Array(), index);
    }
    await pause(50);
  });
}

/** Looks at the newest checkpoint without end, each time for the tiles it needs. */
export async function reader(load: Load): Promise<void> {
  const { base, ledger, over } = load;
  const read = async (path: string): Promise<Response> => fetch(`${base}/log/${path}`, { signal: over });
  await untilOver(load, async () => {
    const size = ledger.see(await (await read('checkpoint')).text(), true);
    const n = Math.floor((size - 1) / 256);
    for (const path of [(width: number) => tilePath(0, n, width), (width: number) => entriesPath(n, width)]) {
      const exact = await read(path(size - n * 256));
      const found = exact.status === 404 ? await read(path(256)) : exact;
      const bytes = new Uint8Array(await found.arrayBuffer());
      if (found.status === 404) ledger.violations.push(`I3: ${size} is visible without ${path(size - n * 256)}`);
      else if (found.status === 200) ledger.seeFile(new URL(found.url).pathname.slice('/log/'.length), bytes);
    }
    await pause(10);
  });
}
