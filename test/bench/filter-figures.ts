/** The filters of a log as its worker builds them and its readers fetch them: what they weigh, and how often they are wrong. */
import { toBase64Url } from '#shared/bytes/base64.ts';
import { type Filter, mayContain, parseFilter } from '#shared/filter/filter.ts';
import { type FilterManifest, manifestKey, openManifest } from '#shared/filter/manifest.ts';
import { parseTrust } from '#shared/trust/trust.ts';
import type { LocalLog } from '../../worker/local/start-local-log.ts';

/** Keys that nobody attested, asked for: a hundred and fifty of them are taken for attested ones where one filter is asked. */
const STRANGERS = 10_000_000;
const DIGITS = 16;

/** What was measured. */
export interface FilterFigures {
  readonly filters: number;
  /** Of all filters and the list of them. */
  readonly bytes: number;
  readonly bitsPerKey: number;
  /** Share of strange keys that a filter says may be there. */
  readonly wrong: number;
  /** The same as 16 bits a slot give it: one in 65,536 for each filter that is asked for a key. */
  readonly expected: number;
}

/** The list of filters that covers everything the log has, once there is one. */
async function coveringManifest({ logUrl, trust }: LocalLog): Promise<{ manifest: FilterManifest; bytes: number }> {
  const parsed = parseTrust(trust);
  const registrar = parsed.ok ? parsed.value.registrars.at(-1) : undefined;
  if (registrar === undefined) throw new Error('no registrar');
  const key = manifestKey(registrar.log, registrar.publicKey);
  const [, size] = (await (await fetch(`${logUrl}/log/checkpoint`)).text()).split('\n');
  for (;;) {
    const text = await (await fetch(`${logUrl}/v1/filters`)).text();
    const opened = openManifest(text, key);
    if (opened.ok && opened.value.asOf >= Number(size)) return { manifest: opened.value, bytes: text.length };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Waits until the filters have everything, fetches all of them and asks them for keys that are drawn by `random`. */
export async function filterFigures(log: LocalLog, alg: string, random: () => number): Promise<FilterFigures> {
  const { manifest, bytes: list } = await coveringManifest(log);
  const byName = new Map<string, Filter[]>();
  let [bytes, keys] = [list, 0];
  for (const { name, count, digest } of manifest.filters) {
    const answer = await fetch(`${log.logUrl}/v1/filters/${toBase64Url(digest)}`);
    const body = new Uint8Array(await answer.arrayBuffer());
    const filter = parseFilter(body);
    if (!filter.ok) throw new Error(filter.reason);
    byName.set(name, [...(byName.get(name) ?? []), filter.value]);
    bytes += body.length;
    keys += count;
  }
  const shards = Array.from({ length: DIGITS }, (_, digit) => byName.get(`${alg}/${digit.toString(16)}`) ?? []);
  let wrong = 0;
  for (let n = 0; n < STRANGERS; n++) {
    const digit = n % DIGITS;
    const key = digit * 2 ** 44 + Math.floor(random() * 2 ** 12) * 2 ** 32 + Math.floor(random() * 2 ** 32);
    if (shards[digit]?.some((filter) => mayContain(filter, key))) wrong++;
  }
  const asked = shards.flat().length / DIGITS;
  return {
    filters: manifest.filters.length,
    bytes,
    bitsPerKey: (8 * bytes) / keys,
    wrong: wrong / STRANGERS,
    expected: asked / 65_536,
  };
}
