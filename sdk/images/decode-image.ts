/**
 * Images decoded in this process, for the hash of how they look: PNG, JPEG and WebP, by the reference libraries built
 * to WebAssembly. Nothing is decoded that says it is larger than an image with a hash may be.
 */
import { readFile } from 'node:fs/promises';
import { type ImageType, MAX_SCANS, readImageHeader } from '#shared/image/image-header.ts';
import { MAX_PIXELS, type Pixels } from '#shared/image/pdq.ts';
import { err, ok, type Result } from '#shared/result.ts';
import { pngOrientation, upright } from './orientation.ts';
import { decodePng } from './png-decoder.ts';

/** An image and its pixels: upright, straight alpha. */
export interface DecodedImage {
  readonly type: ImageType;
  readonly pixels: Pixels;
}

/**
 * Why an image was not decoded: another format or an animated WebP; more than 2^26 pixels; not what its header says, a JPEG of
 * four colours (CMYK) or of more than a hundred scans.
 */
export type DecodeReason = 'image-unsupported' | 'image-too-large' | 'image-malformed';

type Decode = (file: ArrayBuffer) => Promise<Pixels>;

const modules = new Map<string, Promise<WebAssembly.Module>>();

function compiled(path: string): Promise<WebAssembly.Module> {
  const known =
    modules.get(path) ??
    readFile(new URL(import.meta.resolve(path))).then((bytes) => WebAssembly.compile(new Uint8Array(bytes)));
  modules.set(path, known);
  return known;
}

/** For libraries built with Emscripten, which would print what is wrong with a file; the reason says enough. */
async function quiet(path: string) {
  const module = await compiled(path);
  return {
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
    printErr: () => undefined,
  };
}

/** Each file gets an instance of its own: what one took, memory and all, goes with it. */
const LIBRARIES: Readonly<Record<ImageType, () => Promise<Decode>>> = {
  async 'image/png'() {
    const module = await compiled('@jsquash/png/codec/pkg/squoosh_png_bg.wasm');
    return async (file) => {
      const bytes = new Uint8Array(file);
      return upright(decodePng(module, bytes), pngOrientation(bytes));
    };
  },
  async 'image/jpeg'() {
    const { default: decode, init } = await import('@jsquash/jpeg/decode.js');
    await init(await quiet('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'));
    return (file) => decode(file, { preserveOrientation: true });
  },
  async 'image/webp'() {
    const { default: decode, init } = await import('@jsquash/webp/decode.js');
    await init(await quiet('@jsquash/webp/codec/dec/webp_dec.wasm'));
    return decode;
  },
};

/**
 * The pixels of a PNG, JPEG or WebP file, told by its content. As in a browser, JPEG and PNG are turned upright as
 * their EXIF data says, WebP is not; what a JPEG that ends early lacks is grey, and an animated PNG is its still picture.
 *
 * @returns `image-unsupported` for another format or an animated WebP, `image-too-large` for more than 2^26 pixels, `image-malformed`
 * @example
 * import { decodeImage } from 'witnessmark';
 * const decoded = await decodeImage(new TextEncoder().encode('GIF89a'));
 * decoded.ok ? decoded.value.type : decoded.reason; // => 'image-unsupported'
 */
export async function decodeImage(bytes: Uint8Array): Promise<Result<DecodedImage, DecodeReason>> {
  const header = readImageHeader(bytes);
  if (!header) return err('image-unsupported');
  const { type, width, height, scans = 0 } = header;
  if (width * height > MAX_PIXELS) return err('image-too-large', `${width} × ${height} pixels`);
  if (scans > MAX_SCANS) return err('image-malformed', `${scans} scans`);
  const decode = await LIBRARIES[type]();
  try {
    const { width, height, data } = await decode(new Uint8Array(bytes).buffer);
    return ok({ type, pixels: { width, height, data } });
  } catch (thrown) {
    // The libraries throw whatever they have: an Error, a string, a pointer.
    return err('image-malformed', thrown instanceof Error ? thrown.message : undefined);
  }
}
