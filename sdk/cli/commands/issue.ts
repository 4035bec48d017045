/** `witnessmark issue`: attests one text or image in a log and keeps its trail. */
import { sha256 } from '@noble/hashes/sha2.js';
import { fromHex } from '#shared/bytes/hex.ts';
import { parseClaim } from '#shared/claim/claim.ts';
import { MAX_RECIPE_SIZE, RECIPE_TYPE } from '#shared/evidence/replay/recipe.ts';
import type { EvidenceRecord, OutputDescription, SignedOutput } from '../../issuer/build-output.ts';
import type { Arguments, Command, OptionSpec } from '../command.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
import { readInput, refuseExisting, writeNewFile } from '../files.ts';
import { ISSUER_OPTIONS, issuerClient, submitFailure } from '../issuer-option.ts';
import { oneOf } from '../one-of.ts';
import { OUTPUT_OPTIONS, readOutput } from '../output-input.ts';
import type { Terminal } from '../terminal.ts';

const LEVELS = ['logged', 'witnessed', 'replayable', 'attested'] as const;
const RUNNERS = ['self', 'relayed', 'imported'] as const;

const OPTIONS: Readonly<Record<string, OptionSpec>> = {
  ...OUTPUT_OPTIONS,
  ...ISSUER_OPTIONS,
  model: {
    type: 'string',
    value: 'PROVIDER/NAME',
    help: "provider's domain and model, as in openai.com/gpt-5",
    required: true,
  },
  'model-version': { type: 'string', value: 'V', help: 'version of the model' },
  weights: { type: 'string', value: 'SHA256', help: "digest of the model's weights, hex" },
  operator: { type: 'string', value: 'DOMAIN', help: "who ran it; the issuer's host where left out" },
  by: { type: 'string', value: 'HOW', help: 'self (default), relayed or imported' },
  at: { type: 'string', value: 'TIME', help: 'when it ran: unix seconds or ISO 8601; now where left out' },
  seed: { type: 'string', value: 'N', help: 'seed of the run' },
  params: { type: 'string', value: 'TEXT', help: 'parameters of the run, such as temperature=0' },
  level: {
    type: 'string',
    value: 'LEVEL',
    help: `what the trail must carry: ${LEVELS.join(', ')}; logged where left out`,
  },
  contact: { type: 'string', value: 'TEXT', help: 'where a reader can complain' },
  'disputes-until': { type: 'string', value: 'TIME', help: 'how long disputes are answered' },
  recipe: { type: 'string', value: 'FILE', help: 'replay recipe (CBOR) that reproduces the output' },
  out: { type: 'string', value: 'FILE', help: 'write the trail here (new file) instead of to standard output' },
  json: { type: 'boolean', help: 'with --out: print {id, url, page} as JSON' },
};

function unixTime(name: string, value: string): number {
  const seconds = /^\d{1,12}$/.test(value) ? Number(value) : Math.floor(Date.parse(value) / 1000);
  if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds;
  throw new CommandFailure(EXIT.malformed, `--${name} "${value}" is not a time`, 'Give unix seconds or ISO 8601.');
}

function model(args: Arguments): OutputDescription['model'] {
  const given = args.required('model');
  const slash = given.indexOf('/');
  const [provider, name] = [given.slice(0, slash), given.slice(slash + 1)];
  if (slash < 1 || name === '') {
    throw new CommandFailure(
      EXIT.malformed,
      `--model "${given}" does not name a provider and a model`,
      "Write the provider's domain, a slash and the model, as in openai.com/gpt-5.",
    );
  }
  const [version, weightsText] = [args.text('model-version'), args.text('weights')];
  const weights = weightsText === undefined ? undefined : fromHex(weightsText.toLowerCase());
  if (weightsText !== undefined && weights?.length !== 32) {
    throw new CommandFailure(EXIT.malformed, '--weights is not a SHA-256 digest', 'Give 64 hexadecimal digits.');
  }
  return {
    provider,
    name,
    ...(version === undefined ? {} : { version }),
    ...(weights === undefined ? {} : { weights }),
  };
}

