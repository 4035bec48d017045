/** Files that survive a crash: either the old content or the new, never a part, and durable once the call has returned. */
import { link, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeThrough(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Replaces a file. Two replacements of one path must not run at once. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.next`;
  await writeThrough(next, text);
  await rename(next, path);
  await syncFolder(path);
}

/** Writes a file that does not exist yet; `false` where it does, which then stays as it is. */
export async function keepFirst(path: string, text: string): Promise<boolean> {
  const next = `${path}.next`;
  await writeThrough(next, text);
  try {
    await link(next, path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw cause;
  } finally {
    await unlink(next);
  }
  await syncFolder(path);
  return true;
}
