import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../extension/', import.meta.url);

interface Message {
  readonly message: string;
  readonly placeholders?: Readonly<Record<string, { content: string }>>;
}

function messages(language: string): Record<string, Message> {
  return JSON.parse(readFileSync(new URL(`public/_locales/${language}/messages.json`, ROOT), 'utf8'));
}

function sources(folder: URL): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== 'public')
    .map((entry) => {
      const url = new URL(entry.name + (entry.isDirectory() ? '/' : ''), folder);
      if (entry.isDirectory()) return sources(url);
      return /\.tsx?$/.test(entry.name) ? readFileSync(url, 'utf8') : '';
    })
    .join('\n');
}

const english = messages('en');
const code = sources(ROOT);

describe('the words', () => {
  it('are the same keys with the same places in every language', () => {
    for (const language of readdirSync(new URL('public/_locales/', ROOT))) {
      const other = messages(language);
      expect(Object.keys(other), language).toEqual(Object.keys(english));
      for (const [key, { placeholders }] of Object.entries(english)) {
        expect(other[key]?.placeholders, `${language} ${key}`).toEqual(placeholders);
      }
    }
  });
  it('exist for every key the code names outright', () => {
    const named = [...code.matchAll(/\b(?:say|text|getMessage|startPage)\(\s*'([\w-]+)'/g)].map(([, key = '']) => key);
    expect(named.length).toBeGreaterThan(60);
    for (const key of named) expect(english, key).toHaveProperty(key.replaceAll('-', '_'));
  });
  it('never call anything trusted, true or authentic, and use no mark of approval', () => {
    for (const [key, { message }] of Object.entries(english)) {
      expect(message, key).not.toMatch(/\b(authentic|trustworthy|genuinely true|100 ?%|safe)\b|[✓✔✅🔒]/iu);
    }
  });
});
