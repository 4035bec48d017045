/** One comparison with a program of others: what it is called, what it needs, and what was seen when it held. */
import type { Tool } from './tools.ts';

export interface Step {
  readonly name: string;
  readonly needs: readonly Tool[];
  /** @returns the figures for the line of output; @throws Error saying what did not hold */
  readonly run: () => Promise<string>;
}

/** @throws Error with `what` unless `holds` */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** A value made on first use and shared by later steps; a failure is repeated, not tried again. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
