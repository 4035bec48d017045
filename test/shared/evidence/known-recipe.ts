/** The known answers as recipes, with models that a test serves. */
import { readFileSync } from 'node:fs';
import { KNOWN_ANSWERS, type KnownAnswer } from '#shared/evidence/replay/known-answer/known-answer.ts';
import type { Recipe } from '#shared/evidence/replay/recipe.ts';
import { RUNTIME } from './sample.ts';

const FOLDER = new URL('../../../shared/evidence/replay/known-answer/', import.meta.url);

export const readKnownModel = (file: string): Uint8Array => new Uint8Array(readFileSync(new URL(file, FOLDER)));

/** The recipe of a known answer; the model is said to lie at `base`. */
export const recipeFor = ({ file, model, input, output }: KnownAnswer, base = 'https://models.example/'): Recipe => ({
  v: 1,
  runtime: RUNTIME,
  provider: 'wasm',
  threads: 1,
  optimisation: 'all',
  model: { ...model, url: `${base}${file}` },
  inputs: [input],
  runs: 1,
  outputs: [output],
  decode: 'tensor-bytes-1',
  attested: output.digest,
});

export function knownAnswer(file: string): KnownAnswer {
  const found = KNOWN_ANSWERS.find((answer) => answer.file === `${file}.onnx`);
  if (!found) throw new Error(`no known answer ${file}`);
  return found;
}
