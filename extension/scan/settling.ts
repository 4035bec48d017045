/** When text that changed is taken to be finished: soon on a calm page, after a pause where something is still being written. */

const CALM_MS = 50;
const BUSY_MS = 700;
/** So many changes within a second: somebody, or something, is writing. */
const BUSY_CHANGES = 4;
const BUSY_WITHIN_MS = 1000;

/** Follows the changes of one page. */
export class Settling {
  readonly #times: number[] = [];
  readonly #changedAt = new WeakMap<Element, number>();

  /** The page changed. */
  note(now: number): void {
    this.#times.push(now);
    if (this.#times.length > BUSY_CHANGES) this.#times.shift();
  }

  /** A block changed, or came to the page. */
  touch(block: Element, now: number): void {
    this.#changedAt.set(block, now);
  }

  /** When a block changed last; 0 where it stood there unchanged. */
  since(block: Element): number {
    return this.#changedAt.get(block) ?? 0;
  }

  /** Whether somebody, or something, is writing. */
  isBusy(now: number): boolean {
    const [oldest = 0] = this.#times;
    return this.#times.length === BUSY_CHANGES && now - oldest < BUSY_WITHIN_MS;
  }

  /** Milliseconds until a block counts as finished; 0 or less if it does. */
  left(block: Element, now: number): number {
    const changed = this.#changedAt.get(block);
    return changed === undefined ? 0 : (this.isBusy(now) ? BUSY_MS : CALM_MS) - (now - changed);
  }
}
