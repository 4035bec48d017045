import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../sdk/cli/run.ts';
import type { Terminal } from '../../../sdk/cli/terminal.ts';

export interface Invocation {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Addresses that were requested. */
  readonly requests: readonly string[];
}

const NO_NETWORK: typeof fetch = () => {
  throw new TypeError('fetch failed: the network is cut');
};

/** Runs the command inside this process, with the network cut unless a `fetch` is given. */
export async function witnessmark(
  argv: readonly string[],
  replaced: Partial<Terminal> & { stdin?: string | Uint8Array } = {},
): Promise<Invocation> {
  let out = '';
  let err = '';
  const requests: string[] = [];
  const { stdin = '', fetch: network = NO_NETWORK, ...rest } = replaced;
  const code = await run(argv, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    isTty: false,
    errIsTty: false,
    env: {},
    now: () => 1_790_000_000,
    stopSignal: () => new AbortController().signal,
    readStdin: async () => (typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin),
    ...rest,
    fetch: (input, init) => {
      requests.push(String(input instanceof Request ? input.url : input));
      return network(input, init);
    },
  });
  return { code, out, err, requests };
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'witnessmark-sdk-'));
