/**
 * What the demo's issuer attests before the magazine appears. Each work is one output with what is claimed about it;
 * the demo signs in its own name and never in a provider's.
 */
import type { SourceText } from './texts.ts';

export interface Work {
  readonly text: SourceText;
  readonly by: 'self' | 'relayed' | 'imported';
  /** The level the claim promises; the log gives `witnessed`, so `attested` is a promise that is not kept. */
  readonly level: 'witnessed' | 'attested';
  /** Which of the issuer's keys signs: the one in use, or the one retired afterwards. */
  readonly key: 'current' | 'retired';
}

/** Sample texts that are attested, and how. The others are published without a trail. */
const SAMPLES: Readonly<Record<string, Partial<Omit<Work, 'text'>>>> = {
  'tide-clock': {},
  sourdough: {},
  lighthouse: {},
  bridge: {},
  bees: {},
  map: {},
  paper: { key: 'retired' },
  glass: { by: 'relayed' },
  ice: { level: 'attested' },
};

/** Real outputs that are attested: the demo did not run the models, so it imports or relays. */
const REAL: Readonly<Record<string, Partial<Omit<Work, 'text'>>>> = {
  DA05: { by: 'imported' },
  DA17: { by: 'imported' },
  DA10: { by: 'imported' },
  DA03: { by: 'imported' },
  DA22: { by: 'imported' },
  DA21: { by: 'relayed' },
  DA08: { by: 'imported' },
  DA19: { by: 'imported' },
  DA20: { by: 'imported' },
};

/** Everything to attest, samples first; a text that is not at hand is left out. */
export function works(samples: ReadonlyMap<string, SourceText>, real: ReadonlyMap<string, SourceText>): Work[] {
  const all = [...Object.entries(SAMPLES), ...Object.entries(REAL)];
  return all.flatMap(([id, how]) => {
    const text = samples.get(id) ?? real.get(id);
    return text === undefined ? [] : [{ text, by: 'self', level: 'witnessed', key: 'current', ...how } satisfies Work];
  });
}
