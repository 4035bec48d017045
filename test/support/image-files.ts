/** Pixels as files: PNG written here, JPEG and WebP by the libraries' encoders; and an EXIF note on how a camera was held. */
import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import encodeJpeg, { init as initJpeg } from '@jsquash/jpeg/encode.js';
import encodeWebp, { init as initWebp } from '@jsquash/webp/encode.js';
import type { Pixels } from '#shared/image/pdq.ts';

const compiled = (path: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(new URL(import.meta.resolve(path))));

const imageData = ({ width, height, data }: Pixels): ImageData =>
  ({ width, height, data: new Uint8ClampedArray(data), colorSpace: 'srgb' }) as ImageData;

function pngChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return chunk;
}

/** Eight bits of red, green, blue and alpha; `sides` stand in the header instead of the true ones. */
export function pngFile(
  { width, height, data }: Pixels,
  sides: readonly [number, number] = [width, height],
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(sides[0], 0);
  header.writeUInt32BE(sides[1], 4);
  header.set([8, 6], 8);
  const rows = Buffer.alloc(height * (1 + width * 4));
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * width * 4, (y + 1) * width * 4), y * (1 + width * 4) + 1);
  const signature = Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1');
  const chunks = [pngChunk('IHDR', header), pngChunk('IDAT', deflateSync(rows)), pngChunk('IEND', Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([signature, ...chunks]));
}

export async function jpegFile(pixels: Pixels, quality = 80): Promise<Uint8Array> {
  await initJpeg(compiled('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'));
  return new Uint8Array(await encodeJpeg(imageData(pixels), { quality }));
}

export async function webpFile(
  pixels: Pixels,
  options: { quality?: number; lossless?: number } = {},
): Promise<Uint8Array> {
  await initWebp(compiled('@jsquash/webp/codec/enc/webp_enc.wasm'));
  return new Uint8Array(await encodeWebp(imageData(pixels), { quality: 80, ...options }));
}

/** EXIF data that says how a picture is to be turned, 1 to 8, and nothing else. */
function exif(orientation: number): Buffer {
  const tiff = Buffer.from('4d4d002a00000008000101120003000000010000000000000000', 'hex');
  tiff.writeUInt16BE(orientation, 18);
  return tiff;
}

/** A JPEG that is to be turned. */
export function orientedJpeg(jpeg: Uint8Array, orientation: number): Uint8Array {
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif(orientation)]);
  const segment = Buffer.from([0xff, 0xe1, 0, 2 + body.length]);
  return new Uint8Array(Buffer.concat([jpeg.subarray(0, 2), segment, body, jpeg.subarray(2)]));
}

/** A PNG that is to be turned; `tiff` in place of the EXIF data. */
export function orientedPng(png: Uint8Array, orientation: number, tiff: Uint8Array = exif(orientation)): Uint8Array {
  return new Uint8Array(Buffer.concat([png.subarray(0, 33), pngChunk('eXIf', tiff), png.subarray(33)]));
}

/** The place of the first segment of a JPEG whose marker is one of these, and where it ends. */
function segmentOf(jpeg: Uint8Array, ...markers: number[]): [number, number] {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset);
  let at = 2;
  while (!markers.includes(view.getUint8(at + 1))) at += 2 + view.getUint16(at + 2);
  return [at, at + 2 + view.getUint16(at + 2)];
}

/**
 * A JPEG whose frame stands behind a marker without a length, and a frame of 8 by 8 pixels where whoever takes the frame's
 * own marker for a length reads on.
 */
export function shadowedJpeg(jpeg: Uint8Array, marker: number): Uint8Array {
  const [at, end] = segmentOf(jpeg, 0xc0, 0xc1, 0xc2);
  const frame = Buffer.from(jpeg.subarray(at, end));
  const [taken, small] = [frame.readUInt16BE(0), Buffer.from(frame)];
  small.writeUInt32BE(0x0008_0008, 5);
  const comment = Buffer.alloc(taken - frame.length);
  comment.set([0xff, 0xfe, (comment.length + small.length - 2) >> 8, (comment.length + small.length - 2) & 0xff]);
  const start = Buffer.concat([jpeg.subarray(0, at), Buffer.from([0xff, marker]), frame]);
  return new Uint8Array(Buffer.concat([start, comment, small, jpeg.subarray(end)]));
}

/** A JPEG with so many scans more, of nothing but their headers. */
export function scannedJpeg(jpeg: Uint8Array, more: number): Uint8Array {
  const [at, end] = segmentOf(jpeg, 0xda);
  const scans = Array.from({ length: more }, () => jpeg.subarray(at, end));
  return new Uint8Array(Buffer.concat([jpeg.subarray(0, at), ...scans, jpeg.subarray(at)]));
}
