/** Meta's own PDQ hashes our pictures as we do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { concatBytes, utf8 } from '#shared/bytes/bytes.ts';
import { fromHex } from '#shared/bytes/hex.ts';
import { compareImages } from '#shared/image/compare-images.ts';
import { type Pixels, pdqHash } from '#shared/image/pdq.ts';
import { naturalPicture } from '../bench/pictures/generated.ts';
import { resized } from '../bench/pictures/geometry.ts';
import { finish } from './processes.ts';
import { must, type Step } from './steps.ts';
import { pythonWith } from './tools.ts';

const PICTURES = 60;
/** No larger than this, a picture goes through the same arithmetic on both sides, theirs in single precision. */
const UNREDUCED = 512;
const MAX_ROUNDED_BITS = 2;
/** What Meta allows between implementations, which reduce larger pictures each in its own way (pdq/README.md). */
const MAX_OTHER_BITS = 10;

const script = fileURLToPath(new URL('hash_pictures.py', import.meta.url));

/** The n-th picture: three in four within `UNREDUCED`. */
function picture(n: number): Pixels {
  const own = naturalPicture(n);
  return n % 4 === 0 ? own : resized(own, 64 + ((n * 97) % 449), 64 + ((n * 61) % 449));
}

const rgbFile = ({ width, height, data }: Pixels): Uint8Array =>
  concatBytes(
    utf8(`${width} ${height}\n`),
    Uint8Array.from(data).filter((_, at) => at % 4 !== 3),
  );

async function exchange(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pdq-'));
  try {
    const pictures = Array.from({ length: PICTURES }, (_, n) => picture(n));
    const files = pictures.map((each, n) => {
      const file = join(folder, `${n}.rgb`);
      writeFileSync(file, rgbFile(each));
      return file;
    });
    const { code, output } = await finish(pythonWith('pdqhash'), { args: [script, ...files], seconds: 60 });
    must(code === 0, output.trim().split('\n').slice(-3).join(' | '));
    const theirs = JSON.parse(output) as [string, number][];
    let [same, near, hashed] = [0, 0, 0];
    for (const [n, each] of pictures.entries()) {
      const ours = pdqHash(each);
      const [hex, quality] = theirs[n] ?? ['', 0];
      if (ours === undefined) {
        must(quality < 52, `picture ${n} has no hash here, and quality ${quality} there`);
        continue;
      }
      const { distance } = compareImages(fromHex(hex) ?? new Uint8Array(), ours.hash);
      const isSameWay = Math.max(each.width, each.height) <= UNREDUCED;
      must(distance <= (isSameWay ? MAX_ROUNDED_BITS : MAX_OTHER_BITS), `picture ${n} differs in ${distance} bits`);
      must(
        !isSameWay || Math.abs(quality - ours.quality) <= 1,
        `picture ${n}: quality ${ours.quality}, not ${quality}`,
      );
      hashed++;
      if (distance === 0) same++;
      else near++;
    }
    must(hashed > PICTURES / 2, `only ${hashed} pictures have a hash`);
    return `${same} of ${hashed} pictures bit for bit, ${near} within ${MAX_OTHER_BITS} bits`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Steps that need no log. */
export const pdqSteps = (): Step[] => [
  { name: 'Meta’s PDQ hashes our pictures as we do', needs: ['pdqhash'], run: exchange },
];