function runOf(args: Arguments): OutputDescription['run'] {
  const [at, seed, params] = [args.text('at'), args.text('seed'), args.text('params')];
  if (seed !== undefined && !(/^\d+$/.test(seed) && Number.isSafeInteger(Number(seed)))) {
    throw new CommandFailure(
      EXIT.malformed,
      `--seed "${seed}" is not a whole number`,
      'Leave it out if there was none.',
    );
  }
  const origin = args.required('issuer');
  const host = URL.canParse(origin) ? new URL(origin).host : '';
  return {
    operator: args.text('operator') ?? host,
    by: oneOf('by', args.text('by'), RUNNERS, 'self'),
    ...(at === undefined ? {} : { at: unixTime('at', at) }),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(params === undefined ? {} : { params }),
  };
}

async function describe(args: Arguments, terminal: Terminal): Promise<OutputDescription> {
  const output = await readOutput(args, terminal);
  const recipePath = args.text('recipe');
  const recipe =
    recipePath === undefined ? undefined : await readInput(recipePath, 'the recipe', MAX_RECIPE_SIZE, terminal);
  const evidence: EvidenceRecord[] =
    recipe === undefined
      ? []
      : [{ kind: 'replay', type: RECIPE_TYPE, value: recipe, digest: sha256(recipe), binds: 'output' }];
  const [contact, until] = [args.text('contact'), args.text('disputes-until')];
  return {
    ...output,
    model: model(args),
    run: runOf(args),
    accountability: {
      level: oneOf('level', args.text('level'), LEVELS, 'logged'),
      ...(contact === undefined ? {} : { contact }),
      ...(until === undefined ? {} : { disputesUntil: unixTime('disputes-until', until) }),
    },
    evidence,
  };
}

/** Whether an image was to be found by how it looks, and cannot be. */
function isWithoutHash(description: OutputDescription, { claim }: SignedOutput): boolean {
  const signed = parseClaim(claim);
  const wanted = 'image' in description && description.image.pixels !== undefined;
  return wanted && signed.ok && signed.value.output.match === undefined;
}
const WITHOUT_HASH =
  'The image is too small or too plain to be told from others by how it looks: it is found by its exact bytes alone.\n';

export const issueCommand: Command = {
  name: 'issue',
  summary: 'attest a text or an image in a log and keep its trail',
  options: OPTIONS,
  examples: [
    'witnessmark issue --text answer.md --type text/markdown --key issuer.jwk --issuer https://example.com \\',
    '    --log https://log.witnessmark.example --model openai.com/gpt-5 --out answer.trail.json',
    'witnessmark issue --image picture.png --key issuer.jwk --issuer https://example.com \\',
    '    --log https://log.witnessmark.example --model openai.com/gpt-image-1 --out picture.trail.json',
  ],
  notes:
    'The log receives the claim, digests and fingerprints, and the text only with --publish-text. Digests show the text\n' +
    'to nobody, but whoever has a guess at it, or at a passage, can test the guess. Fingerprints of eight words each make\n' +
    'copies and quotations findable, and the same guessing possible a few words at a time: with --no-fingerprints only\n' +
    'whole passages are found. Of an image the claim holds its digest and, without --no-fingerprints, a hash of 256 bits by\n' +
    'which resized or recompressed copies are found, and which shows a coarse likeness of it; the image is never sent.\n' +
    'The same run may be repeated after a failure; each run signs a new statement.',
  async run(args, terminal) {
    const out = args.text('out');
    // Before anything is logged: a trail that could not be written would have to be fetched again.
    if (out !== undefined) await refuseExisting(out);
    const client = await issuerClient(args, terminal);
    const description = await describe(args, terminal);
    let signed: ReturnType<typeof client.sign>;
    try {
      signed = client.sign(description);
    } catch (cause) {
      // A caller's mistake, such as a name that a claim cannot hold.
      if (!(cause instanceof TypeError || cause instanceof RangeError)) throw cause;
      throw new CommandFailure(
        EXIT.malformed,
        `this cannot be claimed: ${cause.message}`,
        'Correct the option it names.',
      );
    }
    const issued = await client.submit(signed);
    if (!issued.ok) throw submitFailure(issued.reason, issued.detail ?? issued.reason);
    if (isWithoutHash(description, signed)) terminal.err(WITHOUT_HASH);
    const { trail, ...addresses } = issued.value;
    if (out === undefined) {
      terminal.out(`${trail}\n`);
      terminal.err(`logged as ${addresses.page}\n`);
      return EXIT.done;
    }
    await writeNewFile(out, trail);
    terminal.out(
      args.flag('json')
        ? `${JSON.stringify(addresses)}\n`
        : `id     ${addresses.id}\ntrail  ${addresses.url}\npage   ${addresses.page}\n`,
    );
    return EXIT.done;
  },
};
