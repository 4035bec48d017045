/** The texts the demo publishes: its own samples, and real outputs of known models where they are at hand. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../checks/source.ts';

export interface SourceText {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** Where it comes from, as the page says it. */
  readonly origin: string;
  readonly model: { readonly provider: string; readonly name: string };
  readonly language: string;
}

const SAMPLES = join(ROOT, 'test/demo/samples');
/** What the claims about sample texts say: nobody ran a model. */
const NO_MODEL = { provider: 'witnessmark.example', name: 'none (sample text written for the demo)' };

/** The demo's own texts, by file name. */
export function sampleTexts(): Map<string, SourceText> {
  const samples = new Map<string, SourceText>();
  for (const file of readdirSync(SAMPLES).filter((name) => name.endsWith('.md') && name !== 'README.md')) {
    const [, title, label, text] =
      /^---\ntitle: (.+)\nlabel: (.+)\n---\n([\s\S]+)$/.exec(readFileSync(join(SAMPLES, file), 'utf8')) ?? [];
    if (title === undefined || label === undefined || text === undefined) {
      throw new Error(`samples/${file}: no front matter with title and label`);
    }
    const id = file.replace(/\.md$/, '');
    samples.set(id, { id, title, text: text.trim(), origin: label, model: NO_MODEL, language: 'en' });
  }
  return samples;
}

const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/^(gpt|o\d)/, 'openai.com'],
  [/^claude/, 'anthropic.com'],
  [/^gemini/, 'google.com'],
];

/** Real outputs from a file of JSON lines `{id, model, source, licence, lang, text}`; a malformed line is an error. */
export function realTexts(file: string): Map<string, SourceText> {
  const texts = new Map<string, SourceText>();
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.trim() === '') continue;
    const entry = JSON.parse(line) as Record<string, unknown>;
    const field = (name: string): string => {
      const value = entry[name];
      if (typeof value !== 'string') throw new Error(`${file}, line ${index + 1}: no text "${name}"`);
      return value;
    };
    const name = field('model');
    const provider = PROVIDERS.find(([pattern]) => pattern.test(name))?.[1] ?? 'unknown.example';
    const origin = `${name}, from ${field('source')} (${field('licence')})`;
    texts.set(field('id'), {
      id: field('id'),
      title: field('id'),
      text: field('text'),
      origin,
      model: { provider, name },
      language: field('lang'),
    });
  }
  return texts;
}
