/**
 * Fork proofs: two signed checkpoints of one log that cannot be of one tree, in a file that convinces whoever has the
 * log's key and nothing else.
 *
 * In scope: the file, and what it proves. Of two checkpoints of one size, two roots are the proof. Of two sizes it is
 * what the larger root itself commits to: the root of its own first leaves, led by a consistency proof up to the larger
 * root, which is another root than the smaller checkpoint's. A consistency proof that merely fails proves nothing,
 * because anybody can make one; such a pair is *unproven*, not a fork. Not checked here: how the notes were obtained.
 */
import { toBase64 } from '../bytes/base64.ts';
import { type Bytes32, equalBytes } from '../bytes/bytes.ts';
import { isUnsigned } from '../bytes/decimal.ts';
import { err, ok, type Result } from '../result.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { EMPTY_ROOT, foldSubtrees, verifyConsistency } from './merkle.ts';
import { MAX_NOTE_LENGTH, type NoteAlgorithm, type NoteKey } from './note.ts';
import { MAX_PROOF_HASHES, parseHashLines } from './proof.ts';
import { consistencyRanges } from './subtree.ts';

/** Longest file read, in UTF-16 code units: two whole notes with every line break escaped, and 64 hashes. */
export const MAX_FORK_PROOF_LENGTH = 3 * MAX_NOTE_LENGTH;

/** What the larger of two checkpoints commits to about its first leaves, as many as the smaller one has. */
export interface ForkEvidence {
  /** Root of these leaves. */
  readonly prefix: Bytes32;
  /** Consistency proof from `prefix` to the larger root. */
  readonly proof: readonly Bytes32[];
}

/** Both notes verbatim; `kept` was known first. `at` is when they were found to differ, in Unix seconds. */
export interface ForkProof {
  readonly at: number;
  readonly kept: string;
  readonly offered: string;
  /** For two sizes; absent where the log did not serve it, which leaves the pair unproven. */
  readonly evidence?: ForkEvidence;
}

/** A fork that anybody can check: `same-size` by the notes alone, `other-prefix` by the evidence. */
export interface ProvenFork {
  readonly kind: 'same-size' | 'other-prefix';
  readonly kept: Checkpoint;
  readonly offered: Checkpoint;
}

/** Why a file was not read. */
export type ForkFileReason = 'fork-proof-too-large' | 'fork-proof-malformed' | 'fork-proof-unsupported';

/**
 * Why there is no proof of a fork. `fork-unproven`: both notes are genuine, and nothing shows that they cannot be of one
 * tree. The others refute the file: a note is not the log's, the two continue each other, the evidence does not hold.
 */
export type ForkReason = 'fork-note-refused' | 'fork-none' | 'fork-evidence-invalid' | 'fork-unproven';

/**
 * Writes the file, its one spelling; reading it back gives the same proof.
 *
 * @throws RangeError where a field cannot be written
 * @example
 * import { encodeForkProof } from '#shared/log/fork-proof.ts';
 * encodeForkProof({ at: 7, kept: 'a', offered: 'b' }); // => '{"forkProof":1,"at":7,"kept":"a","offered":"b"}\n'
 */
export function encodeForkProof({ at, kept, offered, evidence }: ForkProof): string {
  if (!isUnsigned(at)) throw new RangeError('at: not Unix seconds');
  if (kept.length > MAX_NOTE_LENGTH || offered.length > MAX_NOTE_LENGTH) throw new RangeError('a note is too long');
  if (evidence && (evidence.proof.length > MAX_PROOF_HASHES || evidence.prefix.length !== 32)) {
    throw new RangeError('evidence: more than 63 hashes, or a prefix that is none');
  }
  const written = evidence && { prefix: toBase64(evidence.prefix), proof: evidence.proof.map(toBase64) };
  return `${JSON.stringify({ forkProof: 1, at, kept, offered, ...written })}\n`;
}

/**
 * Reads the file. Attacker-controlled input; nothing is verified. Only the one spelling is accepted.
 *
 * @returns the proof; `fork-proof-too-large` (MAX_FORK_PROOF_LENGTH), `fork-proof-malformed`, or
 * `fork-proof-unsupported` for a newer format
 * @example
 * import { parseForkProof } from '#shared/log/fork-proof.ts';
 * parseForkProof('{"forkProof":1,"at":7,"kept":"a","offered":"b"}\n').value; // => { at: 7, kept: 'a', offered: 'b' }
 * parseForkProof('{"forkProof":2}\n').reason; // => 'fork-proof-unsupported'
 */
export function parseForkProof(text: string): Result<ForkProof, ForkFileReason> {
  if (text.length > MAX_FORK_PROOF_LENGTH) return err('fork-proof-too-large');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return err('fork-proof-malformed', 'not JSON');
  }
  if (typeof document !== 'object' || document === null) return err('fork-proof-malformed', 'not an object');
  const { forkProof, ...fields } = document as Record<string, unknown>;
  if (forkProof !== 1) {
    const newer = typeof forkProof === 'number' && forkProof > 1;
    return err(newer ? 'fork-proof-unsupported' : 'fork-proof-malformed', 'version');
  }
  const proof = readFields(fields);
  if (proof === undefined) return err('fork-proof-malformed', 'field');
  return encodeForkProof(proof) === text ? ok(proof) : err('fork-proof-malformed', 'not the canonical spelling');
}

