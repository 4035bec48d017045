/** Bytes kept in memory up to a number of bytes. */

/** Bytes by name, the least recently read forgotten first. */
export class ByteCache {
  readonly #maxBytes: number;
  readonly #held = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(name: string): Uint8Array | undefined {
    const held = this.#held.get(name);
    if (!held) return undefined;
    this.#held.delete(name);
    this.#held.set(name, held);
    return held;
  }

  set(name: string, value: Uint8Array): void {
    this.#bytes += value.length - (this.#held.get(name)?.length ?? 0);
    this.#held.delete(name);
    this.#held.set(name, value);
    for (const [oldest, { length }] of this.#held) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#held.delete(oldest);
      this.#bytes -= length;
    }
  }
}
