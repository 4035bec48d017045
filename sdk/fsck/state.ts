/** What an interrupted fsck leaves for the next run. Its own file, read as strictly as anybody else's. */
import type { Hasher } from '#shared/hashing/hasher.ts';
import type { AuditFault } from '#shared/log/audit.ts';
import { DerivedTree } from '#shared/log/derived-tree.ts';

export interface FsckState {
  /** The checkpoint, as a signed note, that the run began with. */
  readonly checkpoint: string;
  /** Keys that the registrar's statements were checked with, as hex. */
  readonly registrars: readonly string[];
  readonly tree: DerivedTree;
  readonly entries: Readonly<Record<string, number>>;
  readonly problems: readonly AuditFault[];
  /** Index of the record that ended the shard, where it has been read. */
  readonly endedAt?: number;
}

export function encodeFsckState({ tree, ...state }: FsckState): string {
  return `${JSON.stringify({ fsck: 1, ...state, size: tree.size, edge: tree.saved() })}\n`;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isProblem = (value: unknown): value is AuditFault =>
  isRecord(value) && typeof value.where === 'string' && typeof value.what === 'string';

/** The state, or `undefined` where the text is not one. */
export function parseFsckState(text: string, hasher: Hasher): FsckState | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(document) || document.fsck !== 1) return undefined;
  const { checkpoint, registrars, size, edge, entries, problems, endedAt } = document;
  const tree = DerivedTree.resume(hasher, size, edge);
  if (tree === undefined || typeof checkpoint !== 'string' || !isRecord(entries)) return undefined;
  if (!Array.isArray(registrars) || !registrars.every((key) => typeof key === 'string')) return undefined;
  if (!Object.values(entries).every((count) => Number.isSafeInteger(count))) return undefined;
  if (!Array.isArray(problems) || !problems.every(isProblem)) return undefined;
  if (endedAt !== undefined && !Number.isSafeInteger(endedAt)) return undefined;
  const state = { checkpoint, registrars, tree, entries: entries as Record<string, number>, problems };
  return endedAt === undefined ? state : { ...state, endedAt: endedAt as number };
}
