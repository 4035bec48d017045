/** Small typed items in the browser's storage, each with a version: another version reads as absent. */
import { browser } from '../platform.ts';

type Area = 'local' | 'session';

interface Versioned {
  readonly v: number;
  readonly value: unknown;
}

/** Reads an item, or nothing when absent or written by another version. */
export async function loadStored<T>(area: Area, key: string, version = 1): Promise<T | undefined> {
  const found: unknown = (await browser.storage[area].get(key))[key];
  if (typeof found !== 'object' || found === null || (found as Versioned).v !== version) return undefined;
  return (found as Versioned).value as T;
}

/** Writes an item; what cannot be written (quota) is lost, and the caller goes on without it. */
export async function saveStored(area: Area, key: string, value: unknown, version = 1): Promise<boolean> {
  try {
    await browser.storage[area].set({ [key]: { v: version, value } satisfies Versioned });
    return true;
  } catch {
    return false;
  }
}

/** Removes items. */
export async function removeStored(area: Area, keys: readonly string[]): Promise<void> {
  await browser.storage[area].remove([...keys]);
}

let queue: Promise<unknown> = Promise.resolve();

/** Runs read-modify-write steps one after the other, so that two of them never lose an update. */
export function inOrder<T>(step: () => Promise<T>): Promise<T> {
  const next = queue.then(step, step);
  queue = next.catch(() => undefined);
  return next;
}
