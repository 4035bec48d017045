import { defineConfig } from 'vitest/config';
import { Interleaved } from './test/schedule.ts';

/** One run over every part: each `test/vitest.config.<part>.ts` is a project with its own environment. */
export default defineConfig({
  test: {
    projects: ['test/vitest.config.*.ts'],
    passWithNoTests: false,
    sequence: { sequencer: Interleaved },
  },
});
