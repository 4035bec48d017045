/** What the audit says, in plain words. */

import type { AuditFault } from '#shared/log/audit.ts';
import type { ReadCheckpoint } from '#shared/trust/read-checkpoint.ts';
import type { AuditAnswer, AuditProgress } from './audit-log.ts';

const count = (n: number): string => Math.round(n).toLocaleString('en');
export const entriesWords = (n: number): string => (n === 1 ? '1 entry' : `${count(n)} entries`);

const ENGINES: Record<AuditProgress['engine'], string> = {
  simd: 'WebAssembly with SIMD',
  scalar: 'WebAssembly',
  noble: 'JavaScript',
};

/** `of` is the size of the log. */
export function progressWords({ entries, bytes, nodes, seconds, engine }: AuditProgress, of: number): string {
  const megabytes = (bytes / 1_000_000).toFixed(1);
  const rate = seconds > 0 ? count(nodes / seconds) : '0';
  return `${count(entries)} of ${entriesWords(of)} · ${megabytes} MB · ${rate} tree nodes/s (${ENGINES[engine]})`;
}

/** Who signed the state that the audit compares with. */
export function signedWords({ checkpoint, quorum, witnesses }: ReadCheckpoint): string {
  const seen =
    quorum === 'passed'
      ? `cosigned by ${witnesses.join(', ') || 'nobody, as its trust settings allow'}`
      : 'not cosigned by enough witnesses';
  return `The log signed ${entriesWords(checkpoint.size)}; ${seen}. The signature was checked in this page.`;
}

/** The file whose entry is proven to be another than the signed one. */
const CHANGED = /^entry [0-9]+ is not the one that was signed$/;

/** A wrong tile misleads who reads it; wrong entries are another log than the signed one. */
const isTile = ({ where }: AuditFault): boolean => /^tile\/[0-9]/.test(where);

export function answerWords(answer: AuditAnswer, size: number, throughTrail: boolean): string {
  switch (answer.end) {
    case 'holds': {
      const through = throughTrail ? ', and its history leads through the state this trail was proven in' : '';
      return `The whole log holds: ${entriesWords(size)}, hashed in this page, give the root that the log signed${through}.`;
    }
    case 'faults': {
      if (answer.faults.every(isTile) && answer.more === 0) {
        return 'The entries are the ones the log signed, but tiles made from them are wrong.';
      }
      const changed = answer.faults.find(({ what }) => CHANGED.test(what));
      const where = changed ? ` In ${changed.where}, ${changed.what}.` : '';
      return `The log does not hold: what it serves is not what it signed.${where}`;
    }
    case 'unreachable':
      return `The log stopped answering, so nothing is known about the rest: ${answer.detail}.`;
    case 'failed':
      return 'The audit could not run in this browser, so nothing is known.';
  }
}

const FAULTS: Readonly<Record<string, string>> = {
  'root-mismatch': 'the entries do not give the root that the log signed',
  'bundle-malformed': 'is no bundle of entries',
  missing: 'is not served',
  'too few entries': 'holds too few entries',
  'too many entries': 'holds too many entries',
};

/** A fault's second half; the first is the file's name. */
export const faultWords = ({ what }: AuditFault): string => FAULTS[what] ?? what;
