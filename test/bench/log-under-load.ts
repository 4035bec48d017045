/** A log under load: what it was asked, what it answered, and whether all of it is where it was promised. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { statementId } from '#shared/attestation/statement.ts';
import { readBundleFile, widthOf } from '#shared/log/log-files.ts';
import { parseTlogProof } from '#shared/log/proof.ts';
import { TILE_WIDTH } from '#shared/log/tile.ts';
import { parseTrail } from '#shared/trail/trail.ts';
import { fsck } from '../../sdk/fsck/fsck.ts';
import { httpLogSource } from '../../sdk/log/log-source.ts';
import { type IssuerOrigin, postJson } from '../support/worker-harness.ts';
import type { Attestation } from './attestations.ts';
import { type Load, load } from './load.ts';

/** Registers an issuer. */
export async function register(logUrl: string, issuer: IssuerOrigin): Promise<void> {
  const answer = await postJson(`${logUrl}/v1/issuers`, { origin: issuer.origin });
  if (answer.status !== 200) throw new Error(`registration: ${answer.status} ${await answer.text()}`);
}

/** Everything that was acknowledged, with the index it was given. */
export class Acknowledged {
  readonly #ids = new Map<number, string>();
  readonly #samples: string[] = [];

  get size(): number {
    return this.#ids.size;
  }

  /** Reads an answer for its index only, so that the load does not wait; every hundredth is kept and parsed at the end. */
  add(id: string, text: string, trail = (): string => text): void {
    const index = Number(/index ([0-9]+)/.exec(text)?.[1]);
    if (this.#ids.has(index)) throw new Error(`the index ${index} was given twice`);
    this.#ids.set(index, id);
    if (this.#ids.size % 100 === 0) this.#samples.push(trail());
  }

  /** Re-derives the log from its tiles; how many entries are not under the index they were given. */
  async missing(logUrl: string): Promise<number> {
    for (const text of this.#samples) {
      const trail = parseTrail(text);
      if (!trail.ok || !parseTlogProof(trail.value.proof).ok) throw new Error('an answer is not a trail');
    }
    const source = httpLogSource(`${logUrl}/log`);
    const checked = source && (await fsck(source));
    if (!source || !checked?.ok || checked.value.problems.length > 0) throw new Error('fsck found problems');
    let found = 0;
    for (let n = 0; n * TILE_WIDTH < checked.value.size; n++) {
      const bundle = await readBundleFile(source, n, widthOf(n, checked.value.size));
      if (!bundle.ok) throw new Error('a bundle could not be read');
      for (const [i, entry] of bundle.value.entries()) {
        if (this.#ids.get(n * TILE_WIDTH + i) === statementId(entry)) found++;
      }
    }
    return this.#ids.size - found;
  }
}

/** How much to submit: a count, or until a moment as `performance.now()` counts. */
export interface Amount {
  readonly count?: number;
  readonly until?: number;
  readonly parallel: number;
  readonly acknowledged?: Acknowledged;
  readonly each?: () => void;
}

/** Attestations of one request, as the log takes at most. */
export const BATCH = 64;

/** The same in batches; `parallel` batches are under way. Rates are of attestations. */
export async function submittedInBatches(logUrl: string, source: () => Attestation, amount: Amount): Promise<Load> {
  const { until = Number.POSITIVE_INFINITY, parallel, acknowledged, each } = amount;
  const batch = (): string => `{"attestations":[${Array.from({ length: BATCH }, () => source().body).join(',')}]}`;
  const done = await load({
    url: `${logUrl}/v1/attestations/batch`,
    headers: { 'content-type': 'application/json' },
    parallel,
    next: () => (performance.now() < until ? batch() : undefined),
    answered: (status, text) => {
      if (status !== 200) throw new Error(`answered ${status} ${text.slice(0, 200)}`);
      const { answers } = JSON.parse(text) as { answers: { id?: string; trail?: { proof: string } }[] };
      if (answers.length !== BATCH) throw new Error('not every attestation was answered');
      for (const answer of answers) {
        if (!answer.trail || answer.id === undefined) throw new Error(`refused: ${JSON.stringify(answer)}`);
        acknowledged?.add(answer.id, answer.trail.proof, () => JSON.stringify(answer.trail));
        each?.();
      }
    },
  });
  return { ...done, perSecond: done.perSecond * BATCH };
}

/** Submits attestations and holds the log to each answer: 201, and an index of its own. */
export async function submitted(logUrl: string, source: () => Attestation, amount: Amount): Promise<Load> {
  const { count = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY, parallel, acknowledged, each } = amount;
  let made = 0;
  const done = await load({
    url: `${logUrl}/v1/attestations`,
    headers: { 'content-type': 'application/json' },
    parallel,
    next: () => (made++ < count && performance.now() < until ? source().body : undefined),
    answered: (status, text) => {
      if (status !== 201) throw new Error(`answered ${status} ${text.slice(0, 200)}`);
      const statement = /^\{"trail":1,"statement":"([^"]+)"/.exec(text)?.[1] ?? '';
      acknowledged?.add(statementId(Buffer.from(statement, 'base64')), text);
      each?.();
    },
  });
  return done;
}

/** Resident memory of the largest workerd that this process started, in MiB. */
export function workerdMemory(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  const kilobytes = children.map((pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return /^Name:\s+workerd/m.test(status) ? Number(/^VmRSS:\s+([0-9]+) kB/m.exec(status)?.[1] ?? 0) : 0;
  });
  return Math.max(...kilobytes) / 1024;
}

/** Bytes of all files under a folder. */
export function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .reduce((bytes, file) => bytes + statSync(join(file.parentPath, file.name)).size, 0);
}
