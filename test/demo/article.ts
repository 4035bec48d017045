/** What an article of the magazine is, and the steps a writer takes from an output to a page. */
import { Marked } from 'marked';
import type { DemoPicture } from './picture.ts';
import { escapeHtml } from './site/layout.ts';
import type { SourceText } from './texts.ts';

/** An attested output. */
export interface Issued {
  readonly text: SourceText;
  readonly id: string;
  /** Address of the trail document. */
  readonly url: string;
  /** Address of the trail's page for people. */
  readonly page: string;
  readonly trail: string;
}

/** The words of a verdict in the table: verdict, content, then whatever else must be said, joined by ` · `. */
export interface Expected {
  readonly seen: string;
  /** Words that must stand in the passages named as differing. */
  readonly differing?: string;
}

export interface Article {
  readonly slug: string;
  readonly section: 'samples' | 'models';
  /** In a few words, for the front page and the table. */
  readonly shows: string;
  readonly kicker: string;
  readonly title: string;
  readonly standfirst: string;
  readonly byline: string;
  /** Content of `<article>`. */
  readonly body: string;
  readonly head?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Files that the page shows, by path. */
  readonly files?: Readonly<Record<string, { readonly type: string; readonly body: Uint8Array }>>;
  /** What the page shows, as HTML paragraphs. */
  readonly note: readonly string[];
  readonly expected: Expected;
  /** An element whose text a reader selects to have it looked up. */
  readonly select?: string;
  /** A picture that a reader points at to have it looked up. */
  readonly pick?: string;
  /** The reader runs the model again. */
  readonly replay?: true;
}

export interface Desk {
  readonly samples: ReadonlyMap<string, SourceText>;
  readonly real: ReadonlyMap<string, SourceText>;
  readonly issued: ReadonlyMap<string, Issued>;
  /** An address on this machine where nobody answers. */
  readonly deadUrl: string;
  /** The attested picture. */
  readonly picture?: DemoPicture & { readonly issued: Issued };
  /** The recorded model run. */
  readonly run?: { readonly text: string; readonly issued: Issued; readonly model: string; readonly size: number };
}

const marked = new Marked({ gfm: true, async: false });

/** Markdown as a publisher's own software renders it. */
export const html = (markdown: string): string => marked.parse(markdown, { async: false }).trim();

/** The paragraphs of a Markdown source. */
export const blocks = (text: string): string[] => text.split(/\n{2,}/);

/** An output with its marker: the address of its trail, or `#id` of a trail in the page. */
export const output = (marker: string, content: string, language = 'en'): string =>
  `<div data-witnessmark="${escapeHtml(marker)}"${language === 'en' ? '' : ` lang="${language}"`}>\n${content}\n</div>`;

/** A trail inside the page. JSON cannot end a script element here: base64 and proof text hold no `<`. */
export const inlineTrail = (id: string, trail: string): string =>
  `<script type="application/vnd.witnessmark.trail+json" id="${id}">${trail}</script>`;

/** Links to a trail for people and for programs. */
export const trailLinks = ({ page, url }: Issued): string =>
  `<a href="${escapeHtml(page)}">Its proof trail</a>, also <a href="${escapeHtml(url)}">as the document</a> that programs check.`;

/** Replaces one phrase that must occur exactly once. */
export function alter(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`"${from}" does not occur exactly once`);
  return text.replace(from, to);
}

/** A value that the plan of works promises. */
export function need<T>(map: ReadonlyMap<string, T>, id: string): T {
  const value = map.get(id);
  if (value === undefined) throw new Error(`${id} is missing`);
  return value;
}
