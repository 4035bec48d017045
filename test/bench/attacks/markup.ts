/** A plain text as a model would have written it in Markdown, and what a reader copies from the page that shows it. */
import { Marked } from 'marked';
import { paragraphsOf } from './segments.ts';

/** Paragraphs become headings, lists, quotations and emphasis, some of them links or code. */
export function decorated(text: string, random: () => number): string {
  return paragraphsOf(text)
    .map((paragraph) => {
      // What would already be markup is written so that it is none.
      const plain = paragraph.replace(/[\\`*_{}[\]<>()#+!|~&-]/g, '\\$&').replace(/^(\d+)([.)])/, '$1\\$2');
      const words = plain.split(' ');
      const at = Math.floor(random() * words.length);
      const word = words[at] ?? '';
      if (/^\p{L}+$/u.test(word)) {
        words[at] =
          [`**${word}**`, `*${word}*`, `[${word}](https://example.org/a)`, `~~${word}~~`][Math.floor(random() * 4)] ??
          word;
      }
      const line = words.join(' ');
      const lead = words.length < 12 ? ['## ', '### ', '- '] : ['', '', '- ', '1. ', '> '];
      return `${lead[Math.floor(random() * lead.length)]}${line}`;
    })
    .join('\n\n');
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** The plain text a selection of the rendered page copies to: blocks by line, markers before list items. */
export function pastedFrom(markdown: string): string {
  const html = new Marked({ async: false }).parse(markdown, { async: false });
  return html
    .replace(/<ol[^>]*>\s*<li>/g, '\n1. ')
    .replace(/<li>/g, '\n\u2022 ')
    .replace(/<\/?(?:p|h\d|ul|ol|blockquote|li|pre|hr|br|table|tr)[^>]*>/g, '\n')
    .replace(/<[^>]+>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => NAMED[name] ?? '')
    .trim();
}