function readFields({ at, kept, offered, prefix, proof }: Record<string, unknown>): ForkProof | undefined {
  if (typeof at !== 'number' || !isUnsigned(at) || typeof kept !== 'string' || typeof offered !== 'string') {
    return undefined;
  }
  if (kept.length > MAX_NOTE_LENGTH || offered.length > MAX_NOTE_LENGTH) return undefined;
  if (prefix === undefined && proof === undefined) return { at, kept, offered };
  if (typeof prefix !== 'string' || !Array.isArray(proof) || proof.length > MAX_PROOF_HASHES) return undefined;
  if (!proof.every((hash) => typeof hash === 'string')) return undefined;
  const [root] = parseHashLines([prefix]) ?? [];
  const hashes = parseHashLines(proof);
  return root && hashes && { at, kept, offered, evidence: { prefix: root, proof: hashes } };
}

/**
 * Whether two checkpoints of one origin cannot be of one tree. Nothing is asked about who signed them.
 *
 * @returns the kind of fork; `fork-none`, `fork-unproven`, `fork-evidence-invalid`
 * @example
 * import { contradict } from '#shared/log/fork-proof.ts';
 * import { leafHash } from '#shared/log/merkle.ts';
 * const [a, b] = [1, 2].map((byte) => ({ origin: 'log.example', size: 1, root: leafHash(Uint8Array.of(byte)) }));
 * contradict(a, b).value; // => 'same-size'
 * contradict(a, a).reason; // => 'fork-none'
 * contradict(a, { ...b, size: 2 }).reason; // => 'fork-unproven'
 */
export function contradict(
  a: Checkpoint,
  b: Checkpoint,
  evidence?: ForkEvidence,
): Result<ProvenFork['kind'], Exclude<ForkReason, 'fork-note-refused'>> {
  const [smaller, larger] = a.size <= b.size ? [a, b] : [b, a];
  const decided = smaller.size === larger.size || smaller.size === 0;
  if (decided && evidence !== undefined) return err('fork-evidence-invalid', 'these sizes need no evidence');
  if (smaller.size === larger.size) return equalBytes(a.root, b.root) ? err('fork-none') : ok('same-size');
  if (smaller.size === 0) return equalBytes(smaller.root, EMPTY_ROOT) ? err('fork-none') : ok('other-prefix');
  if (evidence === undefined) return err('fork-unproven');
  const { prefix, proof } = evidence;
  const sizes = { size1: smaller.size, size2: larger.size };
  const held = verifyConsistency({ ...sizes, root1: prefix, root2: larger.root, proof });
  if (!held.ok) return err('fork-evidence-invalid', held.reason);
  return equalBytes(prefix, smaller.root) ? err('fork-none') : ok('other-prefix');
}

/**
 * Holds when the log whose `keys` these are signed both notes and they cannot be of one tree. Attacker-controlled input.
 *
 * @param keys - as for `openCheckpoint`: the log's name is their name, and each type among them has signed both
 * @param algorithms - beside Ed25519, such as `NOTE_ALGORITHMS`
 * @returns the fork or a ForkReason
 * @example
 * import { verifyForkProof } from '#shared/log/fork-proof.ts';
 * import { noteKey } from '#shared/log/note.ts';
 * const key = noteKey('log.example', 1, new Uint8Array(32));
 * verifyForkProof({ at: 7, kept: 'a', offered: 'b' }, [key]).reason; // => 'fork-note-refused'
 */
export function verifyForkProof(
  proof: ForkProof,
  keys: readonly NoteKey[],
  algorithms: readonly NoteAlgorithm[] = [],
): Result<ProvenFork, ForkReason> {
  const kept = openCheckpoint(proof.kept, keys, algorithms);
  if (!kept.ok) return err('fork-note-refused', `kept: ${kept.reason}`);
  // Two logs are no fork of each other.
  const same = keys.filter(({ name }) => name === kept.value.checkpoint.origin);
  const offered = openCheckpoint(proof.offered, same, algorithms);
  if (!offered.ok) return err('fork-note-refused', `offered: ${offered.reason}`);
  const found = contradict(kept.value.checkpoint, offered.value.checkpoint, proof.evidence);
  if (!found.ok) return found;
  return ok({ kind: found.value, kept: kept.value.checkpoint, offered: offered.value.checkpoint });
}

/**
 * The evidence inside a consistency proof that failed: the prefix it leads from. `undefined` where the proof does not
 * hold the prefix (sizes that are a power of two: the smaller root itself stands for it) or has another length. What
 * comes out is only a candidate for `contradict`.
 *
 * @example
 * import { evidenceIn } from '#shared/log/fork-proof.ts';
 * import { consistencyProof, leafHash, treeRoot } from '#shared/log/merkle.ts';
 * const leaves = [1, 2, 3, 4, 5].map((byte) => leafHash(Uint8Array.of(byte)));
 * evidenceIn(consistencyProof(leaves, 3), 3, 5).prefix; // => treeRoot(leaves.slice(0, 3))
 * evidenceIn(consistencyProof(leaves, 4), 4, 5) ?? 'none'; // => 'none'
 */
export function evidenceIn(proof: readonly Bytes32[], size1: number, size2: number): ForkEvidence | undefined {
  if (!isUnsigned(size1) || !isUnsigned(size2) || size1 > size2) return undefined;
  const ranges = consistencyRanges(size1, size2);
  const left = proof.filter((_, i) => (ranges[i]?.start ?? size1) < size1);
  if (left.length === 0 || proof.length !== ranges.length) return undefined;
  return { prefix: foldSubtrees(left.toReversed()), proof };
}
