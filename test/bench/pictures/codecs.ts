/** JPEG, WebP and PNG as the web's own programs write and read them: mozjpeg, libwebp and Rust's png, as WebAssembly. */
import { readFileSync } from 'node:fs';
import decodeJpegBytes, { init as initJpegDecoder } from '@jsquash/jpeg/decode.js';
import encodeJpegBytes, { init as initJpegEncoder } from '@jsquash/jpeg/encode.js';
import decodePngBytes, { init as initPngDecoder } from '@jsquash/png/decode.js';
import decodeWebpBytes, { init as initWebpDecoder } from '@jsquash/webp/decode.js';
import encodeWebpBytes, { init as initWebpEncoder } from '@jsquash/webp/encode.js';
import type { Pixels } from '#shared/image/pdq.ts';

const compiled = (path: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(new URL(import.meta.resolve(`@jsquash/${path}.wasm`))));

let ready: Promise<unknown> | undefined;
/** The codecs, compiled once. */
const codecs = (): Promise<unknown> => {
  ready ??= Promise.all([
    initJpegDecoder(compiled('jpeg/codec/dec/mozjpeg_dec')),
    initJpegEncoder(compiled('jpeg/codec/enc/mozjpeg_enc')),
    initPngDecoder(compiled('png/codec/pkg/squoosh_png_bg')),
    initWebpDecoder(compiled('webp/codec/dec/webp_dec')),
    initWebpEncoder(compiled('webp/codec/enc/webp_enc_simd')),
  ]);
  return ready;
};

const imageData = ({ width, height, data }: Pixels): ImageData =>
  ({ width, height, data: Uint8ClampedArray.from(data), colorSpace: 'srgb' }) as ImageData;

/** Written as JPEG with halved colour (4:2:0) and read again. */
export async function throughJpeg(pixels: Pixels, quality: number): Promise<Pixels> {
  await codecs();
  return decodeJpegBytes(await encodeJpegBytes(imageData(pixels), { quality }));
}

/** Written as lossy WebP and read again. */
export async function throughWebp(pixels: Pixels, quality: number): Promise<Pixels> {
  await codecs();
  return decodeWebpBytes(await encodeWebpBytes(imageData(pixels), { quality }));
}

const startsWith = (bytes: Uint8Array, ...start: number[]): boolean => start.every((byte, at) => bytes[at] === byte);

/** The pixels of a JPEG, PNG or WebP file, upright; `undefined` for another file. */
export async function readPicture(bytes: Uint8Array): Promise<Pixels | undefined> {
  await codecs();
  const buffer = Uint8Array.from(bytes).buffer;
  if (startsWith(bytes, 0xff, 0xd8)) return decodeJpegBytes(buffer, { preserveOrientation: true });
  if (startsWith(bytes, 0x89, 0x50, 0x4e, 0x47)) return decodePngBytes(buffer);
  if (startsWith(bytes, 0x52, 0x49, 0x46, 0x46)) return decodeWebpBytes(buffer);
  return undefined;
}
