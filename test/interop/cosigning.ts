/** litewitness and omniwitness cosign our log, asked by our own client: growth, lost memory, refusals. */
import { toBase64 } from '#shared/bytes/base64.ts';
import { verifyCosignatures } from '#shared/log/cosignature.ts';
import { ED25519, encodeVkey, parseNote, verifyLines } from '#shared/log/note.ts';
import { tilePath } from '#shared/log/tile.ts';
import { parseWitnessRequest } from '#shared/log/witness-request.ts';
import { type AttestingLog, prepareLog, startAttestingLog } from './attesting-log.ts';
import { type ForeignWitness, startLitewitness, startOmniwitness } from './foreign-witnesses.ts';
import {
  type RecordedRefusal,
  type RecordedRound,
  WITNESS_NAMES,
  type WitnessName,
  writeRecording,
} from './recording.ts';
import type { Exchange } from './recording-proxy.ts';
import { refusals } from './refusals.ts';
import { must, once, type Step } from './steps.ts';
import { versionOf } from './tools.ts';

/** Our log and the two witnesses whose cosignatures it asks for; its quorum is both. */
export interface CosignedLog {
  readonly filled: AttestingLog;
  readonly litewitness: ForeignWitness;
  readonly omniwitness: ForeignWitness;
  readonly stop: () => Promise<void>;
}

async function startCosignedLog(): Promise<CosignedLog> {
  const { folder, key } = prepareLog();
  const [litewitness, omniwitness] = await Promise.all([startLitewitness(folder, key), startOmniwitness(folder, key)]);
  const stopWitnesses = () => Promise.all([litewitness.stop(), omniwitness.stop()]);
  try {
    const otherWitnesses = [litewitness, omniwitness].map((witness) => ({
      vkey: encodeVkey(witness.key),
      url: witness.proxy.url,
    }));
    const options = { witnesses: 0, otherWitnesses, quorum: 2 };
    const filled = await startAttestingLog({ folder, key }, options);
    const stop = async (): Promise<void> => {
      await stopWitnesses();
      await filled.stop();
    };
    return { filled, litewitness, omniwitness, stop };
  } catch (thrown) {
    await stopWitnesses();
    throw thrown;
  }
}

/** How many of the two have cosigned this checkpoint; every signature in it must hold. */
function cosignatures({ filled, litewitness, omniwitness }: CosignedLog, text: string): number {
  const note = parseNote(text);
  must(note.ok, 'the checkpoint is no note');
  must(verifyLines(note.value, filled.key, [ED25519])?.length === 1, "the log's own signature does not verify");
  const verified = verifyCosignatures(note.value, [litewitness.key, omniwitness.key]);
  must(verified.ok, 'a cosignature does not verify');
  return verified.value.length;
}

const ATTEMPTS = 5;

type Exchanges = Readonly<Record<WitnessName, readonly Exchange[]>>;

/** The exchanges since each witness had had so many. */
const exchangesSince = (world: CosignedLog, [lite, omni]: readonly number[]): Exchanges => ({
  litewitness: world.litewitness.proxy.exchanges.slice(lite),
  omniwitness: world.omniwitness.proxy.exchanges.slice(omni),
});

/** Grows the log by at least `entries` until a published checkpoint carries both cosignatures. */
async function grow(world: CosignedLog, entries: number): Promise<{ size: number; exchanges: Exchanges }> {
  const before = WITNESS_NAMES.map((name) => world[name].proxy.exchanges.length);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // A slow machine may miss the publisher's deadline; the next checkpoint asks again.
    await Promise.all(Array.from({ length: entries }, () => world.filled.attest('Growth.')));
    const checkpoint = await world.filled.checkpoint();
    if (cosignatures(world, checkpoint) === 2) {
      return { size: Number(checkpoint.split('\n')[1]), exchanges: exchangesSince(world, before) };
    }
  }
  throw new Error(`no checkpoint with both cosignatures in ${ATTEMPTS} attempts`);
}

const noteIn = ({ request }: Exchange): string => request.slice(request.indexOf('\n\n') + 2);
const statuses = (exchanges: readonly Exchange[]): string => exchanges.map(({ status }) => status).join(' ');

const oldSizes = ({ proxy }: ForeignWitness): number[] =>
  proxy.exchanges
    .filter(({ status }) => status === 200)
    .map(({ request }) => {
      const parsed = parseWitnessRequest(request);
      return parsed.ok ? parsed.value.oldSize : -1;
    });

async function growth(world: CosignedLog): Promise<string> {
  const sizes: number[] = [];
  for (const entries of [1, 3, 1, 9]) {
    sizes.push((await grow(world, entries)).size);
  }
  for (const name of WITNESS_NAMES) {
    const from = oldSizes(world[name]);
    must(from.includes(0), `${name}: no cosignature from size 0`);
    must(from.filter((old) => old > 0).length >= 3, `${name}: too few cosignatures with a proof`);
  }
  return `both cosigned sizes ${sizes.join(', ')}`;
}

