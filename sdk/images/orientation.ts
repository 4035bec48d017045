/**
 * How a PNG is to be turned: its decoder leaves that out, and browsers do not. The one number is read from the EXIF data,
 * which is attacker-controlled; whatever is not as it should be means upright.
 */
import type { Pixels } from '#shared/image/pdq.ts';

/** As EXIF counts them: 1 is upright, 5 to 8 swap the sides. */
type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const [LITTLE_ENDIAN, BIG_ENDIAN] = [0x4949, 0x4d4d];
const TIFF = 42;
const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * The orientation in the eXIf chunk of a PNG.
 *
 * @see https://www.w3.org/TR/png-3/#eXIf
 */
export function pngOrientation(bytes: Uint8Array): Orientation {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === 'eXIf') return tiffOrientation(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return 1;
}

/** From the first directory of a TIFF file (TIFF 6.0 §2). */
function tiffOrientation(bytes: Uint8Array): Orientation {
  if (bytes.length < 8) return 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = view.getUint16(0) === LITTLE_ENDIAN;
  if (!(little || view.getUint16(0) === BIG_ENDIAN) || view.getUint16(2, little) !== TIFF) return 1;
  const directory = view.getUint32(4, little);
  if (directory + 2 > bytes.length) return 1;
  const entries = view.getUint16(directory, little);
  for (let n = 0, at = directory + 2; n < entries && at + 12 <= bytes.length; n++, at += 12) {
    if (view.getUint16(at, little) !== ORIENTATION || view.getUint16(at + 2, little) !== SHORT) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}

/** Where in the stored picture, of these sides, the upright one has its pixel at (x, y). */
const SOURCE: Readonly<Record<Orientation, (x: number, y: number, width: number, height: number) => [number, number]>> =
  {
    1: (x, y) => [x, y],
    2: (x, y, width) => [width - 1 - x, y],
    3: (x, y, width, height) => [width - 1 - x, height - 1 - y],
    4: (x, y, _, height) => [x, height - 1 - y],
    5: (x, y) => [y, x],
    6: (x, y, _, height) => [y, height - 1 - x],
    7: (x, y, width, height) => [width - 1 - y, height - 1 - x],
    8: (x, y, width) => [width - 1 - y, x],
  };

/** The picture as it is to be seen. */
export function upright(stored: Pixels, orientation: Orientation): Pixels {
  if (orientation === 1) return stored;
  const [width, height] = orientation < 5 ? [stored.width, stored.height] : [stored.height, stored.width];
  const from = new Uint32Array(stored.data.slice().buffer);
  const to = new Uint32Array(from.length);
  const source = SOURCE[orientation];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [column, row] = source(x, y, stored.width, stored.height);
      to[y * width + x] = from[row * stored.width + column] as number;
    }
  return { width, height, data: new Uint8Array(to.buffer) };
}
