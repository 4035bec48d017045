/** An option that takes one of a few words. */
import { CommandFailure, EXIT } from './exit-codes.ts';

/** The word given, or `otherwise` where none was; fails with the list of those there are. */
export function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly T[],
  otherwise: T,
): T {
  if (value === undefined) return otherwise;
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw new CommandFailure(EXIT.malformed, `--${name} "${value}" is unknown`, `Give one of: ${allowed.join(', ')}.`);
}
