import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SHARDS_REASONS } from '#shared/shards/follow-shards.ts';
import { REASONS } from '#shared/verdict/reasons.ts';
import { CHECK_IDS } from '#shared/verdict/verdict.ts';
import { MARKS } from '../../extension/badge/mark.ts';

const ROOT = new URL('../../extension/', import.meta.url);

interface Message {
  readonly message: string;
  readonly placeholders?: Readonly<Record<string, { content: string }>>;
}

function messages(language: string): Record<string, Message> {
  return JSON.parse(readFileSync(new URL(`public/_locales/${language}/messages.json`, ROOT), 'utf8'));
}

function sources(folder: URL, ending = /\.tsx?$/): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== 'public')
    .map((entry) => {
      const url = new URL(entry.name + (entry.isDirectory() ? '/' : ''), folder);
      if (entry.isDirectory()) return sources(url, ending);
      return ending.test(entry.name) ? readFileSync(url, 'utf8') : '';
    })
    .join('\n');
}

const english = messages('en');
const code = sources(ROOT);

const FOUND = ['exact', 'quoted', 'edited'];
const LIMITS = ['found', 'truth', 'run', 'time', 'other', 'absence', 'broken'];

/** Keys put together in the code, as `status_${status}`, and everything that may stand in the gap. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  reason_: Object.keys(REASONS),
  check_: CHECK_IDS,
  skipped_: [...sources(new URL('../shared/verdict/', ROOT)).matchAll(/(?:skipped\(|'skipped', detail: )'([^']+)'/g)]
    .map(([, detail = '']) => detail.replaceAll(/\W+/g, '_'))
    .concat('the_log_was_not_asked'),
  status_: ['passed', 'failed', 'skipped', 'unknown'],
  level_: ['logged', 'witnessed', 'replayable', 'attested'],
  standing_: ['active', 'disputed', 'quarantined', 'revoked', 'unknown'],
  assurance_: ['signed', 'logged', 'witnessed', 'accountability', 'evidence'],
  evidence_: ['genuine', 'recognised', 'bound', 'replay'],
  declared_: ['none', 'ai-assisted', 'ai-generated', 'autonomous', 'mixed'],
  toolbar_: Object.keys(MARKS),
  replay_: ['reproduced', 'mismatch', 'runtime-not-certified', 'model-not-available', 'recipe-refused', 'not-bound'],
  label_found_: [...FOUND, 'similar'],
  found_: FOUND,
  found_own_: FOUND,
  found_state_: [...FOUND, 'similar'],
  found_picture_: ['exact', 'similar'],
  picture_marked_: ['exact', 'similar', 'other', 'unread'],
  picture_why_: ['similar', 'other'],
  label_picture_: ['similar', 'other'],
  limit_: [...LIMITS, 'rest'],
  limit_picture_: LIMITS,
  replay_step_: ['runtime', 'self-test', 'model', 'input', 'run', 'compare'],
  panel_: ['page_closed', 'start_title', 'start_text', 'nothing_title', 'nothing_text'],
  // Where a reason has no headline of its own, a general one is said.
  refused_: SHARDS_REASONS,
  settings_shard_: ['open', 'frozen', 'forked'],
  headline_: [],
  headline_unread: ['_one'],
  passages_unread: ['_one'],
};

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
  it('exist for everything a key is put together from', () => {
    for (const [family, endings] of Object.entries(FAMILIES)) {
      for (const ending of endings) expect(english, family).toHaveProperty((family + ending).replaceAll('-', '_'));
    }
    expect(FAMILIES.skipped_?.length).toBeGreaterThan(7);
    const built = [...code.matchAll(/\b(?:say|sayIfKnown)\(\s*`(\w+?_)\$\{/g)].map(([, family]) => family);
    for (const family of built) expect(Object.keys(FAMILIES)).toContain(family);
  });
  it('are all said somewhere', () => {
    const built = Object.entries({ ...FAMILIES, headline_: Object.keys(REASONS) }).flatMap(([family, endings]) =>
      endings.map((ending) => (family + ending).replaceAll('-', '_')),
    );
    const idle = Object.keys(english).filter(
      (key) => !code.includes(`'${key}'`) && !code.includes(`__MSG_${key}__`) && !built.includes(key),
    );
    expect(idle).toEqual([]);
  });
  it('stand in `_locales` and nowhere else', () => {
    const markup = sources(ROOT, /\.tsx$/);
    // Text between tags that is no expression, and attributes that are read out or shown.
    const literal = [
      ...[...markup.matchAll(/(?:\/|"|\}|\w)>([^<>{}()=;]*\p{L}{2,}[^<>{}()=;]*)<\//gu)].map(([, words]) => words),
      ...[...markup.matchAll(/\b(?:aria-label|title|alt)="([^"]+)"/g)].map(([, words]) => words),
    ];
    expect(literal).toEqual([]);
  });
  it('never call anything trusted, true or authentic, and use no mark of approval', () => {
    for (const [key, { message }] of Object.entries(english)) {
      expect(message, key).not.toMatch(/\b(authentic|trustworthy|genuinely true|100 ?%|safe)\b|[✓✔✅🔒]/iu);
    }
  });
});
