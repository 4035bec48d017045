/** A picture on a page, reduced until it can be sent: enough to hash how it looks, as the page's own canvas gives it. */
import type { DrawnPicture } from '../messaging/picture-protocol.ts';
import { fileOf } from './file-of.ts';
import { idle } from './idle.ts';

/** The hash reduces each side to this anyway. */
const MAX_SIDE = 512;
const QUICK_PIXELS = 1.5e6;
/** Characters made of bytes at once; a multiple of three, so that the pieces of base64 join. */
const PIECE = 24_576;

/** Whether a picture is decoded within a few milliseconds of the page's own thread; a file is decoded on another. */
export const isQuick = ({ naturalWidth, naturalHeight }: HTMLImageElement): boolean =>
  naturalWidth * naturalHeight <= QUICK_PIXELS;

/** The picture reduced; `closed` where its pixels are another site's; nothing where there is none to draw. */
export async function drawn(image: HTMLImageElement): Promise<DrawnPicture | 'closed' | undefined> {
  const { naturalWidth, naturalHeight } = image;
  const scale = Math.min(1, MAX_SIDE / Math.max(naturalWidth, naturalHeight));
  const width = Math.max(1, Math.round(naturalWidth * scale));
  const height = Math.max(1, Math.round(naturalHeight * scale));
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) return undefined;
  try {
    const source = isQuick(image) ? image : await fileOf(image);
    if (source === undefined) return undefined;
    const size = { resizeWidth: width, resizeHeight: height, resizeQuality: 'medium' } as const;
    const bitmap = await createImageBitmap(source, size);
    await idle();
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
  } catch {
    return undefined;
  }
  try {
    const { data } = context.getImageData(0, 0, width, height, { colorSpace: 'srgb' });
    await idle();
    const luma = lumaOf(data);
    await idle();
    return { width, height, luma: base64Of(luma) };
  } catch {
    return 'closed';
  }
}

/** Brightness (ITU-R BT.601) over white. */
function lumaOf(data: Uint8ClampedArray): Uint8Array {
  const luma = new Uint8Array(data.length / 4);
  for (let at = 0, n = 0; at < data.length; at += 4, n++) {
    const value = 0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number);
    const alpha = (data[at + 3] as number) / 255;
    luma[n] = Math.round(value * alpha + 255 * (1 - alpha));
  }
  return luma;
}

function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  return text;
}
