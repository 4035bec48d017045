/**
 * The filters of the logs the reader trusts, on this device: fetched like a block list, signed by the log's registrar,
 * checked against their digests. What a log sees of it is that somebody keeps up with its index.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64Url } from '#shared/bytes/base64.ts';
import { equalBytes, fromUtf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { type Filter, parseFilter } from '#shared/filter/filter.ts';
import { type FilterEntry, type FilterManifest, manifestKey, openManifest } from '#shared/filter/manifest.ts';
import { MAX_NOTE_LENGTH, type NoteKey } from '#shared/log/note.ts';
import { fetchBounded } from '../trails/fetch-bounded.ts';
import { serviceOf } from '../trails/service-address.ts';
import { loadStored, removeStored, saveStored } from '../trails/stored.ts';
import { activeTrust } from '../trails/trust-store.ts';
import { listFiles, loadFile, removeFile, saveFile } from './filter-files.ts';
import { isDue, missing, nextRefresh, REFRESH_MS, RETRY_MS, supersedes } from './refresh-plan.ts';

/** A log that can have filters, with all its shards: its service and who signs for it. */
export interface FilterLog {
  readonly base: string;
  readonly key: NoteKey;
}

interface Kept {
  /** The newest list whose filters are all here, as it was signed. */
  readonly note?: string;
  /** When it was last asked for, and when to ask for the next one: milliseconds since 1970. */
  readonly at: number;
  readonly next: number;
}

/** A log with its filters. */
export interface FilteredLog extends FilterLog {
  readonly manifest: FilterManifest;
  readonly filters: readonly Filter[];
}

const keyOf = ({ base, key }: FilterLog): string => `filters:${base} ${toHex(key.publicKey)}`;
const random = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] as number) / 2 ** 32;

/** The trusted logs whose service and registrar are known. */
export async function filterLogs(): Promise<FilterLog[]> {
  const logs = (await activeTrust()).flatMap(({ trust: { policy, registrars } }) =>
    policy.logs.flatMap(({ key, url }) => {
      const registrar = registrars.find(({ log }) => log === key.name);
      if (url === undefined || registrar === undefined) return [];
      return [{ base: serviceOf(url), key: manifestKey(key.name, registrar.publicKey) }];
    }),
  );
  return logs.filter((log, at) => logs.findIndex((other) => keyOf(other) === keyOf(log)) === at);
}

/** Parsed filters by digest: a page asks them all. */
const parsed = new Map<string, Filter>();

/** The filters of a log as they are kept; those that a reader's device has lost are left out. */
export async function loadFilters(log: FilterLog): Promise<FilteredLog | undefined> {
  const manifest = openKept(await loadStored<Kept>('local', keyOf(log)), log);
  if (manifest === undefined) return undefined;
  const filters: Filter[] = [];
  for (const { digest } of manifest.filters) {
    const filter = parsed.get(toHex(digest)) ?? (await parse(toHex(digest)));
    if (filter !== undefined) filters.push(filter);
  }
  return { ...log, manifest, filters };
}

async function parse(digest: string): Promise<Filter | undefined> {
  const filter = parseFilter((await loadFile(digest)) ?? new Uint8Array());
  if (!filter.ok) return undefined;
  parsed.set(digest, filter.value);
  return filter.value;
}

function openKept(kept: Kept | undefined, { key }: FilterLog): FilterManifest | undefined {
  const opened = openManifest(kept?.note ?? '', key);
  return opened.ok ? opened.value : undefined;
}

let running: Promise<void> = Promise.resolve();

/** One change of the filters at a time; one that fails is no reason not to try the next. */
function inTurn(step: () => Promise<void>): Promise<void> {
  running = running.then(step, step);
  return running;
}

/** Brings every log's filters up to date where that is due, or where the reader waits for it. */
export function refreshFilters(now: number, isUrgent = false): Promise<void> {
  return inTurn(async () => {
    const logs = await filterLogs();
    let changed = false;
    for (const log of logs) changed = (await refresh(log, now, isUrgent)) || changed;
    if (changed) await dropUnused(logs);
  });
}

async function refresh(log: FilterLog, now: number, isUrgent: boolean): Promise<boolean> {
  const kept = await loadStored<Kept>('local', keyOf(log));
  if (kept !== undefined && !isDue(kept, now, isUrgent)) return false;
  const note = await fetchList(log, openKept(kept, log));
  const next = nextRefresh(now, note === undefined ? RETRY_MS : REFRESH_MS, random);
  await saveStored('local', keyOf(log), { ...kept, ...(note !== undefined && { note }), at: now, next } satisfies Kept);
  return note !== undefined;
}

/** A newer list, once all of its filters that fit are here. */
async function fetchList({ base, key }: FilterLog, kept: FilterManifest | undefined): Promise<string | undefined> {
  const fetched = await fetchBounded(`${base}/v1/filters`, MAX_NOTE_LENGTH, 'text/plain', 'no-cache');
  const text = fetched.ok ? fromUtf8(fetched.bytes) : undefined;
  const opened = text === undefined ? undefined : openManifest(text, key);
  if (!opened?.ok || !supersedes(opened.value, kept)) return undefined;
  for (const entry of missing(opened.value, new Set(await listFiles()))) {
    if (!(await fetchFilter(base, entry))) return undefined;
  }
  return text;
}

async function fetchFilter(base: string, entry: FilterEntry): Promise<boolean> {
  const fetched = await fetchBounded(`${base}/v1/filters/${toBase64Url(entry.digest)}`, entry.size);
  if (!fetched.ok || !equalBytes(sha256(fetched.bytes), entry.digest)) return false;
  const filter = parseFilter(fetched.bytes);
  if (!filter.ok || filter.value.name !== entry.name) return false;
  return saveFile(toHex(entry.digest), fetched.bytes);
}

async function dropUnused(logs: readonly FilterLog[]): Promise<void> {
  const used = new Set<string>();
  for (const log of logs) {
    const manifest = openKept(await loadStored<Kept>('local', keyOf(log)), log);
    for (const { digest } of manifest?.filters ?? []) used.add(toHex(digest));
  }
  for (const digest of await listFiles()) {
    if (used.has(digest)) continue;
    parsed.delete(digest);
    await removeFile(digest);
  }
}

/** Forgets every filter; they are fetched again when a text is next to be found. */
export function clearFilters(): Promise<void> {
  return inTurn(async () => {
    await removeStored('local', (await filterLogs()).map(keyOf));
    await dropUnused([]);
  });
}
