/**
 * Draws the extension's icons from the mark into `public/icon/`: `node extension/store/render-icons.ts`.
 * Needs Chromium (`CHROMIUM`, default /usr/bin/chromium). The result is committed.
 */
import { writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { MARKS } from '../badge/mark.ts';

const paths = MARKS.verified.map(({ d }) => `<path d="${d}"/>`).join('');

function svg(size: number): string {
  const inset = size >= 48 ? 3 : 0;
  const scale = (24 - 2 * inset) / 24;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 24 24">
    <rect width="24" height="24" rx="5" fill="#3c434d"/>
    <g transform="translate(${inset} ${inset}) scale(${scale})" fill="none" stroke="#fff" stroke-width="${size >= 48 ? 2 : 2.4}"
      stroke-linecap="round">${paths}</g></svg>`;
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage();
for (const size of [16, 32, 48, 128]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<body style="margin:0;background:transparent">${svg(size)}</body>`);
  const file = new URL(`../public/icon/${size}.png`, import.meta.url);
  writeFileSync(file, await page.screenshot({ omitBackground: true }));
}
await browser.close();
