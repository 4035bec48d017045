/** Attestations as a fixture site's log serves and indexes them: trail, text if it is published, and every fingerprint. */
import { statementId } from '#shared/attestation/statement.ts';
import { plainLines } from '#shared/text/passages.ts';
import { fingerprintsOf } from '../../extension/discovery/fingerprints.ts';
import type { Entry, World } from './build-trail.ts';
import type { FixtureSite } from './fixture-site.ts';
import { publishIndex } from './publish-filters.ts';

/** A text of four paragraphs of sixty words, each its own, so that nothing but copying makes two such texts alike. */
export const ownText = (name: string): string => ['a', 'b', 'c', 'd'].map((part) => ownWords(name + part)).join('\n');

/** Words that stand nowhere else. */
export const ownWords = (name: string, words = 60): string =>
  Array.from({ length: words }, (_, n) => `${name}${n}${n % 12 === 11 ? ',' : ''}`).join(' ');

/** An attested text, and whether its issuer publishes it. */
export interface AttestedText {
  readonly entry: Entry;
  readonly text: string;
  readonly published: boolean;
}

/** Serves and indexes attestations; gives their ids. */
export function indexTexts(site: FixtureSite, world: World, attested: readonly AttestedText[]): string[] {
  const items = attested.map(({ entry, text, published }) => {
    const id = statementId(entry.statement);
    site.trails.set(id, world.trailText(entry));
    if (published) site.texts.set(id, text);
    return { id, fingerprints: fingerprintsOf(plainLines(text)) };
  });
  publishIndex(site, world, items);
  return items.map(({ id }) => id);
}
