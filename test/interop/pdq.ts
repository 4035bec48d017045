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
/** Of this size a picture goes through the same arithmetic on both sides, theirs in single precision. */
const SIDE = 512;
const MAX_BITS_OF_PRECISION = 2;
/** Pictures of another size are brought to it by a second implementation, whose result the binding takes in whole steps. */
const MAX_BITS_OF_ROUNDING = 6;

const script = fileURLToPath(new URL('hash_pictures.py', import.meta.url));

/** The n-th picture: every second one of `SIDE` by `SIDE`. */
const picture = (n: number): Pixels => (n % 2 === 0 ? resized(naturalPicture(n), SIDE, SIDE) : naturalPicture(n));

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
    let [same, farthest, hashed] = [0, 0, 0];
    for (const [n, each] of pictures.entries()) {
      const ours = pdqHash(each);
      const [hex, quality] = theirs[n] ?? ['', 0];
      if (ours === undefined) {
        must(quality < 52, `picture ${n} has no hash here, and quality ${quality} there`);
        continue;
      }
      const { distance } = compareImages(fromHex(hex) ?? new Uint8Array(), ours.hash);
      const isSameWay = each.width === SIDE && each.height === SIDE;
      const most = isSameWay ? MAX_BITS_OF_PRECISION : MAX_BITS_OF_ROUNDING;
      must(distance <= most, `picture ${n} differs in ${distance} bits`);
      must(Math.abs(quality - ours.quality) <= 1, `picture ${n}: quality ${ours.quality}, not ${quality}`);
      hashed++;
      if (distance === 0) same++;
      farthest = Math.max(farthest, distance);
    }
    must(hashed > PICTURES / 2, `only ${hashed} pictures have a hash`);
    return `${same} of ${hashed} pictures bit for bit, none more than ${farthest} bits apart`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Steps that need no log. */
export const pdqSteps = (): Step[] => [
  { name: 'Meta’s PDQ hashes our pictures as we do', needs: ['pdqhash'], run: exchange },
];
