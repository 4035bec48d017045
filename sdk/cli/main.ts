/** Entry of the command: wires the process to `run`. Holds no logic of its own. */
import { run } from './run.ts';

async function readStdin(maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) break;
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
  return stop.signal;
}

// A reader that goes away early (`witnessmark … | head`) is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

// Set, not exit(): what is still in the pipe must be written first.
process.exitCode = await run(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTty: process.stdout.isTTY === true,
  errIsTty: process.stderr.isTTY === true,
  env: process.env,
  fetch: globalThis.fetch,
  now: () => Math.floor(Date.now() / 1000),
  stopSignal,
  readStdin,
});
