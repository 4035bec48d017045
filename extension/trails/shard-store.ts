/**
 * The shard document kept for each trust document, as it was last accepted, and how the last attempt to get a newer one
 * ended. What is kept is checked again whenever it is used: storage is a cache, never a verdict.
 */
import { fromUtf8 } from '#shared/bytes/bytes.ts';
import { MAX_SHARD_DOCUMENT_CHARS } from '#shared/shards/shard-document.ts';
import { fetchBounded } from './fetch-bounded.ts';
import { inOrder, loadStored, removeStored, saveStored } from './stored.ts';

/** What is kept for one trust document. */
export interface KeptShards {
  /** The document last accepted. */
  readonly text?: string;
  /** When the log was last asked, in milliseconds since 1970. */
  readonly askedAt: number;
  /** Why what it then answered was not accepted. */
  readonly refused?: string;
}

/** What is kept for a trust document, by its id. */
export const loadShards = (id: string): Promise<KeptShards | undefined> => loadStored<KeptShards>('local', keyOf(id));

/** Keeps how an attempt ended; without a text the one kept before stays. */
export const keepShards = (id: string, attempt: KeptShards): Promise<void> =>
  inOrder(async () => {
    const text = attempt.text ?? (await loadShards(id))?.text;
    await saveStored('local', keyOf(id), { ...attempt, ...(text !== undefined && { text }) });
  });

/** Forgets the shards of a trust document that is no longer in force. */
export const forgetShards = (id: string): Promise<void> => removeStored('local', [keyOf(id)]);

/** Asks a log for its shard document; nothing where it has none or cannot be reached. */
export async function fetchShards(service: string): Promise<string | undefined> {
  const address = `${service}/.well-known/witnessmark-shards`;
  const fetched = await fetchBounded(address, MAX_SHARD_DOCUMENT_CHARS, 'application/json', 'no-cache');
  if (fetched.ok) return fromUtf8(fetched.bytes) ?? '';
  return fetched.reason === 'too-large' ? '' : undefined;
}

const keyOf = (id: string): string => `shards:${id}`;
