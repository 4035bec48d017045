/** Reading and writing the files that commands name, with bounds and with errors a person can act on. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { CommandFailure, EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

const because = (cause: unknown): string => {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'permission is denied';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EEXIST') return 'it exists already';
  return cause instanceof Error ? cause.message : String(cause);
};

/** Terminals whose standard input has been read: it holds one thing. */
const emptied = new WeakSet<Terminal>();

/**
 * Bytes of a file, or of standard input for `-`.
 *
 * @param what - names the thing in error messages, such as `the trail`
 * @param maxBytes - larger input is refused before it is read
 */
export async function readInput(path: string, what: string, maxBytes: number, terminal: Terminal): Promise<Uint8Array> {
  const tooLarge = () =>
    new CommandFailure(EXIT.malformed, `${what} is larger than ${maxBytes} bytes`, 'Check that it is the right file.');
  if (path === '-') {
    if (emptied.has(terminal)) {
      throw new CommandFailure(
        EXIT.malformed,
        `standard input cannot be ${what} as well`,
        'Give all but one of them as files.',
      );
    }
    emptied.add(terminal);
    const bytes = await terminal.readStdin(maxBytes);
    if (bytes.length > maxBytes) throw tooLarge();
    return bytes;
  }
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const { size } = await handle.stat();
    if (size > maxBytes) throw tooLarge();
    const bytes = await handle.readFile();
    if (bytes.length > maxBytes) throw tooLarge();
    return new Uint8Array(bytes);
  } catch (cause) {
    if (cause instanceof CommandFailure) throw cause;
    throw new CommandFailure(
      EXIT.malformed,
      `cannot read ${what} "${path}": ${because(cause)}`,
      'Check the path, or give "-" for standard input.',
    );
  } finally {
    await handle?.close();
  }
}

/** UTF-8 text of a file or of standard input. */
export async function readTextInput(path: string, what: string, maxBytes: number, terminal: Terminal): Promise<string> {
  const bytes = await readInput(path, what, maxBytes, terminal);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CommandFailure(EXIT.malformed, `${what} "${path}" is not UTF-8 text`, 'Save it as UTF-8 and try again.');
  }
}

/** Writes a new file and never replaces one: a key or a proof that is overwritten is lost. */
export async function writeNewFile(path: string, bytes: Uint8Array | string, mode = 0o644): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'wx', mode);
    await handle.writeFile(bytes);
  } catch (cause) {
    throw new CommandFailure(
      EXIT.malformed,
      `cannot write "${path}": ${because(cause)}`,
      'Choose another name; existing files are never replaced.',
    );
  } finally {
    await handle?.close();
  }
}

/** Fails where `path` exists, before work is done whose result could then not be written. */
export async function refuseExisting(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return;
  throw new CommandFailure(
    EXIT.malformed,
    `cannot write "${path}": it exists already`,
    'Choose another name; existing files are never replaced.',
  );
}
