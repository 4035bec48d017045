/** Stories around the demo's own sample texts. */
import { fromBase64, toBase64 } from '#shared/bytes/base64.ts';
import { utf8 } from '#shared/bytes/bytes.ts';
import { markdownLines } from '#shared/text/markdown.ts';
import { passagesOf } from '#shared/text/passages.ts';
import { type Article, alter, blocks, type Desk, html, inlineTrail, need, output, trailLinks } from './article.ts';

const BYLINE = 'Sample text written for the demo; no model was run for it';
const KEY = '<kbd>Alt</kbd> <kbd>Shift</kbd> <kbd>V</kbd>';

const passages = (markdown: string): number => passagesOf(markdownLines(markdown)).length;

/** The same trail with another model named in its claim. The statement's signature covers the claim's digest. */
export function forge(trail: string): string {
  const claim = (JSON.parse(trail) as { claim: string }).claim;
  const bytes = fromBase64(claim);
  if (bytes === undefined) throw new Error('the trail holds no claim');
  const at = Buffer.from(bytes).indexOf('none (sample');
  if (at < 0) throw new Error('the claim names another model');
  bytes.set(utf8('gpt9'), at);
  return trail.replace(claim, toBase64(bytes));
}

/** The sample stories in reading order. */
export function sampleStories(desk: Desk): Article[] {
  const { samples, issued } = desk;
  const text = (id: string): string => need(samples, id).text;
  const trailOf = (id: string) => need(issued, id);
  const common = { section: 'samples', byline: BYLINE } as const;

  const tampered = alter(text('sourdough'), 'A warm and wet starter', 'A warm and dry starter');
  const excerpt = blocks(text('bridge')).slice(1, 3).join('\n\n');
  const stories: Article[] = [
    {
      ...common,
      slug: 'tide-clock',
      shows: 'Verbatim',
      kicker: 'Instruments',
      title: need(samples, 'tide-clock').title,
      standfirst: 'A clock with one hand, no interest in the time of day, and one number it is honest about.',
      body: output(trailOf('tide-clock').url, html(text('tide-clock'))),
      note: [
        'The whole output stands here as it was written, rendered from Markdown, and is marked with the address of its trail. Every passage has to match, in order.',
        trailLinks(trailOf('tide-clock')),
      ],
      expected: { seen: 'verified · exact' },
    },
    {
      ...common,
      slug: 'sourdough',
      shows: 'One word changed',
      kicker: 'Kitchens',
      title: need(samples, 'sourdough').title,
      standfirst: 'Two acids live in a jar, and a baker chooses between them by carrying it down to the cellar.',
      body: output(trailOf('sourdough').url, html(tampered)),
      note: [
        'One word of one paragraph is not the word that was attested: the page says “dry” where the output said “wet”. That paragraph is named and not counted. The others still verify.',
        trailLinks(trailOf('sourdough')),
      ],
      expected: {
        seen: `verified · passages ${passages(tampered) - 1} of ${passages(tampered)}`,
        differing: 'warm and dry starter',
      },
    },
    {
      ...common,
      slug: 'lighthouse',
      shows: 'Quoted in an article',
      kicker: 'Light',
      title: need(samples, 'lighthouse').title,
      standfirst: 'We asked for one paragraph on the Fresnel lens, and we liked the stair.',
      byline: 'By the editors, with one quoted sample text',
      body: `<p>Some explanations arrive at the right moment. We were standing under the lamp of a disused lighthouse, looking into something that seemed to be made of nothing but edges, when a colleague read this aloud from a telephone:</p>
<blockquote data-witnessmark="${trailOf('lighthouse').url}">${html(blocks(text('lighthouse'))[1] ?? '')}</blockquote>
<p>The comparison with a stair holds when you see the thing. What it leaves out is the colour: every ring has a thin rainbow at its rim, and with the door open the whole room moves.</p>`,
      note: [
        'The editors’ own words carry no mark. The quotation does, and it is checked alone: a paragraph can be verified without the rest of its output.',
        trailLinks(trailOf('lighthouse')),
      ],
      expected: { seen: 'verified · passages 1 of 1' },
    },
    {
      ...common,
      slug: 'bridge',
      shows: 'Excerpt',
      kicker: 'Roads',
      title: need(samples, 'bridge').title,
      standfirst: 'What you hear at the end of a long bridge is half a metre of summer.',
      body: `${output(trailOf('bridge').url, html(excerpt))}\n<p class="cite">Two of four paragraphs.</p>`,
      note: [
        'Two paragraphs out of the middle. Both verify; the badge says that they are passages and not the whole.',
        trailLinks(trailOf('bridge')),
      ],
      expected: { seen: 'verified · passages 2 of 2' },
    },
    {
      ...common,
      slug: 'map',
      shows: 'Unmarked',
      kicker: 'Charts',
      title: need(samples, 'map').title,
      standfirst: 'Angles, areas or shapes: something has to give, and somebody chose what.',
      body: html(text('map')),
      note: [
        `Nothing here is marked, so the extension says nothing by itself. Select a paragraph and press ${KEY}, or choose “Verify this selection” from the context menu: the trail is found by a private lookup that sends four characters of a digest and never the text.`,
      ],
      expected: { seen: 'verified · passages 1 of 1' },
      select: 'article p:nth-of-type(2)',
    },
    {
      ...common,
      slug: 'bees',
      shows: 'Other text under a genuine trail',
      kicker: 'Advertisement',
      title: 'Honey that heals',
      standfirst: 'A page that borrows somebody else’s proof.',
      byline: 'Advertisement, written for the demo',
      body: output(
        trailOf('bees').url,
        '<p>Our mountain honey was examined by leading researchers and found to be the purest in the region. Customers report better sleep, better skin and a better mood after only nine days of regular use.</p>\n<p>Order three jars today and receive a fourth one at half the price, together with a certificate of authenticity that you can hang on the kitchen wall.</p>',
      ),
      note: [
        'The trail is genuine. It belongs to a text about how swarms choose a house, and not one passage of it stands on this page. The proof proves something else.',
        trailLinks(trailOf('bees')),
      ],
      expected: { seen: 'unproven · none · content-none' },
    },
    {
      ...common,
      slug: 'paper',
      shows: 'Key retired later',
      kicker: 'Offices',
      title: need(samples, 'paper').title,
      standfirst: 'Fold a page and keep its shape. Only one number lets you.',
      body: output(trailOf('paper').url, html(text('paper'))),
      note: [
        'The issuer has retired the key that signed this, after it signed it. The attestation was valid when it was logged and still is, and the reader is told about the key.',
        trailLinks(trailOf('paper')),
      ],
      expected: { seen: 'verified · exact · revoked (retired), valid when logged' },
    },
    {
      ...common,
      slug: 'glass',
      shows: 'Relayed',
      kicker: 'Materials',
      title: need(samples, 'glass').title,
      standfirst: 'A popular story about cathedral windows, and what the glaziers would say to it.',
      body: output(trailOf('glass').url, html(text('glass'))),
      note: [
        'The issuer says that it passed this text on and did not produce it. That is another statement than “we ran it”, and it is shown in its own words.',
        trailLinks(trailOf('glass')),
      ],
      expected: { seen: 'verified · exact · relayed' },
    },
    {
      ...common,
      slug: 'ice',
      shows: 'Less proof than promised',
      kicker: 'Winter',
      title: need(samples, 'ice').title,
      standfirst: 'Water gets lighter just in time, by one part in eight thousand.',
      body: output(trailOf('ice').url, html(text('ice'))),
      note: [
        'The claim promises proof from attested hardware, and the trail carries none. Everything else about it is in order, and still it is not shown as verified.',
        trailLinks(trailOf('ice')),
      ],
      expected: { seen: 'unproven · exact · accountability-downgraded' },
    },
    {
      ...common,
      slug: 'rain',
      shows: 'Declared only',
      kicker: 'Weather',
      title: need(samples, 'rain').title,
      standfirst: 'It was in the ground the whole time.',
      body: `<div ai-disclosure="ai-generated" ai-provider="witnessmark.example">\n${html(text('rain'))}\n</div>`,
      note: ['The page declares that a machine wrote this. Nobody signed the declaration, so it is shown as one.'],
      expected: { seen: 'declared: ai-generated' },
    },
    {
      ...common,
      slug: 'walden',
      shows: 'By a person, unmarked',
      kicker: 'From the archive',
      title: need(samples, 'walden').title,
      standfirst: 'Three paragraphs from a cabin near Concord.',
      byline: 'Henry David Thoreau, Walden, 1854',
      body: html(text('walden')),
      note: [
        'No marker, no trail, no declaration. The extension says nothing: most text carries no proof, and that says nothing about who wrote it.',
      ],
      expected: { seen: 'nothing found' },
    },
    {
      ...common,
      slug: 'bridge-complete',
      shows: 'Trail inside the page',
      kicker: 'Roads, at length',
      title: 'Why bridges have teeth, complete',
      standfirst: 'The whole text, carrying its own proof.',
      body: `${output('#trail', html(text('bridge')))}\n${inlineTrail('trail', trailOf('bridge').trail)}`,
      note: [
        'The trail travels inside the page. Nothing is fetched to check it, and it goes on verifying when the log is gone.',
        trailLinks(trailOf('bridge')),
      ],
      expected: { seen: 'verified · exact' },
    },
    {
      ...common,
      slug: 'swarm',
      shows: 'Marked by a link',
      kicker: 'Insects',
      title: need(samples, 'bees').title,
      standfirst: 'Nobody in the crowd compares the candidates. The crowd does.',
      body: html(text('bees')),
      head: `<link rel="witnessmark" href="${trailOf('bees').url}">`,
      note: [
        'The marker is one <code>link</code> element in the head of the page, for publishers who cannot touch their templates.',
        trailLinks(trailOf('bees')),
      ],
      expected: { seen: 'verified · exact' },
    },
    {
      ...common,
      slug: 'forged',
      shows: 'Forged trail',
      kicker: 'Instruments, improved',
      title: 'What a tide clock counts, improved',
      standfirst: 'Somebody has edited the proof to name a grander author.',
      body: `${output('#trail', html(text('tide-clock')))}\n${inlineTrail('trail', forge(trailOf('tide-clock').trail))}`,
      note: [
        'The text is genuine. The trail in the page names another model than the one that was signed for. That is a contradiction, the one case that is shown as an alarm.',
      ],
      expected: { seen: 'invalid · claim-digest-mismatch' },
    },
    {
      ...common,
      slug: 'unreachable',
      shows: 'Trail unreachable',
      kicker: 'Light, elsewhere',
      title: 'The lens that came in pieces, elsewhere',
      standfirst: 'A mark that points to a server nobody runs any more.',
      body: output(desk.deadUrl, html(text('lighthouse'))),
      note: [
        'Nobody answers at the trail’s address. Nothing is known then, neither for nor against the text, and nothing is what is said.',
      ],
      expected: { seen: 'unproven · trail-unreachable' },
    },
  ];
  if (desk.run !== undefined) stories.splice(8, 0, runStory(desk.run));
  return stories;
}

function runStory(run: NonNullable<Desk['run']>): Article {
  return {
    section: 'samples',
    slug: 'numbers',
    shows: 'Run it again yourself',
    kicker: 'Machines',
    title: 'Twenty numbers from a small network',
    standfirst: 'A model that computes nothing of interest, in a way that anybody can repeat to the last bit.',
    byline: 'Output of an ONNX model with random weights, run for the demo',
    body: `<p>The file is ${Math.round(run.size / 1024)} kilobytes long and holds a convolutional network whose weights were drawn at random. Fed with two pictures of noise from a seeded generator, it answers with twenty numbers:</p>
<pre data-witnessmark="${run.issued.url}">${run.text}</pre>
<p>The numbers mean nothing. What matters is that the run that made them can be made again, on a reader’s own machine, and that the answer is the same in every digit.</p>`,
    note: [
      `The trail names the model by its digest, the input, the runtime and its settings. Open the side panel and choose “Run it again”: the extension fetches <a href="${run.model}">the model</a>, runs it in WebAssembly and compares the bytes.`,
      trailLinks(run.issued),
    ],
    expected: { seen: 'verified · exact · replay: reproduced' },
    replay: true,
  };
}
