/** Offers the witnesses checkpoints that no honest log makes, most signed by our log's own key, through our client. */
import { fromBase64 } from '#shared/bytes/base64.ts';
import { encodeCheckpoint, parseCheckpoint } from '#shared/log/checkpoint.ts';
import { encodeVkey, type Note, noteKey, parseNote, signNote } from '#shared/log/note.ts';
import { parsePolicy } from '#shared/log/policy.ts';
import { localKeys, publicKeyOf } from '../../worker/local/keys.ts';
import { collectCosignatures } from '../../worker/sequencer/collect-cosignatures.ts';
import type { CosignedLog } from './cosigning.ts';
import { type RecordedRefusal, WITNESS_NAMES } from './recording.ts';
import type { Exchange } from './recording-proxy.ts';
import { must } from './steps.ts';

const WRONG_ROOT = new Uint8Array(32).fill(7);
const OTHER_SEED = Buffer.alloc(32, 9).toString('base64');

function signed(origin: string, size: number, seed: string): Note {
  const text = encodeCheckpoint({ origin, size, root: WRONG_ROOT });
  const key = noteKey(origin, 1, publicKeyOf(seed));
  return { text, signatures: [signNote(text, { key, secretKey: fromBase64(seed) ?? new Uint8Array() })] };
}

/** Runs `body` and gives the names of the events it logged, instead of printing them. */
async function events(body: () => Promise<void>): Promise<string[]> {
  const { warn, error } = console;
  const seen: string[] = [];
  const collect = (line: string): void => {
    seen.push((JSON.parse(line) as { event: string }).event);
  };
  Object.assign(console, { warn: collect, error: collect });
  try {
    await body();
  } finally {
    Object.assign(console, { warn, error });
  }
  return seen;
}

/** Offers one note to both witnesses. */
async function offer(
  world: CosignedLog,
  {
    what,
    event,
    note,
    oldSize,
    proof,
  }: Omit<RecordedRefusal, 'exchanges'> & {
    readonly note: Note;
    readonly oldSize: number;
    readonly proof: readonly Uint8Array[];
  },
): Promise<RecordedRefusal> {
  const lines = WITNESS_NAMES.map(
    (name) => `witness ${name} ${encodeVkey(world[name].key)} ${world[name].proxy.url}\n`,
  );
  const policy = parsePolicy(`${lines.join('')}group both all ${WITNESS_NAMES.join(' ')}\nquorum both\n`);
  must(policy.ok, 'policy');
  const before = WITNESS_NAMES.map((name) => world[name].proxy.exchanges.length);
  const seen = await events(async () => {
    const collected = await collectCosignatures({
      note,
      size: oldSize + 1,
      policy: policy.value,
      deadlineMs: 10_000,
      fetch: (url, init) => fetch(url, init),
      consistency: async () => proof,
      knownSize: () => oldSize,
      learnSize: () => {},
    });
    must(!collected.quorum && collected.note.signatures.length === 1, `${what}: cosigned`);
  });
  must(seen.length === 2 && seen.every((each) => each === event), `${what}: our client reported ${seen.join(', ')}`);
  const [litewitness = [], omniwitness = []] = WITNESS_NAMES.map((name, i): readonly Exchange[] =>
    world[name].proxy.exchanges.slice(before[i]),
  );
  return { what, event, exchanges: { litewitness, omniwitness } };
}

/** Every refusal, in order; throws where one of the witnesses cosigned or our client took it for something else. */
export async function refusals(world: CosignedLog): Promise<RecordedRefusal[]> {
  const note = parseNote(await world.filled.checkpoint());
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note;
  must(checkpoint.ok, 'checkpoint');
  const { origin, size } = checkpoint.value;
  const seed = localKeys(world.filled.folder, 0).log;
  const fork = { event: 'fork-alarm', oldSize: size } as const;
  const refused = { event: 'witness-refused', oldSize: size, proof: [WRONG_ROOT] } as const;
  return [
    await offer(world, { ...fork, what: 'another root of the same size', note: signed(origin, size, seed), proof: [] }),
    await offer(world, {
      ...fork,
      what: 'a larger tree that does not hold the cosigned one',
      note: signed(origin, size + 1, seed),
      proof: [WRONG_ROOT],
    }),
    await offer(world, { ...refused, what: 'a signature of another key', note: signed(origin, size + 1, OTHER_SEED) }),
    await offer(world, { ...refused, what: 'an unknown log', note: signed('unknown.localhost/log', size + 1, seed) }),
  ];
}
