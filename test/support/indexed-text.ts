/** Puts an attestation into a fixture site's index, as a log would: trail, published text, and every fingerprint. */
import { statementId } from '#shared/attestation/statement.ts';
import { toHex } from '#shared/bytes/hex.ts';
import { fingerprintHex, textFingerprints } from '#shared/fingerprint/text-fingerprints.ts';
import { passageDigest, passagesOf, plainLines } from '#shared/text/passages.ts';
import type { Entry, World } from './build-trail.ts';
import type { FixtureSite } from './fixture-site.ts';

/** A text of four paragraphs of sixty words, each its own, so that nothing but copying makes two such texts alike. */
export const ownText = (name: string): string => ['a', 'b', 'c', 'd'].map((part) => ownWords(name + part)).join('\n');

/** Words that stand nowhere else. */
export const ownWords = (name: string, words = 60): string =>
  Array.from({ length: words }, (_, n) => `${name}${n}${n % 12 === 11 ? ',' : ''}`).join(' ');

/** Adds it and gives its id; without `publish` the text itself is not served. */
export function indexText(
  site: FixtureSite,
  world: World,
  entry: Entry,
  text: string,
  publish: 'publish' | 'keep',
): string {
  const id = statementId(entry.statement);
  site.trails.set(id, world.trailText(entry));
  if (publish === 'publish') site.texts.set(id, text);
  const lines = plainLines(text);
  const add = (bucket: string, suffix: string): void => {
    site.buckets.set(bucket, [...(site.buckets.get(bucket) ?? []), { suffix, id }]);
  };
  for (const passage of passagesOf(lines)) {
    const hex = toHex(passageDigest(passage));
    add(hex.slice(0, 4), hex.slice(4));
  }
  for (const [alg, fingerprints] of Object.entries(textFingerprints(lines))) {
    for (const hex of (fingerprints as readonly number[]).map(fingerprintHex)) {
      add(`${alg}/${hex.slice(0, 4)}`, hex.slice(4));
    }
  }
  return id;
}
