/**
 * What follows a publication and may as well follow later: lookup rows reach their shards, withdrawn content leaves its
 * packs, partial tiles go once the full ones are published. All of it repeats harmlessly; what is not confirmed is done
 * again.
 */
import { type Delivery, deliverLookups, withdrawLookups } from '../lookup/deliver.ts';
import { log, messageOf } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { blank } from '../storage/content.ts';
import type { LogTables } from '../storage/log-tables.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** R2 deletes at most 1,000 objects a call. */
const DELETE_BATCH = 1000;

/** Lookup rows go out this often while the log is busy; what is left goes with the alarm. */
const LOOKUPS_EVERY_MS = 1000;

/** What housekeeping works on. */
export interface House extends Delivery {
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

  /** Overwrites what was withdrawn; rows on their way into the index have to arrive before they can be taken out. */
  async blank(house: House): Promise<void> {
    await this.#running;
    await blankWithdrawn(house);
  }

  /** Does everything there is to do. */
  async finish(house: House): Promise<void> {
    await this.#running;
    this.#lookupsDueAt = 0;
    this.start(house);
    await this.#running;
  }

  async #keep(house: House): Promise<void> {
    await blankWithdrawn(house);
    if (Date.now() >= this.#lookupsDueAt) {
      this.#lookupsDueAt = Date.now() + LOOKUPS_EVERY_MS;
      await deliverLookups(house);
    }
    await collectPartials(house.tables, house.store, house.publishedSize);
  }
}

/** Takes withdrawn content out of the index, then overwrites it; it has not been served since it was withdrawn. */
async function blankWithdrawn(house: Delivery): Promise<void> {
  const { content } = house.tables;
  for (let next = content.notBlanked(); next; next = content.notBlanked()) {
    for (const { pack, entries } of next.standing) {
      for (const entry of entries) await withdrawLookups(house, entry);
      // A pack is rewritten as a whole, and whoever restates one claim over and over has many of it in there.
      const places = entries.map(({ place }) => place);
      await blank(house.store, pack, places);
      for (const { index } of entries) content.blankedPlace(index);
    }
    content.blanked(next.digest);
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
