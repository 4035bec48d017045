/**
 * Follows the yearly shards of a log the reader trusts. A trail from an unknown log of the same host is reason to ask
 * *that* log for its shard document, at most every few minutes; nothing else is ever asked, and nothing of the trail is
 * said. What the document must show is in `shared/shards`; here it must also agree with what this browser has seen.
 */
import { encodeForkProof } from '#shared/log/fork-proof.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { continuesList, type FollowedShards, followShards } from '#shared/shards/follow-shards.ts';
import type { Trust } from '#shared/trust/trust.ts';
import type { ShardEntry, TrustEntry } from '../messaging/protocol.ts';
import { freezeLog, keepCheckpoint, listForks } from '../trails/checkpoint-store.ts';
import { serviceOf } from '../trails/service-address.ts';
import { fetchShards, keepShards, loadShards } from '../trails/shard-store.ts';
import { tileReader } from '../trails/tiles.ts';
import { activeTrust, fingerprint, listTrust, type TrustInForce } from '../trails/trust-store.ts';
import { compareWithKept, type TrailCheckpoint } from './consistency.ts';

/** What the reader trusts, with the shards that follow from it. */
export interface WidenedTrust {
  readonly trust: readonly Trust[];
  /** Final sizes of frozen shards by origin: nothing after that is the shard's. */
  readonly ended: ReadonlyMap<string, number>;
}

const ASK_AGAIN_MS = 5 * 60_000;

/** The reader's documents, and after them what follows from them: what a document says itself comes first. */
export async function widenedTrust(): Promise<WidenedTrust> {
  const documents = await activeTrust();
  const trust: Trust[] = documents.map((document) => document.trust);
  const ended = new Map<string, number>();
  for (const { id, trust: own } of documents) {
    const followed = await keptShards(id, own);
    if (followed === undefined) continue;
    trust.push(await withoutForked(followed, own));
    for (const { origin, final } of followed.shards) if (final) ended.set(origin, final.size);
  }
  return { trust, ended };
}

const followed = new Map<string, { readonly own: string; readonly shards: FollowedShards }>();

/** The kept shards of a document, checked; once for each text. */
async function keptShards(id: string, own: Trust): Promise<FollowedShards | undefined> {
  const text = (await loadShards(id))?.text;
  if (text === undefined) return undefined;
  const known = followed.get(id);
  if (known?.own === text) return known.shards;
  const checked = followShards(text, own, NOTE_ALGORITHMS);
  if (!checked.ok) return undefined;
  followed.set(id, { own: text, shards: checked.value });
  return checked.value;
}

/** A shard with two histories lends no other shard its word; it stays known, so that its own trails show why. */
async function withoutForked({ shards, trust }: FollowedShards, own: Trust): Promise<Trust> {
  const forked = new Set((await listForks()).map(({ origin }) => origin));
  if (!shards.some(({ origin }) => forked.has(origin))) return trust;
  const logs = trust.policy.logs.filter((log) => own.policy.logs.includes(log) || forked.has(log.key.name));
  return { ...trust, policy: { ...trust.policy, logs } };
}

/**
 * Looks for the shard with this origin at the logs of its host that the reader trusts.
 *
 * @param now - milliseconds since 1970
 * @returns `found` where what is trusted now may know it; the reason where a document was refused
 */
export async function lookForShard(origin: string, now: number): Promise<{ found: boolean; refused?: string }> {
  let refused: string | undefined;
  for (const document of await activeTrust()) {
    const url = document.trust.policy.logs.find(({ key }) => hostIn(key.name) === hostIn(origin))?.url;
    if (url === undefined) continue;
    const kept = await loadShards(document.id);
    const fresh = kept !== undefined && Math.abs(now - kept.askedAt) < ASK_AGAIN_MS;
    const answer = fresh ? kept.refused : await ask(document, serviceOf(url), now);
    refused ??= answer;
    const shards = await keptShards(document.id, document.trust);
    if (shards?.shards.some((shard) => shard.origin === origin)) return { found: true };
  }
  return { found: false, ...(refused !== undefined && { refused }) };
}

const hostIn = (origin: string): string | undefined => origin.split('/')[0];

const asking = new Map<string, Promise<string | undefined>>();

/** One question at a time for each document: many items on a page ask together. */
function ask(document: TrustInForce, service: string, now: number): Promise<string | undefined> {
  const running = asking.get(document.id) ?? accept(document, service, now).finally(() => asking.delete(document.id));
  asking.set(document.id, running);
  return running;
}

/** Fetches, checks and keeps; answers with the reason where the document is refused. */
async function accept({ id, trust }: TrustInForce, service: string, now: number): Promise<string | undefined> {
  const text = await fetchShards(service);
  const refused = text === undefined ? undefined : await fault(text, id, trust, now);
  const accepted = text !== undefined && refused === undefined;
  await keepShards(id, { askedAt: now, ...(accepted && { text }), ...(refused !== undefined && { refused }) });
  return refused;
}

async function fault(text: string, id: string, trust: Trust, now: number): Promise<string | undefined> {
  const checked = followShards(text, trust, NOTE_ALGORITHMS);
  if (!checked.ok) return checked.reason;
  const { shards, checkpoints } = checked.value;
  const before = await keptShards(id, trust);
  if (before !== undefined && !continuesList(before.shards, shards)) return 'shards-taken-back';
  for (const [i, { url }] of shards.entries()) {
    const current = checkpoints[i];
    if (current === undefined || !(await continues(current, url, now))) return 'shards-inconsistent';
  }
  for (const { checkpoint, note } of checkpoints) await keepCheckpoint(checkpoint, note);
  return undefined;
}

/** Whether a checkpoint continues the kept one of its shard; one that contradicts it freezes the shard. */
async function continues({ checkpoint, note }: TrailCheckpoint, url: string, now: number): Promise<boolean> {
  if ((await listForks()).some(({ origin }) => origin === checkpoint.origin)) return false;
  const compared = await compareWithKept(checkpoint, tileReader(url));
  if (compared.state === 'fork') {
    const { kept, evidence } = compared;
    const at = Math.floor(now / 1000);
    const file = encodeForkProof({ at, kept, offered: note, ...(evidence && { evidence }) });
    await freezeLog({ origin: checkpoint.origin, at, file });
    return false;
  }
  if (compared.state !== 'known') return compared.state === 'first';
  return compared.known.checkpoint.size === checkpoint.size || compared.known.evidence !== undefined;
}

/** The documents in force as settings show them, each with the shards that follow from it. */
export async function listTrustWithShards(): Promise<TrustEntry[]> {
  const forked = new Set((await listForks()).map(({ origin }) => origin));
  const trusts = new Map((await activeTrust()).map(({ id, trust }) => [id, trust]));
  const entries = await listTrust();
  return Promise.all(
    entries.map(async (entry) => {
      const trust = trusts.get(entry.id);
      const kept = trust && (await keptShards(entry.id, trust));
      const refused = (await loadShards(entry.id))?.refused;
      const shards = kept?.shards.map(
        ({ origin, keys, url, final }): ShardEntry => ({
          name: origin,
          url,
          fingerprint: keys[0] === undefined ? '' : fingerprint(keys[0].publicKey),
          state: forked.has(origin) ? 'forked' : final ? 'frozen' : 'open',
          ...(final && { size: final.size }),
        }),
      );
      return { ...entry, ...(shards && { shards }), ...(refused !== undefined && { shardsRefused: refused }) };
    }),
  );
}
