/** Brings the demonstration up: log and witnesses, issuer, attested works, magazine, extension. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTrailClient } from '../../sdk/index.ts';
import type { Article, Issued } from './article.ts';
import { articles } from './articles.ts';
import { buildExtension } from './extension.ts';
import { type Issuer, startIssuer } from './issuer.ts';
import { type LogServer, startLog } from './log.ts';
import { demoPicture } from './picture.ts';
import { type Publisher, startPublisher } from './publisher.ts';
import { freePort } from './serve.ts';
import { realTexts, sampleTexts } from './texts.ts';
import { type Work, works } from './works.ts';

const PORTS = { log: 8787, issuer: 8797, publisher: 8807 };

export interface Demo {
  readonly log: LogServer;
  readonly issuer: Issuer;
  readonly publisher: Publisher;
  readonly stories: readonly Article[];
  /** Folder of the built extension. */
  readonly extension: string;
  /** The trust document of the demo's log, a file. */
  readonly trust: string;
  /** Stops what was started, last first. */
  stop(): Promise<void>;
}

export interface DemoStart {
  /** Folder that holds the log, the keys and the built extension. */
  readonly state: string;
  readonly fresh: boolean;
  readonly texts?: string;
  readonly say: (line: string) => void;
}

const moved = (name: string, wanted: number, got: number): string =>
  wanted === got ? '' : ` (port ${wanted} is taken, so ${name} moved)`;

/** Outputs attested by earlier runs against the same log, by what is claimed about them. */
class Shelf {
  readonly #file: string;
  readonly #log: string;
  readonly #known: Record<string, string>;

  constructor(file: string, log: string) {
    this.#file = file;
    this.#log = log;
    this.#known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  }

  #key(work: Work, issuer: string): string {
    return createHash('sha256')
      .update(JSON.stringify([this.#log, issuer, work]))
      .digest('hex');
  }

  /** The trail of an earlier run, if the log still serves it. */
  async find(work: Work, issuer: string): Promise<Issued | undefined> {
    const id = this.#known[this.#key(work, issuer)];
    const trail = id === undefined ? undefined : await createTrailClient(this.#log).fetchTrail(id);
    if (id === undefined || trail?.ok !== true) return undefined;
    return {
      text: work.text,
      id,
      url: `${this.#log}/v1/trails/${id}`,
      page: `${this.#log}/t/${id}`,
      trail: trail.value,
    };
  }

  keep(work: Work, issuer: string, { id }: Issued): void {
    this.#known[this.#key(work, issuer)] = id;
    writeFileSync(this.#file, JSON.stringify(this.#known));
  }
}

async function attestAll(issuer: Issuer, shelf: Shelf, all: readonly Work[], say: DemoStart['say']) {
  const issued = new Map<string, Issued>();
  for (const work of all) {
    const known = work.key === 'current' ? await shelf.find(work, issuer.origin) : undefined;
    const trail = known ?? (await issuer.attest(work));
    if (known === undefined) shelf.keep(work, issuer.origin, trail);
    issued.set(work.text.id, trail);
    const claimed = `${work.by === 'self' ? '' : `, ${work.by}`}${work.key === 'retired' ? ', with the key that will be retired' : ''}`;
    const done = known ? 'kept    ' : 'attested';
    say(`  ${done} ${trail.id.slice(0, 10)}…  ${work.text.id}: ${work.text.model.name}${claimed}`);
  }
  return issued;
}

/** Starts everything; when a step fails, what already runs is stopped before the error goes on. */
export async function startDemo({ state, fresh, texts, say }: DemoStart): Promise<Demo> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each().catch(() => undefined);
  };
  try {
    if (fresh) rmSync(state, { recursive: true, force: true });
    mkdirSync(state, { recursive: true });

    const port = await freePort(PORTS.log);
    say('starting the log and three demo witnesses (all on this machine, under one roof)');
    const log = await startLog({ port, state: join(state, 'log') });
    stops.push(() => log.stop());
    say(`log at ${log.base}${moved('the log', PORTS.log, port)}, witnesses ${log.witnesses.join(', ')}`);
    const trust = join(state, 'trust.json');
    writeFileSync(trust, log.trust);
    const building = buildExtension(trust, join(state, 'extension'));
    building.catch(() => undefined);

    const issuer = await startIssuer({ port: PORTS.issuer, log: log.base, state });
    stops.push(issuer.server.stop);
    say(`issuer at ${issuer.origin}${moved('the issuer', PORTS.issuer, issuer.server.port)}`);
    await issuer.publishKeys('both');
    say('the log has recorded the issuer’s keys');

    const samples = sampleTexts();
    const real = texts === undefined ? new Map<never, never>() : realTexts(texts);
    const all = works(samples, real);
    say(`attesting ${all.length} outputs${texts === undefined ? '' : `, some of them by known models from ${texts}`}`);
    const issued = await attestAll(issuer, new Shelf(join(state, 'works.json'), log.base), all, say);
    const run = await issuer.attestRun();
    say(`  attested ${run.issued.id.slice(0, 10)}…  a model run that readers can repeat`);
    const picture = await demoPicture();
    const pictured = { ...picture, issued: await issuer.attestPicture(picture) };
    say(`  attested ${pictured.issued.id.slice(0, 10)}…  a picture, computed just now`);
    await issuer.publishKeys('current');
    say('one key retired: the issuer no longer publishes it, and the log has recorded that');

    const dead = await freePort(8899);
    const deadUrl = `http://127.0.0.1:${dead}/v1/trails/${'A'.repeat(43)}`;
    const stories = articles({ samples, real, issued, deadUrl, run, picture: pictured });
    const publisher = await startPublisher(PORTS.publisher, stories);
    stops.push(publisher.server.stop);
    say(`magazine at ${publisher.origin}${moved('the magazine', PORTS.publisher, publisher.server.port)}`);
    const extension = await building;
    say(`extension built, trusting this log: ${extension}`);
    return { log, issuer, publisher, stories, extension, trust, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
