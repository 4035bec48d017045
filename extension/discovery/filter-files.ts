/** Filters on this device, by digest: IndexedDB, because the browser's small storage holds text of ten megabytes at most. */

const DATABASE = 'filters';
const STORE = 'files';

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Runs one request; what the device refuses (no space, private window) counts as not stored. */
async function run<T>(
  mode: 'readonly' | 'readwrite',
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  try {
    const database = await open();
    try {
      return await new Promise<T>((resolve, reject) => {
        const transaction = database.transaction(STORE, mode);
        const request = ask(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
        transaction.onerror = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

/** The digests of what is kept. */
export async function listFiles(): Promise<string[]> {
  return ((await run('readonly', (store) => store.getAllKeys())) ?? []).map(String);
}

/** The bytes of a filter, if they are kept. */
export async function loadFile(digest: string): Promise<Uint8Array | undefined> {
  const found: unknown = await run('readonly', (store) => store.get(digest));
  return found instanceof Uint8Array ? found : undefined;
}

/** Keeps a filter; says whether it is kept. */
export async function saveFile(digest: string, bytes: Uint8Array): Promise<boolean> {
  return (await run('readwrite', (store) => store.put(bytes, digest))) !== undefined;
}

/** Removes a filter. */
export async function removeFile(digest: string): Promise<void> {
  await run('readwrite', (store) => store.delete(digest));
}
