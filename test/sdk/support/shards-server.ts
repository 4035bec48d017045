/** Shards in memory as an HTTP service: their files, preimages and the document about them. */
import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64Url } from '../../../shared/bytes/base64.ts';
import { concatBytes, utf8 } from '../../../shared/bytes/bytes.ts';
import { encodeEntryBundle, entriesPath, tilePath } from '../../../shared/log/tile.ts';
import type { Shards } from '../../support/build-shards.ts';

/** A service that can be made to lie. */
export class ShardsServer {
  readonly shards: Shards;
  readonly requests: string[] = [];
  /** What it serves about its shards; nothing makes it a log of one. */
  document: string | undefined;

  constructor(shards: Shards) {
    this.shards = shards;
    this.document = shards.document();
  }

  readonly fetch: typeof fetch = async (input) => {
    const path = new URL(String(input)).pathname.slice(1);
    this.requests.push(path);
    const body = this.#answer(path);
    return new Response(body?.slice().buffer ?? null, { status: body ? 200 : 404 });
  };

  #answer(path: string): Uint8Array | undefined {
    if (path === '.well-known/witnessmark-shards') return this.document === undefined ? undefined : utf8(this.document);
    const [, digest] = /^v1\/claims\/(.*)$/.exec(path) ?? [];
    if (digest !== undefined) {
      const entries = this.shards.worlds.flatMap((world) => world.entries);
      return entries.find(({ claim }) => toBase64Url(sha256(claim)) === digest)?.claim;
    }
    const [, year, file] = /^log\/(\d+)\/(.*)$/.exec(path) ?? [];
    const world = this.shards.worlds[this.shards.years.indexOf(Number(year))];
    if (!world || file === undefined) return undefined;
    const size = world.entries.length;
    if (file === 'checkpoint') return utf8(world.checkpoint());
    if (file === tilePath(0, 0, size)) return concatBytes(...world.leaves());
    return file === entriesPath(0, size) ? encodeEntryBundle(world.entries.map((each) => each.statement)) : undefined;
  }
}
