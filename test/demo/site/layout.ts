/** The publisher's pages: front page, article, and the frame around both. Text is escaped; bodies are HTML we made. */
import type { Article } from '../article.ts';
import { plate } from './plate.ts';

export const MAGAZINE = 'Escapement';
const MOTTO = 'A small magazine about mechanisms, written by people and machines and saying which';

/** Text for HTML content and attributes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Ccircle cx='16' cy='16' r='11' fill='none' stroke='%237a5a12' stroke-width='5' stroke-dasharray='4.6 3.1'/%3E%3C/svg%3E";

interface Frame {
  readonly title: string;
  readonly className: string;
  readonly head?: string;
  readonly main: string;
  readonly footer: string;
}

function frame({ title, className, head = '', main, footer }: Frame): string {
  const name = className === 'front' ? `<h1 class="name">${MAGAZINE}</h1>` : `<a class="name" href="/">${MAGAZINE}</a>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="/style.css">
${head}</head>
<body class="${className}">
<a class="skip" href="#main">Skip to the text</a>
<header class="masthead"><div class="wrap">${name}<p class="tag">${MOTTO}</p></div></header>
${main}
<footer><div class="wrap">${footer}</div></footer>
</body>
</html>
`;
}

const FOOTER = `${MAGAZINE} is a demonstration on this machine. Its issuer, its log and its three witnesses run under one roof, so they show how the parts work and prove nothing about the world.`;

/** One story with its explanation below it. */
export function articlePage(article: Article, around: { previous?: Article; next?: Article }): string {
  const link = (to: Article | undefined, label: string): string =>
    to === undefined ? '<span></span>' : `<a href="/${to.slug}">${label}: ${escapeHtml(to.title)}</a>`;
  return frame({
    title: `${article.title} – ${MAGAZINE}`,
    className: 'story',
    ...(article.head === undefined ? {} : { head: `${article.head}\n` }),
    main: `<main id="main" class="wrap">
<header class="head">
<p class="kicker">${escapeHtml(article.kicker)}</p>
<h1>${escapeHtml(article.title)}</h1>
<p class="standfirst">${escapeHtml(article.standfirst)}</p>
<p class="byline">${escapeHtml(article.byline)}</p>
</header>
<article>
${article.body}
</article>
<aside class="note" aria-labelledby="note">
<h2 id="note">What this page shows</h2>
${article.note.map((line) => `<p>${line}</p>`).join('\n')}
</aside>
<nav class="pager" aria-label="Stories">${link(around.previous, 'Before')}${link(around.next, 'Next')}</nav>
</main>`,
    footer: FOOTER,
  });
}

const card = (article: Article): string => `<li class="card"><a href="/${article.slug}">
<span class="what">${escapeHtml(article.shows)}</span>
<h3>${escapeHtml(article.title)}</h3>
<p>${escapeHtml(article.standfirst)}</p></a></li>`;

/** The front page. */
export function frontPage(articles: readonly Article[], models: string): string {
  const [lead, ...rest] = articles;
  const own = rest.filter(({ section }) => section === 'samples');
  const real = rest.filter(({ section }) => section === 'models');
  const section = (title: string, text: string, list: readonly Article[]): string =>
    list.length === 0
      ? ''
      : `<div class="section"><h2>${title}</h2><p>${escapeHtml(text)}</p></div><ul class="grid">${list.map(card).join('\n')}</ul>`;
  const first =
    lead === undefined
      ? ''
      : `<section class="lead"><div><p class="kicker">${escapeHtml(lead.shows)}</p><a href="/${lead.slug}"><h2>${escapeHtml(lead.title)}</h2></a><p>${escapeHtml(lead.standfirst)}</p></div><a href="/${lead.slug}" tabindex="-1" aria-hidden="true">${plate(lead.slug)}</a></section>`;
  return frame({
    title: MAGAZINE,
    className: 'front',
    main: `<main id="main" class="wrap">${first}
${section('In this issue', 'Sample texts written for the demo, published in every way a text gets published.', own)}
${section('Written by known models', models, real)}</main>`,
    footer: FOOTER,
  });
}
