/**
 * What the first bytes of an image say: its format, told by its content and never by its name, and its size, which is
 * read before anything is decoded. Attacker-controlled input; every read is bounded.
 */

/** Formats whose size is read. */
export type ImageType = 'image/png' | 'image/jpeg' | 'image/webp';

/**
 * Most scans of a JPEG that is decoded. A progressive one has about ten; each may be ten bytes long and costs going over all
 * pixels, of 64 million a second for a hundred.
 */
export const MAX_SCANS = 100;

/** As the header says; whether the rest keeps it is found out by decoding. */
export interface ImageHeader {
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
  /** Of a JPEG: how many times a decoder goes over all of it, or begins to. */
  readonly scans?: number;
}

const ascii = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/**
 * Format and size of an image; `undefined` where the bytes begin like none of these formats, end within the header, or
 * are an animated WebP, which has no one picture.
 *
 * @example
 * import { readImageHeader } from '#shared/image/image-header.ts';
 * const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 17, 8, 1, 0xe0, 2, 0x80);
 * readImageHeader(jpeg); // => { type: 'image/jpeg', width: 640, height: 480, scans: 0 }
 * @see https://www.w3.org/TR/png-3/#11IHDR
 * @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf B.2.2
 * @see https://www.rfc-editor.org/rfc/rfc9649.html#section-2.7
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  if (ascii(bytes, 0, 8) === '\u0089PNG\r\n\u001a\n') return pngHeader(bytes);
  if (ascii(bytes, 0, 3) === '\u00ff\u00d8\u00ff') return jpegHeader(bytes);
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return webpHeader(bytes);
  return undefined;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

function pngHeader(bytes: Uint8Array): ImageHeader | undefined {
  if (bytes.length < 24) return undefined;
  const view = viewOf(bytes);
  return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
}

/** Start of frame: C0 to CF, but for the tables C4 and CC and the reserved C8. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Under C0 and from D0 to D9 no length follows: what was skipped as a segment there, a decoder would read. */
const hasLength = (marker: number): boolean => marker >= 0xc0 && (marker < 0xd0 || marker > 0xd9);
const SCAN = 0xda;
const END = 0xd9;

/** From marker to marker as a decoder finds them: FF, as often as it stands there, and what is neither FF nor 0. */
function jpegHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = viewOf(bytes);
  let frame: Pick<ImageHeader, 'width' | 'height'> | undefined;
  let scans = 0;
  for (let at = bytes.indexOf(0xff, 2); at >= 0; at = bytes.indexOf(0xff, at)) {
    while (bytes[at + 1] === 0xff) at++;
    const marker = bytes[at + 1] ?? END;
    if (marker === END || at + 9 > bytes.length) break;
    if (isFrame(marker)) frame ??= { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    if (marker === SCAN) scans++;
    at += 2 + (hasLength(marker) ? view.getUint16(at + 2) : 0);
  }
  return frame && { type: 'image/jpeg', ...frame, scans };
}

const ANIMATED = 0x02;

function webpHeader(bytes: Uint8Array): ImageHeader | undefined {
  if (bytes.length < 30) return undefined;
  const view = viewOf(bytes);
  const sized = (width: number, height: number): ImageHeader => ({ type: 'image/webp', width, height });
  switch (ascii(bytes, 12, 4)) {
    case 'VP8X':
      if (((bytes[20] ?? 0) & ANIMATED) !== 0) return undefined;
      return sized((view.getUint32(24, true) & 0xffffff) + 1, (view.getUint32(26, true) >>> 8) + 1);
    case 'VP8 ':
      return sized(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return sized((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    }
    default:
      return undefined;
  }
}
