/**
 * What follows a publication and may as well follow later: lookup rows reach their shards, partial tiles go once the
 * full ones are published. Both repeat harmlessly; what is not confirmed is done again.
 */
import { lookupShards } from '../lookup/deliver.ts';
import type { LookupDO } from '../lookup/lookup-do.ts';
import type { LogTables } from '../storage/log-tables.ts';
import type { ObjectStore } from '../storage/object-store.ts';

const OUTBOX_BATCH = 500;
/** R2 deletes at most 1,000 objects a call. */
const DELETE_BATCH = 1000;

/** Hands lookup rows to their shards; what is not confirmed stays in the outbox. */
export async function deliverLookups(tables: LogTables, lookup: DurableObjectNamespace<LookupDO>): Promise<void> {
  for (let rows = tables.outbox(OUTBOX_BATCH); rows.length > 0; rows = tables.outbox(OUTBOX_BATCH)) {
    await lookupShards(lookup, rows);
    tables.delivered(rows.at(-1)?.seq ?? 0);
  }
}

/** Deletes partial tiles and bundles whose full one is in the published tree; a reader that asks for one takes that. */
export async function collectPartials(tables: LogTables, store: ObjectStore, publishedSize: number): Promise<void> {
  const next = (): string[] => tables.superseded(publishedSize, DELETE_BATCH);
  for (let keys = next(); keys.length > 0; keys = next()) {
    await store.delete(...keys);
    tables.forgetPartials(keys);
  }
}
