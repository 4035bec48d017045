/**
 * What the command's exit status means. Append-only: scripts depend on it.
 *
 * | code | means |
 * |---|---|
 * | 0 | verified, clean or done; of `verify-fork`: the fork is proven |
 * | 1 | a bug in this program; please report it |
 * | 10 | invalid: a contradiction in the proof, a refusal by the log, or a log with two histories |
 * | 11 | unproven: nothing contradicts, but the proof is missing, unreachable or below the policy |
 * | 20 | unsupported: a newer format than this program knows |
 * | 30 | malformed input: an argument, a file or a trail that cannot be read |
 */
export const EXIT = { done: 0, bug: 1, invalid: 10, unproven: 11, unsupported: 20, malformed: 30 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * The command cannot go on, for a reason that the person at the terminal can act on.
 * The message says what is wrong, `advice` what to do about it.
 */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  readonly advice: string;

  constructor(exitCode: ExitCode, message: string, advice: string) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
    this.advice = advice;
  }
}
