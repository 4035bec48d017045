/** The command and the yearly shards of a log: each is a log, and trust in one leads to the others. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeEach, describe, expect, test } from 'vitest';
import { Shards } from '../support/build-shards.ts';
import { keyPair } from '../support/build-trail.ts';
import { ShardsServer } from './support/shards-server.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

const schema = JSON.parse(readFileSync(new URL('../../sdk/cli/monitor.schema.json', import.meta.url), 'utf8'));
const matchesSchema = new Ajv2020({ strict: false }).compile(schema);

const TEXT = 'The tide follows the moon, and the moon does not mind.';
const ISSUER = 'https://issuer.test.example';

let folder: string;
let server: ShardsServer;
const at = (name: string): string => join(folder, name);
const base = (): string => server.shards.base;

function build(signer?: ReturnType<typeof keyPair>): Shards {
  return new Shards([2026, 2027], (world) => void world.issue(TEXT), signer && { signer });
}

beforeEach(() => {
  folder = temporaryFolder();
  server = new ShardsServer(build());
  for (const i of [0, 1]) writeFileSync(at(`trust-${i}.json`), server.shards.world(i).trustText());
  writeFileSync(at('shards.json'), server.shards.document());
});

describe('verify', () => {
  const trailOf = (i: number): string => {
    const world = server.shards.world(i);
    const entry = world.entries.find(({ passages }) => passages !== undefined);
    if (!entry) throw new Error('no output');
    writeFileSync(at('trail.json'), world.trailText(entry));
    return at('trail.json');
  };

  test.each([
    [0, 1],
    [1, 0],
  ])('with trust in shard %i, a trail of shard %i counts once the shard document is given', async (trusted, read) => {
    const asked = ['verify', trailOf(read), '--policy', at(`trust-${trusted}.json`)];
    expect(await witnessmark(asked)).toMatchObject({ code: 11, out: expect.stringContaining('log-unknown') });
    expect(await witnessmark([...asked, '--shards', at('shards.json')])).toMatchObject({ code: 0, requests: [] });
    const address = `${base()}/.well-known/witnessmark-shards`;
    expect(await witnessmark([...asked, '--shards', address], { fetch: server.fetch })).toMatchObject({ code: 0 });
  });

  test('a document that is refused adds nothing, and says why', async () => {
    writeFileSync(at('shards.json'), build(keyPair('thief')).document());
    const asked = ['verify', trailOf(1), '--policy', at('trust-0.json'), '--shards', at('shards.json')];
    expect(await witnessmark(asked)).toMatchObject({ code: 11, err: expect.stringContaining('shards-unsigned') });
  });
});

describe('fsck', () => {
  const fsck = (i: number, year: number) =>
    witnessmark(['fsck', `${base()}/log/${year}`, '--policy', at(`trust-${i}.json`), '--json', '--quiet'], {
      fetch: server.fetch,
    });

  test('checks any shard by its address', async () => {
    for (const [i, year] of [2026, 2027].entries()) {
      const { code, out } = await fsck(i, year);
      expect(JSON.parse(out)).toMatchObject({ verdict: 'verified', problems: [] });
      expect(code).toBe(0);
    }
  });

  test('finds what stands after the end of a shard', async () => {
    server.shards.world(0).issue('one more');
    const { code, out } = await fsck(0, 2026);
    expect(JSON.parse(out).problems).toEqual([{ where: 'entry 5', what: 'after the end of the shard at 4' }]);
    expect(code).toBe(10);
  });
});

describe('monitor', () => {
  /** One look at the first shard's address; what it says without what every line has. */
  async function look(): Promise<{ code: number; events: Record<string, unknown>[] }> {
    const asked = ['monitor', `${base()}/log/2026`, '--policy', at('trust-0.json'), '--state', at('state'), '--once'];
    const { code, out } = await witnessmark([...asked, '--issuer', ISSUER], { fetch: server.fetch });
    const lines = out.split('\n').filter((line) => line !== '');
    return {
      code,
      events: lines.map((line) => {
        const { format: _, at: __, ...event } = JSON.parse(line);
        expect(matchesSchema(JSON.parse(line)), `${line} ${JSON.stringify(matchesSchema.errors)}`).toBe(true);
        return event;
      }),
    };
  }
  const named = (events: readonly Record<string, unknown>[], name: string) =>
    events.filter(({ event }) => event === name);

  test('goes from the shard that has ended to the one that is open, and reads the first no more', async () => {
    const first = await look();
    expect(first.events.filter(({ event }) => event === 'problem')).toEqual([]);
    expect(first.code).toBe(0);
    expect(named(first.events, 'shard')).toEqual([
      expect.objectContaining({ origin: 'log.test.example/log/2026', state: 'frozen', size: 5 }),
      expect.objectContaining({ origin: 'log.test.example/log/2027', state: 'open', log: `${base()}/log/2027` }),
    ]);
    expect(named(first.events, 'checkpoint')).toHaveLength(2);
    expect(named(first.events, 'alert')).toHaveLength(4);
    server.requests.length = 0;
    server.shards.world(1).issue('new in 2027');
    server.document = server.shards.document();
    const second = await look();
    expect(second.code).toBe(0);
    expect(named(second.events, 'shard')).toEqual([]);
    expect(second.events).toEqual([
      expect.objectContaining({ event: 'checkpoint', entries: 1 }),
      expect.objectContaining({ event: 'alert', index: 5, log: `${base()}/log/2027` }),
    ]);
    // Opening a log by what was typed asks for its checkpoint; nothing else of the ended shard is read.
    expect(server.requests.filter((path) => path.startsWith('log/2026/tile'))).toEqual([]);
  });

  test('a shard that goes on after its end is a problem', async () => {
    const { document } = server;
    server.shards.world(0).issue('one more');
    server.document = document;
    const { code, events } = await look();
    expect(code).toBe(10);
    expect(named(events, 'shard-continued')).toEqual([expect.objectContaining({ size: 6, finalSize: 5 })]);
  });

  test('a list that its registrar did not sign is not followed, and said', async () => {
    server.document = build(keyPair('thief')).document();
    const { code, events } = await look();
    expect(code).toBe(11);
    expect(events[0]).toMatchObject({ event: 'shards-refused', reason: 'shards-unsigned' });
    expect(named(events, 'checkpoint')).toHaveLength(1);
  });

  test('a log of one shard is looked at as ever', async () => {
    server.document = undefined;
    const { code, events } = await look();
    expect([code, events.length]).toEqual([0, 3]);
  });
});