/** Both cosign again after they were set back; each first answers 409 with the size it knows. */
async function setBack(world: CosignedLog): Promise<string> {
  const early = await world.filled.size();
  await Promise.all(WITNESS_NAMES.map((name) => world[name].backUp()));
  const { size } = await grow(world, 2);
  await Promise.all(WITNESS_NAMES.map((name) => world[name].restore()));
  const { exchanges } = await grow(world, 2);
  for (const name of WITNESS_NAMES) {
    const [first, second] = exchanges[name];
    must(first?.request.startsWith(`old ${size}\n`) === true, `${name}: not asked from the size it had`);
    must(first.status === 409, `${name}: answered ${statuses(exchanges[name])}`);
    must(first.contentType === 'text/x.tlog.size' && first.body === `${early}\n`, `${name}: 409 without its size`);
    must(
      second !== undefined && noteIn(second) === noteIn(first),
      `${name}: not asked again about the same checkpoint`,
    );
    must(second.request.startsWith(`old ${early}\n`), `${name}: not asked again from its size`);
    must(second.status === 200, `${name}: answered ${second.status} from its size`);
  }
  return `both from ${size} to ${early}: 409 with that size, asked again from there, cosigned`;
}

/** What our client sends stays far below the smallest limit; beyond it a witness refuses. */
async function requestSizes(world: CosignedLog): Promise<string> {
  const sent = WITNESS_NAMES.flatMap((name) => world[name].proxy.exchanges.map(({ request }) => request.length));
  const largest = Math.max(...sent);
  must(largest < 10 * 1024, `a request of ${largest} bytes`);
  const [{ request } = { request: '' }] = world.omniwitness.proxy.exchanges.slice(-1);
  const refused: string[] = [];
  for (const [name, limit] of [
    ['litewitness', 10],
    ['omniwitness', 16],
  ] as const) {
    const line = `— padding ${toBase64(new Uint8Array(72))}\n`;
    const body = request + line.repeat(Math.ceil((limit * 1024) / line.length));
    const { status } = await fetch(`${world[name].proxy.url}/add-checkpoint`, { method: 'POST', body });
    must(status !== 200, `${name}: took ${body.length} bytes`);
    refused.push(`${name} ${status} above ${limit} KiB`);
  }
  return `largest ${largest} bytes; ${refused.join(', ')}`;
}

async function leafHashes({ log, size }: AttestingLog): Promise<string[]> {
  const bytes = new Uint8Array(await (await fetch(`${log.logUrl}/log/${tilePath(0, 0, await size())}`)).arrayBuffer());
  return Array.from({ length: bytes.length / 32 }, (_, i) => toBase64(bytes.slice(i * 32, i * 32 + 32)));
}

/** Every checkpoint that was offered, in order. */
function rounds({ litewitness, omniwitness }: Exchanges): RecordedRound[] {
  const sizeOf = (exchange: Exchange): number => Number(noteIn(exchange).split('\n')[1]);
  const sizes = [...new Set([...litewitness, ...omniwitness].map(sizeOf))].sort((a, b) => a - b);
  return sizes.map((size) => {
    const about = (exchanges: readonly Exchange[]) => exchanges.filter((each) => sizeOf(each) === size);
    const round = { size, exchanges: { litewitness: about(litewitness), omniwitness: about(omniwitness) } };
    const complete = WITNESS_NAMES.every((name) => round.exchanges[name].at(-1)?.status === 200);
    must(complete, `size ${size} was not cosigned by both in time: nothing recorded, try again`);
    return round;
  });
}

async function record(world: CosignedLog, honest: Exchanges, refused: readonly RecordedRefusal[]): Promise<void> {
  const witness = (name: WitnessName) => ({ version: versionOf(name), vkey: encodeVkey(world[name].key) });
  writeRecording({
    about: 'Recorded on loopback by npm run interop -- --record, with keys made for that run.',
    log: encodeVkey(world.filled.key),
    witnesses: { litewitness: witness('litewitness'), omniwitness: witness('omniwitness') },
    leaves: await leafHashes(world.filled),
    rounds: rounds(honest),
    refusals: refused,
  });
}

/** Steps on one log; `recording` keeps what was said for `npm test`. */
export function cosigningSteps(
  keep: <T extends { stop: () => Promise<void> }>(started: Promise<T>) => Promise<T>,
  recording: boolean,
): Step[] {
  const cosigned = once(() => keep(startCosignedLog()));
  const needs = ['litewitness', 'omniwitness', 'ssh-agent'] as const;
  return [
    {
      name: 'litewitness and omniwitness cosign our log as it grows',
      needs,
      run: async () => growth(await cosigned()),
    },
    {
      name: 'witnesses restored from a backup are caught up',
      needs,
      run: async () => setBack(await cosigned()),
    },
    {
      name: 'checkpoints they must refuse get no cosignature',
      needs,
      run: async () => {
        const world = await cosigned();
        const honest = exchangesSince(world, [0, 0]);
        const refused = await refusals(world);
        if (recording) await record(world, honest, refused);
        return refused
          .map(({ what, exchanges }) => `${what}: ${WITNESS_NAMES.map((name) => statuses(exchanges[name])).join('/')}`)
          .join('; ');
      },
    },
    { name: 'our requests fit their limits', needs, run: async () => requestSizes(await cosigned()) },
  ];
}
