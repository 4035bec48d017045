/**
 * Trust policies: which logs are accepted, and which witnesses must have cosigned.
 *
 * In scope: the policy file and its quorum. Not checked here: signatures (`checkpoint.ts`, `cosignature.ts`). A policy
 * comes from the verifying side, but may be pasted by a user or fetched, so it is read like any hostile text.
 *
 * @see https://c2sp.org/tlog-policy
 */

import { parseDecimal } from '../bytes/decimal.ts';
import { toHex } from '../bytes/hex.ts';
import { err, ok, type Result } from '../result.ts';
import { type NoteKey, parseVkey } from './note.ts';

/** Longest policy read, in UTF-16 code units. */
export const MAX_POLICY_LENGTH = 262_144;

/** A log whose checkpoints are accepted; `key.name` is its origin. */
export interface PolicyLog {
  readonly key: NoteKey;
  readonly url?: string;
}

/** A witness; `name` has meaning only inside the policy. */
export interface PolicyWitness {
  readonly name: string;
  readonly key: NoteKey;
  readonly url?: string;
}

/** Met when at least `threshold` of its members (witnesses or earlier groups) are met. */
export interface PolicyGroup {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

/** A whole policy; `quorum` names a witness or group, or is `none`. */
export interface Policy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  readonly quorum: string;
}

/** Builds a policy line by line; a method answers what is wrong with its line, or nothing. */
class PolicyReader {
  readonly logs: PolicyLog[] = [];
  readonly witnesses: PolicyWitness[] = [];
  readonly groups: PolicyGroup[] = [];
  quorum: string | undefined;
  private readonly names = new Set<string>();
  private readonly grouped = new Set<string>();

  line(words: readonly string[]): string | undefined {
    const [keyword, ...rest] = words;
    if (keyword === 'log') return this.log(rest);
    if (keyword === 'witness') return this.witness(rest);
    if (keyword === 'group') return this.group(rest);
    if (keyword === 'quorum') return this.quorumLine(rest);
    return 'unknown keyword';
  }

  private log([vkey = '', url, ...more]: readonly string[]): string | undefined {
    const key = parseVkey(vkey);
    if (more.length > 0 || !key.ok || key.value.type === 4) return 'log: not a log key and an optional address';
    if (this.logs.some((log) => samePublicKey(log.key, key.value))) return 'log: duplicate public key';
    this.logs.push(url === undefined ? { key: key.value } : { key: key.value, url });
    return undefined;
  }

  private witness([name = '', vkey = '', url, ...more]: readonly string[]): string | undefined {
    const key = parseVkey(vkey);
    if (more.length > 0 || !key.ok || key.value.type === 1) return 'witness: not a name, a witness key and an address';
    if (this.witnesses.some((witness) => samePublicKey(witness.key, key.value))) return 'witness: duplicate public key';
    if (!this.define(name)) return 'witness: name already used';
    this.witnesses.push(url === undefined ? { name, key: key.value } : { name, key: key.value, url });
    return undefined;
  }

  private group([name = '', count = '', ...members]: readonly string[]): string | undefined {
    const threshold = count === 'all' ? members.length : count === 'any' ? 1 : parseDecimal(count);
    if (threshold === undefined || threshold < 1 || threshold > members.length) return 'group: impossible threshold';
    for (const member of members) {
      if (!this.names.has(member)) return 'group: member not defined before';
      if (this.grouped.has(member)) return 'group: member already in a group';
      this.grouped.add(member);
    }
    if (!this.define(name)) return 'group: name already used';
    this.groups.push({ name, threshold, members });
    return undefined;
  }

  private quorumLine([name = '', ...more]: readonly string[]): string | undefined {
    if (more.length > 0 || this.quorum !== undefined) return 'quorum: not exactly one name';
    if (name !== 'none' && !this.names.has(name)) return 'quorum: name not defined before';
    this.quorum = name;
    return undefined;
  }

  private define(name: string): boolean {
    if (name === 'none' || this.names.has(name)) return false;
    this.names.add(name);
    return true;
  }
}

const samePublicKey = (a: NoteKey, b: NoteKey): boolean => toHex(a.publicKey) === toHex(b.publicKey);

/**
 * Reads a policy file. Attacker-controlled input; at most MAX_POLICY_LENGTH code units.
 *
 * @returns `policy-malformed`, with the number of the line and what is wrong with it
 * @see https://c2sp.org/tlog-policy#policy-file-syntax-and-structure
 * @example
 * import { parsePolicy } from '#shared/log/policy.ts';
 * parsePolicy('quorum none\n').value.quorum; // => 'none'
 * parsePolicy('quorum w1\n').reason; // => 'policy-malformed'
 */
export function parsePolicy(text: string): Result<Policy, 'policy-malformed'> {
  if (text.length > MAX_POLICY_LENGTH) return err('policy-malformed', 'too large');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text) || !text.isWellFormed()) {
    return err('policy-malformed', 'control characters');
  }
  const lines = text.split('\n');
  if (lines.pop() !== '') return err('policy-malformed', 'last line without a newline');
  const reader = new PolicyReader();
  for (const [index, line] of lines.entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length === 0 || words[0]?.startsWith('#')) continue;
    const fault = reader.line(words);
    if (fault !== undefined) return err('policy-malformed', `line ${index + 1}: ${fault}`);
  }
  const { logs, witnesses, groups, quorum } = reader;
  if (quorum === undefined) return err('policy-malformed', 'no quorum line');
  return ok({ logs, witnesses, groups, quorum });
}

/**
 * Whether the witnesses that cosigned meet the policy's quorum. Witnesses are told by public key; order, duplicates
 * and keys the policy does not know change nothing.
 *
 * @param cosigned - keys whose cosignature on the checkpoint was verified
 * @example
 * import { parsePolicy, quorumMet } from '#shared/log/policy.ts';
 * quorumMet(parsePolicy('quorum none\n').value, []); // => true
 */
export function quorumMet(policy: Policy, cosigned: readonly NoteKey[]): boolean {
  if (policy.quorum === 'none') return true;
  const keys = new Set(cosigned.map((key) => toHex(key.publicKey)));
  const met = new Set(policy.witnesses.filter(({ key }) => keys.has(toHex(key.publicKey))).map(({ name }) => name));
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => met.has(member)).length >= threshold) met.add(name);
  }
  return met.has(policy.quorum);
}
