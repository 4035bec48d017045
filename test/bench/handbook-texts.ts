/**
 * Texts of one's own for `bench:match` in languages the public ones lack: the Debian Administrator's Handbook in German,
 * Japanese and Arabic, four paragraphs a text, without texts that repeat another's words.
 *
 *     apt-get install debian-handbook
 *     node test/bench/handbook-texts.ts /usr/share/doc/debian-handbook/html > handbook.jsonl
 *     npm run bench:match -- --texts handbook.jsonl
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;

const PARAGRAPHS = 4;
/** Editions, what a translated paragraph has (others are left in English), and characters that only copies share. */
const EDITIONS = [
  {
    lang: 'de',
    folder: 'de-DE',
    translated: /\b(der|die|das|und|ist|nicht|ein|zu|mit|von|auf|für)\b/giu,
    each: 80,
    run: 50,
  },
  { lang: 'ja', folder: 'ja-JP', translated: /[\u3040-\u30ff]/gu, each: 5, run: 24 },
  { lang: 'ar', folder: 'ar-MA', translated: /[\u0600-\u06ff]/gu, each: 3, run: 50 },
];

const childrenOf = (node: Node): Node[] => ('childNodes' in node ? node.childNodes : []);
const textOf = (node: Node): string => ('value' in node ? node.value : childrenOf(node).map(textOf).join(''));
const isParagraph = (node: Node): boolean =>
  'tagName' in node &&
  (node.tagName === 'p' || node.attrs.some(({ name, value }) => name === 'class' && value === 'para'));

/** Paragraphs that hold no other. */
function paragraphsIn(node: Node): string[] {
  const inner = childrenOf(node).flatMap(paragraphsIn);
  if (inner.length > 0 || !isParagraph(node)) return inner;
  return [textOf(node).replaceAll(/\s+/g, ' ').trim()];
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('which folder holds the handbook?');
for (const { lang, folder: edition, translated, each, run } of EDITIONS) {
  const known = new Set<string>();
  for (const file of readdirSync(join(folder, edition))
    .filter((name) => name.endsWith('.html'))
    .sort()) {
    const all = paragraphsIn(parse(readFileSync(join(folder, edition, file), 'utf8')));
    const own = all.filter((text) => text.length > 60 && (text.match(translated)?.length ?? 0) * each > text.length);
    for (let at = 0; at + PARAGRAPHS <= own.length; at += PARAGRAPHS) {
      const text = own.slice(at, at + PARAGRAPHS).join('\n\n');
      const letters = text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ');
      const runs = Array.from({ length: Math.max(0, letters.length - run + 1) }, (_, i) => letters.slice(i, i + run));
      if (runs.some((each) => known.has(each))) continue;
      for (const each of runs) known.add(each);
      console.log(JSON.stringify({ id: `${lang}-${file}-${at}`, lang, text }));
    }
  }
}
