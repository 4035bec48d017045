/** What pictures cost a page: looked up at two sizes, and compared with the file that a trail is about. */
import type { Page } from 'playwright-core';
import { statementId } from '#shared/attestation/statement.ts';
import { imageOutput } from '#shared/claim/image-output.ts';
import type { Pixels } from '#shared/image/pdq.ts';
import type { PageState } from '../../extension/verification/page-store.ts';
import type { World } from '../support/build-trail.ts';
import type { ExtensionBrowser } from '../support/extension-tab.ts';
import type { FixtureSite } from '../support/fixture-site.ts';
import { jpegFile } from '../support/image-files.ts';
import { madeImage } from '../support/made-image.ts';
import { scriptCost, traceOf } from './page-trace.ts';
import { type Row, row } from './report.ts';

const SETTLED_MS = 1500;

/** A picture of many megapixels, tile beside tile. */
function tiled(width: number, height: number): Pixels {
  const tile = madeImage(1, 400, 300);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const row = tile.data.subarray((y % 300) * 1600, (y % 300) * 1600 + 1600);
    for (let x = 0; x < width; x += 400) data.set(row, (y * width + x) * 4);
  }
  return { width, height, data };
}

/** Loads a page of one picture and says what the script for pictures took of the page's thread. */
async function cost(
  extension: ExtensionBrowser,
  address: string,
  isDone: (state: PageState | undefined) => boolean,
): Promise<number> {
  const tab: Page = await extension.context.newPage();
  const events = await traceOf(tab, async () => {
    await tab.goto(address);
    await extension.until(await extension.tabOf(tab), isDone);
    await tab.waitForTimeout(SETTLED_MS);
  });
  await tab.close();
  return scriptCost(events, (url) => url === `${extension.base}pictures.js`).longest;
}

/** Rows of the report; discovery is allowed on the site's pages. */
export async function measurePictures(extension: ExtensionBrowser, site: FixtureSite, world: World): Promise<Row[]> {
  const [small, large] = [tiled(1200, 900), tiled(4000, 3000)];
  const bytes = await jpegFile(small, 80);
  const entry = world.issue('', { claim: { output: imageOutput(bytes, 'image/jpeg', small) } });
  const id = statementId(entry.statement);
  site.trails.set(id, world.trailText(entry));
  site.files.set('/small.jpg', bytes).set('/large.jpg', await jpegFile(large, 80));
  const marker = `data-witnessmark="${site.log}/v1/trails/${id}"`;
  for (const [name, image] of Object.entries({
    small: '<img src="/small.jpg">',
    large: '<img src="/large.jpg" width="900">',
    marked: `<img src="/small.jpg" ${marker}>`,
  })) {
    site.html.set(`/picture-${name}`, `<!doctype html><title>Picture</title><body>${image}`);
  }
  const isRead = (state: PageState | undefined): boolean => state?.discovered?.pictures === 1;
  const isCompared = (state: PageState | undefined): boolean => state?.items[0]?.report?.content.picture === 'exact';
  const at = (name: string): string => `${site.pages}/picture-${name}`;
  return [
    row('a picture of one megapixel, longest share of one task', 'ms', await cost(extension, at('small'), isRead), {
      goal: 8,
    }),
    row('a picture of twelve megapixels, longest share of one task', 'ms', await cost(extension, at('large'), isRead), {
      goal: 8,
    }),
    row('a picture compared with its file, longest share', 'ms', await cost(extension, at('marked'), isCompared)),
  ];
}
