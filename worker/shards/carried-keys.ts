/**
 * Issuers' keys on their way into a new shard: the state of each becomes key events there, so that nobody registers again,
 * what was revoked stays revoked, and trails of the new shard verify by themselves.
 */
import { coseKey } from '#shared/attestation/key.ts';
import { parseStatement } from '#shared/attestation/statement.ts';
import { type KeyEvent, parseKeyEvent } from '#shared/claim/key-event.ts';
import type { KeyState } from '../sequencer/admission.ts';
import { readContent } from '../storage/content.ts';
import { readEntry } from '../storage/log-store.ts';
import type { LogTables } from '../storage/log-tables.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** A key as a shard leaves it, and why it is no longer active, as far as its events say. */
export interface CarriedKey extends KeyState {
  readonly cause?: string;
}

/**
 * The events that give a key its state in a shard that does not know it. Every key is added first, which binds it to its
 * issuer for good; nothing can be logged between that and what takes it back.
 */
export function carriedEvents({ kid, issuer, publicKey, state, cause }: CarriedKey): KeyEvent[] {
  const added: KeyEvent = { action: 'add', issuer, kid, key: coseKey(publicKey) };
  const said = { issuer, kid, ...(cause !== undefined && { cause }) };
  switch (state) {
    case 'active':
      return [added];
    case 'retired':
      return [added, { action: 'revoke', issuer, kid, cause: 'retired' }];
    case 'quarantined':
      return [added, { action: 'quarantine', ...said }];
    case 'revoked':
      return [added, { action: 'revoke', ...said }];
  }
}

/**
 * Keys of an ended shard in the order of their ids.
 * @throws Error where a key event cannot be read: a cause that is not known is not left out
 */
export async function carriedKeys(
  tables: LogTables,
  store: ObjectStore,
  after: Uint8Array,
  limit: number,
): Promise<CarriedKey[]> {
  const size = tables.lock()?.size ?? 0;
  const keys = tables.keys({ after, limit }).map(async (key): Promise<CarriedKey> => {
    if (key.state === 'active' || key.state === 'retired') return key;
    const events: KeyEvent[] = [];
    for (const index of tables.entries.eventsAbout(key.kid)) events.push(await keyEventAt(tables, store, index, size));
    const action = key.state === 'revoked' ? 'revoke' : 'quarantine';
    const causes = events.filter((event) => event.action === action).map((event) => event.cause);
    // Nothing softens a compromise, whatever was said after it.
    const cause = causes.includes('compromised') ? 'compromised' : causes.at(-1);
    return { ...key, ...(cause !== undefined && { cause }) };
  });
  return Promise.all(keys);
}

async function keyEventAt(tables: LogTables, store: ObjectStore, index: number, size: number): Promise<KeyEvent> {
  const statement = parseStatement((await readEntry(store, index, size)) ?? new Uint8Array());
  const digest = statement.ok ? statement.value.payload : new Uint8Array();
  const content = await readContent(store, tables.content.ofDigest(digest), digest);
  const event = typeof content === 'object' ? parseKeyEvent(content.preimage) : undefined;
  if (!event?.ok) throw new Error(`the key event at ${index} cannot be read`);
  return event.value;
}
