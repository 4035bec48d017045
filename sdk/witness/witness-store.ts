/**
 * A witness's memory in a folder: for each log the checkpoint it cosigned last, at `<hex SHA-256(origin)>/checkpoint`,
 * which is also what monitors are given, and beside it the first proof of a fork.
 *
 * What is stored was signed by the log and by this witness; anything else is refused, never taken for "nothing yet",
 * because a witness that forgets can be led to sign two histories.
 */
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8 } from '#shared/bytes/bytes.ts';
import { toHex } from '#shared/bytes/hex.ts';
import type { Alarm, Cosigned } from '#shared/log/add-checkpoint.ts';
import { openCheckpoint } from '#shared/log/checkpoint.ts';
import { verifyCosignatures } from '#shared/log/cosignature.ts';
import { encodeForkProof } from '#shared/log/fork-proof.ts';
import type { NoteKey } from '#shared/log/note.ts';
import { NOTE_ALGORITHMS } from '#shared/log/note-algorithms.ts';
import { keepFirst, replaceFile } from '../log/durable-file.ts';

/** What is remembered of a log; `at` is the time in the witness's own line, in Unix seconds. */
export interface Remembered extends Cosigned {
  readonly at: number;
}

/** The folder cannot be relied on; the message says why, for the operator. */
export class WitnessStoreError extends Error {}

/** The name of a log in addresses and in the folder. */
export const originHash = (origin: string): string => toHex(sha256(utf8(origin)));

const codeOf = (cause: unknown): unknown => (cause instanceof Error && 'code' in cause ? cause.code : undefined);

export class WitnessStore {
  private readonly folder: string;
  private readonly logs: readonly NoteKey[];
  private readonly witness: readonly NoteKey[];

  private constructor(folder: string, logs: readonly NoteKey[], witness: readonly NoteKey[]) {
    this.folder = folder;
    this.logs = logs;
    this.witness = witness;
  }

  /**
   * Opens the folder for this process alone and reads everything in it once.
   *
   * @throws WitnessStoreError where another process has it open or something in it is not what this witness stored
   */
  static async open(folder: string, logs: readonly NoteKey[], witness: readonly NoteKey[]): Promise<WitnessStore> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const store = new WitnessStore(folder, logs, witness);
    await store.lock();
    try {
      for (const { name } of logs) {
        await mkdir(store.path(name), { recursive: true });
        await store.load(name);
      }
    } catch (cause) {
      await store.close();
      throw cause;
    }
    return store;
  }

  /** @throws WitnessStoreError */
  async load(origin: string): Promise<Remembered | undefined> {
    let note: string;
    try {
      note = await readFile(this.path(origin, 'checkpoint'), 'utf8');
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') return undefined;
      throw cause;
    }
    for (const key of this.logs.filter(({ name }) => name === origin)) {
      // Any one key of each: what was stored before another was added is still what this witness cosigned.
      const opened = openCheckpoint(note, [key], NOTE_ALGORITHMS);
      const cosigned = opened.ok ? verifyCosignatures(opened.value.note, this.witness, NOTE_ALGORITHMS) : opened;
      const at = cosigned.ok ? cosigned.value[0]?.timestamp : undefined;
      if (opened.ok && at !== undefined) return { ...opened.value.checkpoint, note, at };
    }
    throw new WitnessStoreError(
      `${this.path(origin, 'checkpoint')} is not a checkpoint of ${origin} that this witness cosigned`,
    );
  }

  /** Durable once this has returned. Calls for one log must not overlap. */
  save(origin: string, next: Cosigned): Promise<void> {
    return replaceFile(this.path(origin, 'checkpoint'), next.note);
  }

  /** Keeps the first proof of each kind, so that nobody can fill the disk; answers where it lies. */
  async saveAlarm(origin: string, { state, proof }: Alarm): Promise<string> {
    const path = this.path(origin, state === 'fork' ? 'fork-proof.json' : 'unproven.json');
    await keepFirst(path, encodeForkProof(proof));
    return path;
  }

  /** Lets another process have the folder. */
  close(): Promise<void> {
    return rm(join(this.folder, 'lock'), { force: true });
  }

  private path(origin: string, file = ''): string {
    return join(this.folder, originHash(origin), file);
  }

  private async lock(): Promise<void> {
    const path = join(this.folder, 'lock');
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        const file = await open(path, 'wx', 0o600);
        await file.writeFile(`${process.pid}\n`);
        return await file.close();
      } catch (cause) {
        if (codeOf(cause) !== 'EEXIST') throw cause;
      }
      const holder = Number(await readFile(path, 'utf8').catch(() => ''));
      if (runs(holder)) throw new WitnessStoreError(`process ${holder} is using ${this.folder}`);
      // Left behind by a process that was killed.
      await rm(path, { force: true });
    }
    throw new WitnessStoreError(`another process is using ${this.folder}`);
  }
}

function runs(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid < 1 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return codeOf(cause) === 'EPERM';
  }
}
