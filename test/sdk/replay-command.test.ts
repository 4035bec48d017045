import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { KNOWN_ANSWERS } from '#shared/evidence/replay/known-answer/known-answer.ts';
import { encodeRecipe, type Recipe } from '#shared/evidence/replay/recipe.ts';
import { type RecordedRun, recordRun } from '#shared/evidence/replay/record.ts';
import { RUNTIMES } from '#shared/evidence/replay/runtimes.ts';
import { createNodeEngine } from '../../sdk/replay/node-engine.ts';
import { LOG_ADDRESS, MemoryLog } from './support/memory-log.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const log = new MemoryLog();
const [answer] = KNOWN_ANSWERS;
const [runtime] = RUNTIMES;
if (answer === undefined || runtime === undefined) throw new Error('nothing to replay');
const MODEL = fileURLToPath(new URL(`../../shared/evidence/replay/known-answer/${answer.file}`, import.meta.url));
let run: RecordedRun;

/** Issues a trail whose evidence is this recipe and gives its file. */
async function issued(name: string, recipe: Recipe, text: Uint8Array = run.output.bytes): Promise<string> {
  writeFileSync(at(`${name}.recipe`), encodeRecipe(recipe));
  writeFileSync(at(`${name}.txt`), text);
  const { code, err } = await witnessmark(
    [
      ...['issue', '--text', at(`${name}.txt`), '--key', at('key'), '--issuer', 'https://example.com'],
      ...['--log', LOG_ADDRESS, '--model', 'example.com/cnn', '--level', 'replayable'],
      ...['--recipe', at(`${name}.recipe`), '--out', at(`${name}.json`)],
    ],
    { fetch: log.fetch },
  );
  expect([code, err]).toEqual([0, '']);
  return at(`${name}.json`);
}

beforeAll(async () => {
  writeFileSync(at('trust'), log.trust());
  await witnessmark(['keygen', '--out', at('key'), '--key-set', at('keys')]);
  log.keySet = new Uint8Array(readFileSync(at('keys')));
  const register = ['register', '--key', at('key'), '--issuer', 'https://example.com', '--log', LOG_ADDRESS];
  await witnessmark(register, { fetch: log.fetch });
  const { name, dtype, dims, source } = answer.input;
  run = await recordRun(
    {
      model: new Uint8Array(readFileSync(MODEL)),
      url: 'https://models.invalid/cnn.onnx',
      inputs: [{ name, dtype, dims, source }],
      outputs: [answer.output.name],
      decode: 'decimals-1',
    },
    createNodeEngine(),
    runtime,
  );
});

const replayed = async (trail: string, ...more: string[]) => {
  const done = await witnessmark(['replay', trail, '--json', '--quiet', ...more]);
  return { ...done, report: done.out === '' ? undefined : JSON.parse(done.out) };
};

describe('replay', () => {
  test('reproduces the attested output bit for bit (0), and says how the trail stands', async () => {
    const trail = await issued('good', run.recipe);
    const { code, report } = await replayed(trail, '--model', MODEL, '--policy', at('trust'));
    expect([code, report.state, report.finding.genuine, report.trail]).toEqual([0, 'reproduced', 'passed', 'verified']);
    const page = await witnessmark(['replay', trail, '--model', MODEL]);
    expect([page.code, page.requests]).toEqual([0, []]);
    expect(page.out).toContain('Reproduced bit for bit');
    expect(page.err).toContain('self-test');
  });

  test('a pinned output that the run does not give is a mismatch (10)', async () => {
    const outputs = run.recipe.outputs.map((output) => ({ ...output, digest: new Uint8Array(32) }));
    const { code, report } = await replayed(await issued('other', { ...run.recipe, outputs }), '--model', MODEL);
    expect([code, report.state, report.finding.genuine]).toEqual([10, 'mismatch', 'failed']);
  });

  test('reproducing something else than was attested is no success (10)', async () => {
    const trail = await issued('unbound', run.recipe, new TextEncoder().encode('The model said something else.'));
    const { code, report } = await replayed(trail, '--model', MODEL);
    expect([code, report.state, report.finding.bound]).toEqual([10, 'reproduced', 'failed']);
    expect((await witnessmark(['replay', trail, '--model', MODEL])).out).toContain('not about the output');
  });

  test('without the model there is no answer (11)', async () => {
    const trail = await issued('absent', run.recipe);
    const { code, report } = await replayed(trail, '--model', at('trust'));
    expect([code, report.state]).toEqual([11, 'model-not-available']);
  });

  test('a trail without a recipe has nothing to replay (11)', async () => {
    writeFileSync(at('plain.txt'), 'Nothing to run again.');
    await witnessmark(
      [
        ...['issue', '--text', at('plain.txt'), '--key', at('key'), '--issuer', 'https://example.com'],
        ...['--log', LOG_ADDRESS, '--model', 'example.com/cnn', '--out', at('plain.json')],
      ],
      { fetch: log.fetch },
    );
    const { code, err } = await replayed(at('plain.json'));
    expect([code, err]).toEqual([11, expect.stringContaining('no replay recipe')]);
  });

  test('a changed or unreadable trail is refused before anything runs', async () => {
    const trail = readFileSync(await issued('changed', run.recipe), 'utf8');
    const [, before = ''] = /"claim":"([^"]+)"/.exec(trail) ?? [];
    const claim = Buffer.from(before, 'base64');
    claim[claim.length - 1] = (claim.at(-1) ?? 0) ^ 1;
    writeFileSync(at('claim.json'), trail.replace(before, claim.toString('base64')));
    expect((await replayed(at('claim.json'), '--model', MODEL)).code).toBe(10);
    writeFileSync(at('broken.json'), trail.slice(1));
    expect((await replayed(at('broken.json'), '--model', MODEL)).code).toBe(30);
    expect((await replayed('https://log.witnessmark.example/t/x')).code).toBe(11);
  });
});
