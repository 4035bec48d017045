/**
 * The outcome of reading or checking data that somebody else wrote.
 *
 * Hostile or malformed *data* gives a tagged reason, never an exception. A *caller's* mistake
 * (wrong type, impossible argument) throws `TypeError` or `RangeError` instead.
 */
export type Result<T, R extends string = string> = Ok<T> | Err<R>;

/** What was read or checked. */
export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

/** Why it was refused. */
export interface Err<R extends string = string> {
  readonly ok: false;
  /** Stable, machine-readable; append-only API. */
  readonly reason: R;
  /** For people and logs only; may quote attacker-controlled data, so escape before display. */
  readonly detail?: string;
}

/**
 * Wraps a value that was read or checked successfully.
 *
 * @example
 * import { ok } from '#shared/result.ts';
 * ok(1).value; // => 1
 */
export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });

/**
 * Wraps the reason why something was refused.
 *
 * @example
 * import { err } from '#shared/result.ts';
 * err('note-malformed').reason; // => 'note-malformed'
 */
export const err = <R extends string>(reason: R, detail?: string): Err<R> =>
  detail === undefined ? { ok: false, reason } : { ok: false, reason, detail };
