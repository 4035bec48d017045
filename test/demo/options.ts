/** What `npm start` was asked to do. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../checks/source.ts';

export interface DemoOptions {
  /** Attest, look at every page without a window, print a table, end. */
  readonly once: boolean;
  /** Start from an empty log instead of yesterday's. */
  readonly fresh: boolean;
  /** Bring everything up but open no browser. */
  readonly browser: boolean;
  /** Real outputs of known models, one JSON object a line; absent where there are none. */
  readonly texts?: string;
}

export const USAGE = `npm start [-- options]
  --once         drive everything headless, print what was expected and seen, save screenshots, end
  --fresh        forget the log and keys of earlier runs
  --no-browser   do not open Chromium
  --texts FILE   real outputs of known models (default: ../shared/vectors/texts/texts.jsonl where it stands)
  --no-texts     only the demo's own sample texts
  --help         this text`;

const DEFAULT_TEXTS = resolve(ROOT, '../shared/vectors/texts/texts.jsonl');

/** The command line cannot be read; the message names what is wrong. */
export class UsageError extends Error {}

/** Reads the command line; `undefined` asks for the usage. Throws a {@link UsageError}. */
export function parseOptions(args: readonly string[]): DemoOptions | undefined {
  const values = valuesOf(args);
  if (values.help) return undefined;
  if (values.texts !== undefined && !existsSync(values.texts)) {
    throw new UsageError(`--texts: there is no file ${values.texts}`);
  }
  const texts = values['no-texts']
    ? undefined
    : (values.texts ?? (existsSync(DEFAULT_TEXTS) ? DEFAULT_TEXTS : undefined));
  return {
    once: values.once,
    fresh: values.fresh,
    browser: !values['no-browser'],
    ...(texts === undefined ? {} : { texts }),
  };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        'no-browser': { type: 'boolean', default: false },
        'no-texts': { type: 'boolean', default: false },
        texts: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
