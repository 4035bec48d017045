/** The demonstration without a window: read everything, compare, and show what a reader would see. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../checks/source.ts';
import type { Demo } from './demo.ts';
import { Reader, type Row } from './drive.ts';
import { launchHeadless } from './extension.ts';

/** Where the screenshots go. */
export const SHOTS = join(ROOT, 'dist/once');

/** Stories that are read again after the log was killed, and what must be seen then. */
const AFTER_KILL = [
  {
    slug: 'tide-clock',
    forget: false,
    again: true,
    shows: 'Log killed, trail saved earlier',
    seen: 'verified · exact · saved copy',
  },
  {
    slug: 'bridge-complete',
    forget: true,
    again: false,
    shows: 'Log killed, trail in the page',
    seen: 'verified · exact',
  },
  {
    slug: 'glass',
    forget: false,
    again: false,
    shows: 'Log killed, nothing saved',
    seen: 'unproven · trail-unreachable',
  },
] as const;

/** Reads every story, then kills the log and reads three again. */
export async function readEverything(demo: Demo, chromium: string, say: (line: string) => void): Promise<Row[]> {
  rmSync(SHOTS, { recursive: true, force: true });
  const profile = mkdtempSync(join(tmpdir(), 'witnessmark-demo-'));
  const { origin } = demo.publisher;
  const rows: Row[] = [];
  const context = await launchHeadless(chromium, demo.extension, profile);
  try {
    const reader = await Reader.start(context, SHOTS);
    await reader.shoot(`${origin}/`, 'front');
    await reader.shoot(`${origin}/`, 'front-dark', { dark: true });
    await reader.shoot(`${origin}/`, 'front-narrow', { width: 390 });
    for (const story of demo.stories) {
      const row = await reader.read(origin, story);
      rows.push(row);
      say(`  ${row.expected === row.seen ? 'as expected' : 'DIFFERENT  '}  ${row.page}: ${row.seen}`);
    }
    // As wide as a window is beside an open side panel.
    await reader.shoot(`${origin}/sourdough`, 'sourdough-beside-panel', { width: 640 });
    const verbatim = demo.stories.find(({ slug }) => slug === 'tide-clock');
    if (verbatim !== undefined) {
      await reader.shoot(`${origin}/${verbatim.slug}`, 'tide-clock-dark', { dark: true });
      await reader.shoot(`${origin}/${verbatim.slug}`, 'tide-clock-narrow', { width: 390 });
    }
    const trailPage = /href="([^"]+\/t\/[^"]+)"/.exec(verbatim?.note.join('') ?? '')?.[1];
    if (trailPage !== undefined) await reader.shoot(trailPage, 'trail-page');
    await reader.shoot(`${demo.log.base}/reference`, 'api-reference');

    say('killing the log (SIGKILL)');
    await demo.log.kill();
    for (const { slug, forget, again, shows, seen } of AFTER_KILL) {
      const story = demo.stories.find((each) => each.slug === slug);
      if (story === undefined) continue;
      if (forget) await reader.forgetTrails();
      const row = await reader.read(
        origin,
        { ...story, shows, expected: { seen } },
        { name: `${slug}-log-killed`, again },
      );
      rows.push(row);
      say(`  ${row.expected === row.seen ? 'as expected' : 'DIFFERENT  '}  ${row.page}: ${row.seen}`);
    }
    return rows;
  } finally {
    await context.close().catch(() => undefined);
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}
