/**
 * What a picture's first bytes say it is, and how large: a file of a few kilobytes may unfold to gigabytes, so nothing is
 * decoded that does not say. Pure. PNG (ISO/IEC 15948), JPEG (ITU-T T.81), GIF 89a, WebP (RFC 9649).
 */
import { fromUtf8 } from '#shared/bytes/bytes.ts';

/** A picture's media type and its sides in pixels. */
export interface PictureHeader {
  readonly type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  readonly width: number;
  readonly height: number;
}

const ascii = (bytes: Uint8Array, from: number, to: number): string => fromUtf8(bytes.subarray(from, to)) ?? '';

/** Reads the header of a file; nothing where it is of another type, or broken off. */
export function pictureHeader(bytes: Uint8Array): PictureHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (view.getUint32(0) === 0x89504e47 && ascii(bytes, 12, 16) === 'IHDR') {
      return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
    }
    if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) {
      return { type: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
    }
    if (view.getUint16(0) === 0xffd8) return jpegHeader(view);
    if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return webpHeader(bytes, view);
  } catch {
    // A read beyond the end: broken off.
  }
  return undefined;
}

/** Walks the segments to the frame header; its marker is 0xc0 to 0xcf, without the tables among them. */
function jpegHeader(view: DataView): PictureHeader | undefined {
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { type: 'image/jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
  }
  return undefined;
}

/** Simple lossy, simple lossless, or extended, by the name of the first chunk. */
function webpHeader(bytes: Uint8Array, view: DataView): PictureHeader | undefined {
  const side = (value: number): number => (value & 0x3fff) + 1;
  switch (ascii(bytes, 12, 16)) {
    case 'VP8 ':
      return {
        type: 'image/webp',
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return { type: 'image/webp', width: side(bits), height: side(bits >>> 14) };
    }
    case 'VP8X': {
      const [width, height] = [view.getUint32(24, true) & 0xffffff, view.getUint32(26, true) >>> 8];
      return { type: 'image/webp', width: width + 1, height: height + 1 };
    }
    default:
      return undefined;
  }
}
