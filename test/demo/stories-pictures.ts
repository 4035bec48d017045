/** Stories around a picture: the recorded file, and one that only looks like it. */
import { type Article, type Desk, trailLinks } from './article.ts';
import { escapeHtml } from './site/layout.ts';

const BYLINE = 'Picture computed for the demo; no model was run for it';
const ALT = 'Blue hills one behind the other, and a low sun';

/** The picture stories in reading order. */
export function pictureStories({ picture }: Desk): Article[] {
  if (picture === undefined) return [];
  const { issued, png, jpeg } = picture;
  const figure = (file: string, caption: string): string =>
    `<figure data-witnessmark="${escapeHtml(issued.url)}"><img src="${file}" alt="${ALT}" width="960" height="600"><figcaption>${caption}</figcaption></figure>`;
  const common = { section: 'samples', byline: BYLINE } as const;
  return [
    {
      ...common,
      slug: 'hills',
      shows: 'A picture',
      kicker: 'Views',
      title: 'Six ridges and a sun',
      standfirst: 'A place that is nowhere, drawn by sixty lines of arithmetic.',
      body: `${figure('/hills.png', 'The file as it was attested.')}\n<p>Every ridge is three sine waves, and the air between them is a little more of the evening sky.</p>`,
      note: [
        'The mark stands on the picture’s own element. Its file is compared byte for byte, and its pixels with the ones that are drawn.',
        trailLinks(issued),
      ],
      expected: { seen: 'verified · exact' },
      files: { '/hills.png': { type: 'image/png', body: png } },
    },
    {
      ...common,
      slug: 'hills-small',
      shows: 'A picture compressed again',
      kicker: 'Views, in passing',
      title: 'Six ridges and a sun, smaller',
      standfirst: 'The same hills to the eye, and not a byte of them the same.',
      body: `${figure('/hills.jpg', 'Half as wide, and compressed.')}\n<p>Most pictures reach a reader like this: made smaller by a server, their notes thrown away.</p>`,
      note: [
        'It looks like the recorded picture, and the panel says that. Looks can be imitated, so it is not said to be that picture: the trail proves a file, and this is another one.',
        trailLinks(issued),
      ],
      expected: { seen: 'unproven · none · content-none' },
      files: { '/hills.jpg': { type: 'image/jpeg', body: jpeg } },
    },
    {
      ...common,
      slug: 'hills-unmarked',
      shows: 'An unmarked picture',
      kicker: 'Views, borrowed',
      title: 'A place that is nowhere',
      standfirst: 'Somebody found it somewhere, and liked it.',
      byline: 'Published here by somebody else',
      body: `<figure><img src="/borrowed.jpg" alt="${ALT}" width="960" height="600"></figure>\n<p>No note says where it is from.</p>`,
      note: [
        'Nothing here is marked. Choose “Check this picture” from the picture’s context menu: it is found by how it looks, through a private lookup that sends four characters of a digest and never the picture.',
      ],
      expected: { seen: 'recognised: similar' },
      pick: 'figure img',
      files: { '/borrowed.jpg': { type: 'image/jpeg', body: jpeg } },
    },
  ];
}
