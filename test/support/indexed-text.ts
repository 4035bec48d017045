/** Attestations as a fixture site's log serves and indexes them: trail, text if it is published, and every fingerprint. */
import { statementId } from '#shared/attestation/statement.ts';
import { OPRF_ALG, type OprfKey, oprfName } from '#shared/oprf/oprf.ts';
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
  /** It can be looked up only by names that the log's key makes. */
  readonly oblivious?: true;
}

/** Serves and indexes attestations; gives their ids. With a key, the log offers oblivious lookup. */
export function indexTexts(
  site: FixtureSite,
  world: World,
  attested: readonly AttestedText[],
  key?: OprfKey,
): string[] {
  const items = attested.map(({ entry, text, published, oblivious }) => {
    const id = statementId(entry.statement);
    site.trails.set(id, world.trailText(entry));
    if (published) site.texts.set(id, text);
    const fingerprints = fingerprintsOf(plainLines(text));
    if (!oblivious || key === undefined) return { id, fingerprints };
    const names = (fingerprints['wm-winnow-1'] ?? []).map((hex) => oprfName('wm-winnow-1', hex, key));
    return { id, fingerprints: { [OPRF_ALG]: names } };
  });
  site.oprf = key;
  publishIndex(site, world, items, key?.publicKey);
  return items.map(({ id }) => id);
}
