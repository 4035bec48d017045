/** The receipt key of the trust document against the one that the log's first entry records, in fsck and monitor. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toBase64 } from '../../shared/bytes/base64.ts';
import { encodeCbor } from '../../shared/bytes/cbor.ts';
import { LOG_ADDRESS, MemoryLog } from './support/memory-log.ts';
import { temporaryFolder, witnessmark } from './support/terminal.ts';

const genuine = (): MemoryLog => new MemoryLog();
const own = (log: MemoryLog): string => toBase64(log.receipts.publicKey);
const other = (log: MemoryLog): string => toBase64(log.registrar.publicKey);

/** The log, without the preimage of its first entry or with another one. */
function serving(claim: Uint8Array | undefined): MemoryLog {
  const log = genuine();
  const [digest = ''] = [...log.claims.keys()];
  if (claim === undefined) log.claims.delete(digest);
  else log.claims.set(digest, claim);
  return log;
}

async function run(command: 'fsck' | 'monitor', log: MemoryLog, receipts: string | undefined) {
  const folder = temporaryFolder();
  const policy = join(folder, 'trust');
  writeFileSync(policy, log.trust(receipts === undefined ? {} : { receipts }));
  const more = command === 'fsck' ? ['--json', '--quiet'] : ['--state', join(folder, 'state'), '--once'];
  const { code, out, requests } = await witnessmark([command, LOG_ADDRESS, '--policy', policy, ...more], {
    fetch: log.fetch,
  });
  const said = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const problems: string[] =
    command === 'fsck'
      ? said.flatMap(({ problems: all }) => all.map(({ what }: { what: string }) => what.split(':')[0]))
      : said.filter(({ event }) => event === 'problem').map(({ reason }) => reason);
  return { code, problems, claims: requests.filter((url) => url.includes('/v1/claims/')).length };
}

describe.each(['fsck', 'monitor'] as const)('%s, given a trust document', (command) => {
  test.each<[string, () => MemoryLog, typeof own | undefined, string | undefined]>([
    ['with the key that genesis records, finds nothing', genuine, own, undefined],
    ['with another receipt key, says so', genuine, other, 'receipt-key-mismatch'],
    ['with a receipt key, says that genesis is not served', () => serving(undefined), own, 'genesis-unavailable'],
    ['with a receipt key, takes no other preimage', () => serving(encodeCbor(new Map())), own, 'genesis-unavailable'],
    [
      'with a receipt key, says that genesis is none',
      () => new MemoryLog(Uint8Array.of(0xa0)),
      own,
      'genesis-malformed',
    ],
    [
      'with a receipt key, takes no genesis of a newer form',
      () => new MemoryLog(encodeCbor(new Map([['v', 2]]))),
      own,
      'genesis-malformed',
    ],
  ])('%s', async (_, make, receipts, reason) => {
    const log = make();
    const { code, problems } = await run(command, log, receipts?.(log));
    expect([code, problems]).toEqual(reason === undefined ? [0, []] : [10, [reason]]);
  });

  test('without a receipt key, does not ask what genesis says', async () => {
    expect(await run(command, serving(undefined), undefined)).toEqual({ code: 0, problems: [], claims: 0 });
  });
});

test('fsck of a folder, which has no preimages, leaves the receipt key alone', async () => {
  const log = genuine();
  const folder = temporaryFolder();
  log.writeTo(folder);
  writeFileSync(join(folder, 'trust'), log.trust({ receipts: other(log) }));
  expect((await witnessmark(['fsck', folder, '--policy', join(folder, 'trust')])).code).toBe(0);
});
