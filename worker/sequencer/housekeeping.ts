/**
 * What follows a publication and may as well follow later: lookup rows reach their shards, withdrawn content leaves its
 * packs, partial tiles go once the full ones are published. All of it repeats harmlessly; what is not confirmed is done
 * again.
 */
import { lookupShards } from '../lookup/deliver.ts';
import type { LookupDO } from '../lookup/lookup-do.ts';
import { type LookupRow, lookupRows } from '../lookup/rows.ts';
import { log, messageOf } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { blank } from '../storage/content.ts';
import type { LogTables } from '../storage/log-tables.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { parsePack } from '../storage/packs.ts';

/** Packs of one delivery: about a second of rounds. */
const PACKS_BATCH = 16;
/** Lookup rows of one delivery, and those of one attestation more: 5 MB, also where one shard gets all of them. */
const ROWS_BATCH = 16_384;
/** R2 deletes at most 1,000 objects a call. */
const DELETE_BATCH = 1000;

/** Lookup rows go out this often while the log is busy; what is left goes with the alarm. */
const LOOKUPS_EVERY_MS = 1000;

/** What housekeeping works on. */
export interface House {
  readonly tables: LogTables;
  readonly store: ObjectStore;
  readonly lookup: DurableObjectNamespace<LookupDO>;
  readonly publishedSize: number;
}

/** Keeps one house at a time. */
export class Housekeeping {
  readonly #metrics: Metrics;
  readonly #again: () => void;
  #running: Promise<void> | undefined;
  #lookupsDueAt = 0;

  /** A failure harms nobody who submits; `again` has everything tried once more. */
  constructor(metrics: Metrics, again: () => void) {
    this.#metrics = metrics;
    this.#again = again;
  }

  /** Does what is due, unless it is being done. */
  start(house: House): void {
    this.#running ??= this.#keep(house)
      .catch((thrown) => {
        log('warn', 'housekeeping-failed', { error: messageOf(thrown) });
        this.#metrics.count('failures_total', ['part', 'housekeeping']);
        this.#again();
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Does everything there is to do. */
  async finish(house: House): Promise<void> {
    await this.#running;
    this.#lookupsDueAt = 0;
    this.start(house);
    await this.#running;
  }

  async #keep({ tables, store, lookup, publishedSize }: House): Promise<void> {
    await blankWithdrawn(tables, store);
    if (Date.now() >= this.#lookupsDueAt) {
      this.#lookupsDueAt = Date.now() + LOOKUPS_EVERY_MS;
      await deliverLookups(tables, store, lookup);
    }
    await collectPartials(tables, store, publishedSize);
  }
}

/**
 * Hands the lookup rows of new content to their shards, in the order the packs were committed. A pack of many rows goes
 * in parts, so that what one round may bring is neither too much for memory nor for a call.
 */
async function deliverLookups(
  { content }: LogTables,
  store: ObjectStore,
  lookup: DurableObjectNamespace<LookupDO>,
): Promise<void> {
  for (let packs = content.undelivered(PACKS_BATCH); packs.length > 0; packs = content.undelivered(PACKS_BATCH)) {
    const rows: LookupRow[] = [];
    for (const { id, key } of packs) {
      let due = id === packs.at(-1)?.id;
      for (const item of parsePack((await store.get(key)) ?? new Uint8Array())) {
        rows.push(...lookupRows(item));
        if (rows.length < ROWS_BATCH) continue;
        await lookupShards(lookup, rows.splice(0));
        due = true;
      }
      if (!due) continue;
      await lookupShards(lookup, rows.splice(0));
      content.delivered(id);
    }
  }
}

/** Overwrites withdrawn content where it is stored; it has not been served since it was withdrawn. */
export async function blankWithdrawn({ content }: LogTables, store: ObjectStore): Promise<void> {
  for (let next = content.notBlanked(); next; next = content.notBlanked()) {
    for (const place of next.places) {
      await blank(store, place);
      content.blankedPlace(place.leaf);
    }
    if (next.places.length === 0) content.blanked(next.digest);
  }
}

/** Deletes partial tiles and bundles whose full one is in the published tree; a reader that asks for one takes that. */
async function collectPartials(tables: LogTables, store: ObjectStore, publishedSize: number): Promise<void> {
  const next = (): string[] => tables.superseded(publishedSize, DELETE_BATCH);
  for (let keys = next(); keys.length > 0; keys = next()) {
    await store.delete(...keys);
    tables.forgetPartials(keys);
  }
}
