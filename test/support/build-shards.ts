/** A log of yearly shards in memory: each a {@link World}, frozen by its successor record, opened with the shard list. */

import { coseKey } from '#shared/attestation/key.ts';
import { treeRoot } from '#shared/log/merkle.ts';
import { encodeShardDocument } from '#shared/shards/shard-document.ts';
import {
  encodeShardList,
  encodeSuccessor,
  SHARD_LIST_MEDIA_TYPE,
  type Shard,
  type ShardName,
  SUCCESSOR_MEDIA_TYPE,
} from '#shared/shards/shard-list.ts';
import { type Entry, keyPair, TIME, World } from './build-trail.ts';

const HOST = 'log.test.example';

export interface ShardsOptions {
  readonly host?: string;
  /** Address of the service, whose `/log/<name>` the shards are. */
  readonly base?: string;
  readonly issuer?: string;
  /** Signs lists and ends in the registrar's place. */
  readonly signer?: ReturnType<typeof keyPair>;
}

/** See the file's header. */
export class Shards {
  readonly years: readonly number[];
  readonly worlds: readonly World[];
  /** The successor record of each frozen shard. */
  readonly ends: Entry[] = [];
  /** The list each shard but the first was opened with. */
  readonly lists: (Entry | undefined)[] = [];
  readonly base: string;
  readonly signer;

  /** `fill` is called with each shard before it is frozen. */
  constructor(
    years: readonly number[],
    fill: (world: World, year: number) => void = () => {},
    options: ShardsOptions = {},
  ) {
    this.years = years;
    this.signer = options.signer ?? keyPair('registrar');
    this.base = options.base ?? `https://${HOST}`;
    this.worlds = years.map(
      (year) =>
        new World({
          origin: `${options.host ?? HOST}/log/${year}`,
          base: this.base,
          addKey: false,
          logKey: `log ${year}`,
          ...(options.issuer !== undefined && { issuer: options.issuer }),
        }),
    );
    for (const [i, world] of this.worlds.entries()) {
      const list = i === 0 ? undefined : this.append(i, SHARD_LIST_MEDIA_TYPE, encodeShardList(this.listed(i)));
      this.lists.push(list);
      world.keyEvent({ action: 'add', key: coseKey(world.issuer.publicKey) });
      fill(world, years[i] ?? 0);
      if (i < years.length - 1) {
        this.ends.push(this.append(i, SUCCESSOR_MEDIA_TYPE, encodeSuccessor(this.nameOf(i + 1))));
      }
    }
  }

  world(i: number): World {
    const world = this.worlds[i];
    if (!world) throw new RangeError(`no shard ${i}`);
    return world;
  }

  nameOf(i: number): ShardName {
    const { origin, logKey, registrar, receipts } = this.world(i);
    const url = `${this.base}/log/${this.years[i]}`;
    return { origin, keys: [logKey], registrar: registrar.publicKey, receipts: receipts.publicKey, url };
  }

  /** The shards up to the i-th, which is the open one. */
  listed(i: number): Shard[] {
    return this.worlds.slice(0, i + 1).map((world, k) => {
      const shard = { ...this.nameOf(k), openedAt: TIME + k };
      return k === i ? shard : { ...shard, final: { size: world.entries.length, root: treeRoot(world.leaves()) } };
    });
  }

  /** Logs a record of the registrar's in the i-th shard. */
  append(i: number, preimageType: string, preimage: Uint8Array): Entry {
    const world = this.world(i);
    return world.append('epoch', preimage, preimageType, this.signer, world.registrarOrigin);
  }

  /** A record as it stands in a document. */
  logged(i: number, { index, statement, claim }: Entry, checkpoint = this.world(i).checkpoint()) {
    return { statement, claim, proof: this.world(i).proof(index, checkpoint) };
  }

  /** The document that the log serves; `logKey` signs the checkpoints in the place of each shard's own. */
  document({ cosigners, logKey }: { cosigners?: readonly string[]; logKey?: ReturnType<typeof keyPair> } = {}): string {
    const last = this.worlds.length - 1;
    const list = this.lists[last];
    if (!list) throw new RangeError('one shard has no list');
    const logged = (i: number, entry: Entry) => {
      const signing: World = Object.assign(Object.create(this.world(i)), logKey && { log: logKey });
      return this.logged(i, entry, signing.checkpoint(cosigners && { cosigners }));
    };
    return encodeShardDocument({ list: logged(last, list), ends: this.ends.map((end, i) => logged(i, end)) });
  }
}
