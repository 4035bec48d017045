/** Stories around real outputs of known models, where their texts are at hand. */
import { markdownLines } from '#shared/text/markdown.ts';
import { passagesOf } from '#shared/text/passages.ts';
import { type Article, alter, blocks, type Desk, html, need, output, trailLinks } from './article.ts';

/** The model stories; empty without the texts. */
export function modelStories(desk: Desk): Article[] {
  const { real, issued } = desk;
  if (!['DA03', 'DA05', 'DA08', 'DA09', 'DA10', 'DA17', 'DA19', 'DA20', 'DA21', 'DA22'].every((id) => real.has(id))) {
    return [];
  }
  const text = (id: string): string => need(real, id).text;
  const trailOf = (id: string) => need(issued, id);
  const about = (id: string) => ({ section: 'models', byline: `By ${need(real, id).origin}` }) as const;
  const imported =
    'The demo’s issuer did not run this model and says so: the claim is marked as imported. The provider signed nothing.';

  const tampered = alter(
    text('DA17'),
    'So the answer is: the child read a quarter of the book on day 28.',
    'So the answer is: the child read a quarter of the book on day 29.',
  );
  const tamperedCount = passagesOf(markdownLines(tampered)).length;
  const points = blocks(text('DA03'));
  return [
    {
      ...about('DA05'),
      slug: 'hmac',
      shows: 'Verbatim, imported',
      kicker: 'Cryptography',
      title: 'What HMAC does, step by step',
      standfirst: 'Two hashes, two pads and a key, explained by a model that was asked to.',
      body: output(trailOf('DA05').url, html(text('DA05'))),
      note: [imported, trailLinks(trailOf('DA05'))],
      expected: { seen: 'verified · exact · imported' },
    },
    {
      ...about('DA17'),
      slug: 'thirty-days',
      shows: 'One number changed',
      kicker: 'Puzzles',
      title: 'A book read in thirty days',
      standfirst: 'A child doubles the reading every day. When was a quarter of the book done?',
      body: output(trailOf('DA17').url, html(tampered)),
      note: [
        'The page gives another day in its last line than the model did. That line is named; the rest is the model’s.',
        trailLinks(trailOf('DA17')),
      ],
      expected: {
        seen: `verified · passages ${tamperedCount - 1} of ${tamperedCount} · imported`,
        differing: 'on day 29',
      },
    },
    {
      ...about('DA10'),
      slug: 'verifier',
      shows: 'Quoted in an article',
      kicker: 'Criticism',
      title: 'A model reviews an argument about models',
      standfirst: 'We gave a paragraph about verifiers to a reviewer that is one.',
      byline: `By the editors, quoting ${need(real, 'DA10').origin}`,
      body: `<p>The argument was short: let a model write a hundred solutions, and let a second one choose. We asked for a review. Most of it was polite. This was the useful part:</p>
<blockquote data-witnessmark="${trailOf('DA10').url}">${html(blocks(text('DA10'))[3] ?? '')}</blockquote>
<p>Nobody had told the reviewer that the question has a literature. It asked for it anyway.</p>`,
      note: [imported, trailLinks(trailOf('DA10'))],
      expected: { seen: 'verified · passages 1 of 1 · imported' },
    },
    {
      ...about('DA03'),
      slug: 'small-business',
      shows: 'Excerpt',
      kicker: 'Trade',
      title: 'Two uses out of five',
      standfirst: 'A list for small businesses, shortened by us to the two we believed.',
      body: `${output(trailOf('DA03').url, html([points[1], points[4]].join('\n\n')))}\n<p class="cite">Shortened; the output lists five.</p>`,
      note: [
        'Two points out of five, and their numbers have changed with the list. Numbers of a list are no part of its text, so both verify.',
        trailLinks(trailOf('DA03')),
      ],
      expected: { seen: 'verified · passages 2 of 2 · imported' },
    },
    {
      ...about('DA22'),
      slug: 'it-started-slowly',
      shows: 'Unmarked',
      kicker: 'Fiction',
      title: 'It started slowly',
      standfirst: 'The beginning of a story that a model was asked to go on with.',
      body: html(text('DA22')),
      note: ['Pasted without any mark. Select a paragraph and have it verified: its trail is found.', imported],
      expected: { seen: 'verified · passages 1 of 1 · imported' },
      select: 'article p:nth-of-type(1)',
    },
    {
      ...about('DA21'),
      slug: 'zeta',
      shows: 'Relayed',
      kicker: 'Fiction',
      title: 'Zeta',
      standfirst: 'Robots ask for rights, in a hundred and twenty words.',
      body: output(trailOf('DA21').url, html(text('DA21'))),
      note: ['The claim says that the issuer passed this on from the provider it names.', trailLinks(trailOf('DA21'))],
      expected: { seen: 'verified · exact · relayed' },
    },
    {
      ...about('DA09'),
      slug: 'capacity',
      shows: 'Another output under a genuine trail',
      kicker: 'Factories',
      title: 'Planning with unknowns',
      standfirst: 'A text by a known model, under the trail of another text by the same model.',
      body: output(trailOf('DA08').url, html(text('DA09'))),
      note: [
        'Same model, same issuer, genuine trail, wrong text. Who wrote this is exactly what the trail does not say.',
        trailLinks(trailOf('DA08')),
      ],
      expected: { seen: 'unproven · none · content-none · imported' },
    },
    {
      ...about('DA19'),
      slug: 'tree',
      shows: 'Verbatim, Chinese',
      kicker: 'Mathematics',
      title: 'A tree with eight leaves',
      standfirst: 'Counting vertices by their degree, in Chinese.',
      body: output(trailOf('DA19').url, html(text('DA19')), 'zh'),
      note: [imported, trailLinks(trailOf('DA19'))],
      expected: { seen: 'verified · exact · imported' },
    },
    {
      ...about('DA20'),
      slug: 'ivan',
      shows: 'Verbatim, Russian, marked by a header',
      kicker: 'Fiction',
      title: 'Иван, инженер',
      standfirst: 'An engineer of strict logic, and a morning without any. In Russian.',
      body: `<div lang="ru">\n${html(text('DA20'))}\n</div>`,
      headers: { link: `<${trailOf('DA20').url}>; rel="witnessmark"` },
      note: [
        'The page itself holds no marker; the server names the trail in a <code>Link</code> header.',
        trailLinks(trailOf('DA20')),
      ],
      expected: { seen: 'verified · exact · imported' },
    },
  ];
}
